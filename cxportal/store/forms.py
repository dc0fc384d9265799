"""Shapes of what is tapped: one form a verb that carries values."""

from typing import Any

from django import forms

MOST_PIECES = 99_999
LONGEST_REASON = 160
LOSSES = [("DAMAGE", "Damaged"), ("THEFT", "Stolen"), ("DISPLAY", "Display piece, not for sale")]
TRANSFER_ROWS = 8
LINE = "line-"


class TapForm(forms.Form):
    """A tap without its values: its own id, what was done, to what, and when by the device's clock."""

    tap_id = forms.UUIDField()
    verb = forms.CharField(max_length=40)
    target = forms.CharField(max_length=64, required=False)
    tapped_at = forms.DateTimeField(required=False)


class GiveForm(forms.Form):
    """Who takes it: the code that the shopper says, or the clerk's word that it is he."""

    code = forms.CharField(max_length=200, required=False, strip=True)
    confirmed = forms.BooleanField(required=False)


class CountForm(forms.Form):
    """All pieces in the store, those put aside included."""

    counted = forms.IntegerField(
        min_value=0,
        max_value=MOST_PIECES,
        error_messages={"required": "Type how many there are, 0 when there is none.", "invalid": "Type a number."},
    )
    seen = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)


class LossForm(forms.Form):
    """Pieces that can't be sold any more, and why."""

    kind = forms.ChoiceField(choices=LOSSES, error_messages={"required": "Choose what happened."})
    quantity = forms.IntegerField(
        min_value=1, max_value=MOST_PIECES, error_messages={"required": "Type how many pieces."}
    )
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)


class TransferForm(forms.Form):
    """Where to, under which number; the lines are read by `numbered`."""

    to = forms.CharField(max_length=20, error_messages={"required": "Choose the store that gets it."})
    number = forms.CharField(max_length=60, required=False)


def checked(form: forms.Form) -> dict[str, Any]:
    """The cleaned values. ValidationError with the first complaint when the shape is wrong."""
    if form.is_valid():
        return form.cleaned_data
    raise forms.ValidationError(next(iter(form.errors.values()))[0], code="UNREADABLE")


def numbered(values: dict[str, str]) -> dict[str, int]:
    """The numbers typed behind lines, by what stands after "line-"; empty fields are left out.

    Raises ValidationError(code="UNREADABLE") for what is no number of pieces.
    """
    lines = {name[len(LINE) :]: value.strip() for name, value in values.items() if name.startswith(LINE)}
    typed = {name: value for name, value in lines.items() if value}
    # By length first: a number of thousands of digits is not even read.
    most = len(str(MOST_PIECES))
    if wrong := [value for value in typed.values() if not (value.isdecimal() and len(value) <= most)]:
        raise forms.ValidationError(f"“{wrong[0][:20]}” is not a number of pieces.", code="UNREADABLE")
    return {name: int(value) for name, value in typed.items()}
