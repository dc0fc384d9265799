"""Forms of the staff pages: they check shape; services check rules."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

NO_MATCH = "Name and password do not match. Type both again, or set a new password below."
PASSWORD_RULES = "At least 8 characters, not digits alone, nothing like your name, nothing that everybody uses."  # noqa: S105

REVEALABLE = [
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("name", "Name"),
    ("street", "Street"),
    ("postcode", "Postcode"),
    ("city", "Town"),
    ("birth_date", "Birth date"),
    ("loyalty_number", "Loyalty number"),
]


class ExactForm(forms.Form):
    """One thing by which a customer is found exactly."""

    identifier = forms.CharField(
        label="Phone, e-mail or loyalty number",
        max_length=254,
        help_text="As the customer says it. It must match exactly.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type a phone number, an e-mail address or a loyalty number."},
    )


class NameForm(forms.Form):
    """A name, more or less as it is written."""

    name = forms.CharField(
        label="Name",
        min_length=3,
        max_length=120,
        help_text="Typing errors are allowed for. The search is logged.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type a name.", "min_length": "Type at least three letters."},
    )


class RevealForm(forms.Form):
    """Which field, for which case, and why."""

    field = forms.ChoiceField(label="Field", choices=REVEALABLE)
    case = forms.CharField(
        label="Case",
        max_length=20,
        help_text="The number of a case of this customer that is open.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the number of the open case."},
    )
    reason = forms.CharField(
        label="Why do you need it",
        min_length=8,
        max_length=240,
        help_text="Shown to everybody who opens this page.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Say why.",
            "min_length": "Say it so that a colleague understands.",
        },
    )

    def lead_to_error(self) -> None:
        """Put the focus on the first field that has an error, with and without a swap."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True


class DoorForm(AuthenticationForm):
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages = {**self.error_messages, "invalid_login": NO_MATCH}


class ResetPasswordForm(SetPasswordForm):
    """A new password, after a mailed link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_new_password(self)


class ChangePasswordForm(PasswordChangeForm):
    """A new password for somebody who knows the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Password until now"
        word_new_password(self)


def word_new_password(form: forms.Form) -> None:
    """Our words for the two fields of a new password; Django's list says the same in four sentences."""
    form.fields["new_password1"].help_text = PASSWORD_RULES
    form.fields["new_password2"].label = "The same again"
    form.fields["new_password2"].help_text = ""
