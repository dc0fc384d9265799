"""Forms of the pages that promise something: whom to tell, the code that proves it, and what is wanted."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from customers.channels import leaves_the_house
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not leaves_the_house(Way.SMS):
            self.fields["contact"].label = "E-mail"

    @property
    def way(self) -> Way:
        """An address has an @, a number has none."""
        return Way.EMAIL if "@" in self.cleaned_data["contact"] else Way.SMS

    def clean_contact(self) -> str:
        """What was typed, if a code can be sent there."""
        typed = str(self.cleaned_data["contact"])
        if "@" not in typed and not leaves_the_house(Way.SMS):
            raise forms.ValidationError("Type an e-mail address: we can't send text messages yet.", code="NO_SMS")
        return typed


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
