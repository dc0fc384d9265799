"""What every deed knows: where, who, when, on what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404

from customers.models import Store


@dataclass(frozen=True)
class Deed:
    """One thing done in a store. `at` is when it happened, `now` when we heard of it."""

    store: Store
    staff: Any
    target: str
    values: Mapping[str, str]
    at: datetime
    now: datetime

    def row(self, rows: "QuerySet[Any, Any]") -> Any:
        """The row of `rows` that was tapped, by primary key. Http404 when it is none of them."""
        return _first(rows.filter(pk=int(self.target))) if self.target.isdecimal() else _first(rows.none())

    def public_row(self, rows: "QuerySet[Any, Any]") -> Any:
        """The same by public id."""
        try:
            return _first(rows.filter(public_id=UUID(self.target)))
        except ValueError:
            return _first(rows.none())


def _first(rows: "QuerySet[Any, Any]") -> Model:
    row: Model | None = rows.first()
    if row is None:
        raise Http404("This is not in your store.")
    return row
