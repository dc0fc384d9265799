"""Rows of the ledger made ready for the page: causes read from every floor in one go, then put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.models import Interaction
from cxportal.dashboards.scope import Sight, shown_name
from cxportal.dashboards.words import Moment, Words, day_title, describe, number
from inventory.models import HoldEvent, SaleLine
from inventory.money import money
from inventory.selectors.sales import lines_of
from journeys.models import CaseEvent

NAMES_SHOWN = 3
JUST_NOW_SECONDS = 300


@dataclass(frozen=True)
class Day:
    """One day of a timeline; without a title it goes on with the day above it."""

    title: str
    key: str
    entries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Causes:
    """What stands behind some rows of the ledger, by row."""

    lines: Mapping[int, list[SaleLine]] = field(default_factory=dict)
    more: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def causes_of(rows: Sequence[Interaction]) -> Causes:
    """Sales with lines, holds with products, cases with their texts: three statements however many rows."""
    ids = [row.pk for row in rows]
    holds = HoldEvent.objects.filter(interaction__in=ids).select_related("hold__level__product")
    cases = CaseEvent.objects.filter(interaction__in=ids).select_related("case")
    more: dict[int, Mapping[str, str]] = {}
    for hold in holds:
        more[hold.interaction_id] = {"product": hold.hold.level.product.name}
    for event in cases:
        more[event.interaction_id] = {"case": event.case.number, "text": event.redacted_text}
    return Causes(lines_of(ids), more)


def zone_of(row: Interaction, other: ZoneInfo) -> ZoneInfo:
    """The clock that a row is read by: its store's, else the `other`."""
    return ZoneInfo(row.store.time_zone) if row.store else other


def words_of(row: Interaction, zone: ZoneInfo, more: Mapping[str, str] | None = None) -> Words:
    """The words for one row, its times by the clock of `zone`."""
    store = row.store.name if row.store else ""
    return describe(Moment(row.kind, row.channel.kind, row.facts, store, zone, more or {}))


def entry_of(row: Interaction, now: datetime, zone: ZoneInfo, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What templates/components/entry.html takes, without lines."""
    words, local = words_of(row, zone, more), row.occurred_at.astimezone(zone)
    is_new = 0 <= (now - row.occurred_at).total_seconds() < JUST_NOW_SECONDS
    kind = words.kind or ("now" if is_new else "")
    return {**asdict(words), "kind": kind, "time": f"{local:%H:%M}", "iso": local.isoformat()}


def receipt_of(lines: Sequence[SaleLine]) -> dict[str, Any]:
    """A receipt for the entry: its first products as a title, behind which all its lines stand."""
    names = [f"{line.quantity} × {line.product.name}" if line.quantity > 1 else line.product.name for line in lines]
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    amounts = [money(line.quantity * line.unit_price, line.sale.currency) for line in lines]
    rows = [{"text": name, "amount": amount} for name, amount in zip(names, amounts, strict=True)]
    pieces = number(sum(line.quantity for line in lines), "piece")
    rows.append({"text": f"Receipt {lines[0].sale.receipt}", "amount": pieces})
    return {"lines": rows, "lines_title": "; ".join(names[:NAMES_SHOWN]) + more, "detail": ""}


def days_of(rows: Sequence[Interaction], now: datetime, zone: ZoneInfo, shown_day: str = "") -> list[Day]:
    """A person's timeline by day, each row by its store's clock, by `zone` where there is no store.

    A first day equal to `shown_day`, the last of the page before, gets no second heading.
    """
    causes = causes_of(rows)
    days = []
    for key, group in groupby(rows, key=lambda row: day_key(row, zone)):
        members = list(group)
        first = members[0]
        title = "" if key == shown_day else day_title(first.occurred_at, zone_of(first, zone), now)
        days.append(Day(title, key, [_with_cause(row, causes, now, zone_of(row, zone)) for row in members]))
    return days


def day_key(row: Interaction, zone: ZoneInfo) -> str:
    """The date of a row by its clock."""
    return row.occurred_at.astimezone(zone_of(row, zone)).date().isoformat()


def _with_cause(row: Interaction, causes: Causes, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    entry = entry_of(row, now, zone, causes.more.get(row.pk))
    lines = causes.lines.get(row.pk)
    return {**entry, **receipt_of(lines)} if lines else entry


def ledger_entries(
    rows: Sequence[Interaction], sight: Sight, now: datetime, zone: ZoneInfo, *, with_pages: bool
) -> list[dict[str, Any]]:
    """The live ledger by one clock: a line a row, with the customer's name as this person may see it and her page.

    `day` heads the first row of a day that is not today.
    """
    entries, shown_date = [], now.astimezone(zone).date()
    for row in rows:
        date = row.occurred_at.astimezone(zone).date()
        day = "" if date == shown_date else day_title(row.occurred_at, zone, now)
        entries.append({**_ledger_entry(row, sight, entry_of(row, now, zone), with_pages), "day": day})
        shown_date = date
    return entries


def _ledger_entry(row: Interaction, sight: Sight, entry: dict[str, Any], with_pages: bool) -> dict[str, Any]:
    if row.customer is None:
        return entry
    url = reverse("customer", args=[row.customer.public_id]) if with_pages else ""
    return {**entry, "who": shown_name(row.customer, sight), "url": url}
