"""Forms of the pages that promise something: whom to tell, the code that proves it, and what is wanted."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from customers.models import Store, Way
from inventory.models import WaitlistEntry
from inventory.promises import MOST_PIECES

LONGEST_CONTACT = 254


class ContactForm(forms.Form):
    """One field for both: nobody should have to say first what he is about to type."""

    contact = forms.CharField(
        label="Mobile number or e-mail",
        help_text="We send a code there now, and later what became of it. Nothing else.",
        max_length=LONGEST_CONTACT,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )

    @property
    def way(self) -> Way:
        """An address has an @, a number has none."""
        return Way.EMAIL if "@" in self.cleaned_data["contact"] else Way.SMS


class CodeForm(forms.Form):
    """The six digits that came."""

    code = forms.CharField(
        label="The code we sent",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-field"}),
    )


class NothingForm(forms.Form):
    """A promise with nothing to choose."""


class HoldForm(forms.Form):
    """How many."""

    quantity = forms.TypedChoiceField(
        label="How many",
        coerce=int,
        choices=[(n, str(n)) for n in range(1, MOST_PIECES + 1)],
        required=False,
        initial=1,
    )


class WaitForm(forms.Form):
    """In which stores, and whether it should be kept."""

    stores = forms.MultipleChoiceField(
        label="Where you would fetch it",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one store at least."},
    )
    wants = forms.ChoiceField(
        label="When one is free",
        widget=forms.RadioSelect,
        choices=[
            (WaitlistEntry.Wants.HOLD, "Keep it for me, then tell me"),
            (WaitlistEntry.Wants.TELL, "Only tell me"),
        ],
        initial=WaitlistEntry.Wants.HOLD,
    )

    def __init__(self, *args: Any, stores: Iterable[tuple[Store, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(store.code, f"{store.name}, {words}" if words else store.name) for store, words in stores]
        cast(forms.MultipleChoiceField, self.fields["stores"]).choices = names
