"""The form that takes a file."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from customers.models import Store
from cxportal.imports.batches import KINDS
from cxportal.imports.columns import is_of_our_days
from cxportal.imports.reading import MOST_BYTES


class UploadForm(forms.Form):
    """What is in the file, whose it is, and when it was counted or is expected."""

    kind = forms.ChoiceField(label="What is in it", choices=list(KINDS.items()))
    store = forms.ModelChoiceField(label="Store", queryset=Store.objects.none(), empty_label="Choose a store")
    usual_at = forms.DateTimeField(
        label="Counted, or expected, at",
        help_text="By the store's clock, for rows that name no time of their own.",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    file = forms.FileField(label="CSV or XLSX file", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))

    def __init__(self, *args: Any, stores: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["store"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type
        field.queryset = stores

    def clean_usual_at(self) -> datetime:
        """A time of our days."""
        usual_at: datetime = self.cleaned_data["usual_at"]
        if not is_of_our_days(usual_at):
            raise forms.ValidationError("Type a year of four digits, such as 2026.", code="YEAR")
        return usual_at

    def clean_file(self) -> UploadedFile:
        """Not larger than what is read; Django has it on disk until here."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"At most {MOST_BYTES // 1024 // 1024} MB. Split the file.", code="TOO_LARGE")
        return file
