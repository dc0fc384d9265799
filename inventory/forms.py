"""Forms of floor 2: they check shape, services check rules."""

from crispy_forms.helper import FormHelper
from django import forms


class LookForm(forms.Form):
    """What the shopper looks for, and where he is."""

    q = forms.CharField(label="What are you looking for", max_length=120, required=False, strip=True)
    near = forms.CharField(label="Near", max_length=120, required=False, strip=True)

    @property
    def helper(self) -> FormHelper:
        """Fields only: the page draws the row of three itself."""
        helper = FormHelper()
        helper.form_tag = False
        return helper
