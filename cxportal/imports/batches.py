"""An upload from the first look to the book: what it holds is kept with it, so nothing is uploaded twice."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from customers.models import Store
from customers.wellknown import source
from cxportal.imports.reading import read_table
from cxportal.imports.rows import Row, Wrong, read_rows
from cxportal.models import ImportBatch
from inventory.services.imports import (
    CountRow,
    DeliveryRow,
    Fate,
    Plan,
    book_counts,
    book_deliveries,
    plan_counts,
    plan_deliveries,
)

KINDS = {"COUNTS": "Counts", "DELIVERIES": "Deliveries"}
State = ImportBatch.State


@dataclass(frozen=True)
class Contents:
    """What an upload holds."""

    kind: str
    store: Store
    rows: list[Row]
    wrong: list[Wrong]
    unread: list[str]


def upload(
    *, kind: str, store: Store, name: str, content: bytes, usual_at: datetime, now: datetime, staff: Any
) -> ImportBatch:
    """Read a file and keep its rows for the dry run. UnreadableError when it can't be read at all."""
    digest = hashlib.sha256(content).hexdigest()
    reading = read_rows(
        kind,
        read_table(name, content),
        usual_at=_former_moment(digest, kind, store) or usual_at,
        zone=ZoneInfo(store.time_zone),
    )
    return ImportBatch.objects.create(
        source_id=source("staff"),
        staff=staff,
        file_name=name[:160],
        digest=digest,
        mapping={
            "kind": kind,
            "store": store.pk,
            "usual_at": usual_at.isoformat(),
            "unread": list(reading.unread),
            "rows": [_packed(row) for row in reading.rows],
            "wrong": [[wrong.line, wrong.words] for wrong in reading.wrong],
        },
        state=State.CHECKED,
        rows_total=len(reading.rows) + len(reading.wrong),
        created_at=now,
    )


def _former_moment(digest: str, kind: str, store: Store) -> datetime | None:
    """The time that the same file was booked with: its rows are then known, whatever the form says today."""
    former = ImportBatch.objects.filter(digest=digest, state=State.DONE, mapping__kind=kind, mapping__store=store.pk)
    newest = former.order_by("-pk").first()
    return datetime.fromisoformat(newest.mapping["usual_at"]) if newest else None


def contents_of(batch: ImportBatch, store: Store) -> Contents:
    """What the upload holds, as it was read."""
    kept = batch.mapping
    rows = [_unpacked(kept["kind"], row) for row in kept["rows"]]
    return Contents(kept["kind"], store, rows, [Wrong(*wrong) for wrong in kept["wrong"]], kept["unread"])


def plan(contents: Contents, *, now: datetime) -> list[Plan]:
    """What every row would do, in the order of the file; rows that could not be read are refused. Reads only."""
    if contents.kind == "COUNTS":
        plans = plan_counts(store=contents.store, rows=_counts(contents), now=now)
    else:
        plans = plan_deliveries(store=contents.store, rows=_deliveries(contents))
    return _with_wrong(plans, contents)


@transaction.atomic
def book(batch: ImportBatch, contents: Contents, *, now: datetime, staff: Any) -> bool:
    """Book what can be booked, once; False when somebody has done it already."""
    if not ImportBatch.objects.filter(pk=batch.pk, state=State.CHECKED).update(state=State.RUNNING):
        return False
    if contents.kind == "COUNTS":
        plans = book_counts(store=contents.store, rows=_counts(contents), now=now, staff=staff)
    else:
        plans = book_deliveries(store=contents.store, rows=_deliveries(contents), now=now, staff=staff)
    fates = Counter(row.fate for row in _with_wrong(plans, contents))
    batch.state, batch.finished_at = State.DONE, now
    batch.rows_new, batch.rows_same = fates[Fate.NEW], fates[Fate.SAME]
    batch.rows_review, batch.rows_refused = fates[Fate.AGAIN], fates[Fate.REFUSED]
    # What was done stays to be read; what was asked for is no longer needed.
    done = [[row.line, row.fate, row.name, row.words] for row in _with_wrong(plans, contents)]
    batch.mapping = {**batch.mapping, "rows": [], "wrong": [], "done": done}
    batch.save()
    return True


def done_plans(batch: ImportBatch) -> list[Plan]:
    """What became of every row."""
    return [Plan(line, Fate(fate), name, words) for line, fate, name, words in batch.mapping.get("done", [])]


def _with_wrong(plans: list[Plan], contents: Contents) -> list[Plan]:
    wrong = [Plan(wrong.line, Fate.REFUSED, "", wrong.words) for wrong in contents.wrong]
    return sorted([*plans, *wrong], key=lambda row: row.line)


def _counts(contents: Contents) -> list[CountRow]:
    return [row for row in contents.rows if isinstance(row, CountRow)]


def _deliveries(contents: Contents) -> list[DeliveryRow]:
    return [row for row in contents.rows if isinstance(row, DeliveryRow)]


def _packed(row: Row) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(row).items()}


def _unpacked(kind: str, kept: dict[str, Any]) -> Row:
    if kind == "COUNTS":
        return CountRow(**{**kept, "counted_at": datetime.fromisoformat(kept["counted_at"])})
    return DeliveryRow(**{**kept, "expected_at": datetime.fromisoformat(kept["expected_at"])})
