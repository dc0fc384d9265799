"""Forms of floor 2: they check shape, services check rules."""

from crispy_forms.helper import FormHelper
from django import forms

LONGEST_PLACE = 120


def typed_place(text: str) -> str:
    """What was typed as a place, in one line and without control characters, which no place has."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:LONGEST_PLACE]


class LookForm(forms.Form):
    """What the shopper looks for, and where he is."""

    q = forms.CharField(label="What are you looking for", max_length=120, required=False, strip=True)
    near = forms.CharField(label="Near", max_length=LONGEST_PLACE, required=False, strip=True)

    @property
    def helper(self) -> FormHelper:
        """Fields only: the page draws the row of three itself."""
        helper = FormHelper()
        helper.form_tag = False
        return helper
