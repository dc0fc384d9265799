"""Forms of the customer pages: they check shape; services check rules."""

from django import forms

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
