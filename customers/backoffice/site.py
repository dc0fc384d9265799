"""The site that writes down what is changed in it."""

from collections.abc import Iterable

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest


class RecordingSite(AdminSite):
    """A back office with a record of changes. Where to is known floors above, which overrides `record`."""

    def record(self, request: HttpRequest, verb: str, targets: Iterable[Model], fields: list[str]) -> None:
        """Write down that the signed-in person did `verb` to `targets`: names of fields, never values."""
        raise NotImplementedError


def target_key(row: Model) -> str:
    """How the record names a row: "store:12"."""
    return f"{row._meta.model_name}:{row.pk}"
