"""Stock alerts: what is wrong, since when, and the one thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Window
from django.urls import reverse
from django.utils.timesince import timesince

from customers.models import Message, Store
from cxportal.dashboards.words import WAYS, number, spoken
from inventory.selectors.alerts import below_zero, oversold, sold_out_today

SHOWN = 10
DEAD_SHOWN = 5


@dataclass(frozen=True)
class AlertRow:
    """One thing in a list: what, where and since when, and the page that helps."""

    what: str
    where: str
    fact: str
    url: str


@dataclass(frozen=True)
class Alert:
    """One list: its sentence, how many there are in all, the first rows and the thing to do."""

    title: str
    state: str
    in_all: int
    rows: list[AlertRow]
    advice: str
    action: str = ""
    action_url: str = ""


def alerts_for(user: Any, store: Store | None, now: datetime) -> list[Alert]:
    """Oversold levels, levels below zero, best sellers gone, dead messages: four statements; empty lists left out."""
    store_id = store.pk if store else None
    found = [_oversold(user, store_id, now), _below_zero(user, store_id), _sold_out(now, store_id)]
    if store is None:
        found.append(_dead_messages(user, now))
    return [alert for alert in found if alert.rows]


def stock_url(sku: str) -> str:
    """The stock page of a product."""
    return reverse("stock-product", args=[sku])


def admin_link(user: Any, permission: str, path: str) -> str:
    """A list of the back office, for those who may open it."""
    return f"{reverse('admin:index')}{path}" if user.is_staff and user.has_perm(permission) else ""


def _in_all(rows: Sequence[Any]) -> int:
    return rows[0].in_all if rows else 0


def _oversold(user: Any, store_id: int | None, now: datetime) -> Alert:
    rows = oversold(SHOWN, store_id)
    lines = [
        AlertRow(
            row.product,
            row.store,
            f"{row.missing} missing on {number(row.receipts, 'receipt')}, {timesince(row.newest_at, now, depth=1)} ago",
            stock_url(row.sku),
        )
        for row in rows
    ]
    advice = "Count the shelf: it is right, the book is wrong."
    link = admin_link(user, "inventory.view_discrepancy", "inventory/discrepancy/")
    title = "The till sold what the book did not have"
    return Alert(title, "broken", _in_all(rows), lines, advice, "Open the list" if link else "", link)


def _below_zero(user: Any, store_id: int | None) -> Alert:
    rows = list(below_zero(store_id)[:SHOWN])
    lines = [
        AlertRow(row.product.name, row.store.name, f"{row.on_hand} in the book", stock_url(row.product.sku))
        for row in rows
    ]
    advice = "Look for a delivery that was not booked, or count."
    link = admin_link(user, "inventory.view_stocklevel", "inventory/stocklevel/")
    return Alert(
        "The book says less than nothing",
        "broken",
        _in_all(rows),
        lines,
        advice,
        "Open the levels" if link else "",
        link,
    )


def _sold_out(now: datetime, store_id: int | None) -> Alert:
    rows = sold_out_today(now, SHOWN, store_id)
    lines = [
        AlertRow(
            row.product,
            row.store,
            f"{number(row.pieces, 'piece')} in 28 days" + (f", {row.held} kept aside" if row.held else ""),
            stock_url(row.sku),
        )
        for row in rows
    ]
    return Alert("Sold out today, usually sells", "gone", _in_all(rows), lines, "See which store near has it.")


def _dead_messages(user: Any, now: datetime) -> Alert:
    dead = Message.objects.filter(state=Message.State.DEAD).annotate(in_all=Window(Count("pk")))
    rows = list(dead.order_by("-created_at")[:DEAD_SHOWN])
    link = admin_link(user, "customers.view_message", "customers/message/?state__exact=DEAD")
    lines = [
        AlertRow(
            spoken(row.kind).capitalize(), WAYS.get(row.way, ""), f"{timesince(row.created_at, now, depth=1)} ago", ""
        )
        for row in rows
    ]
    advice = "They were given up after every try." + ("" if link else " Tell your administrator.")
    return Alert(
        "Messages that reached nobody", "broken", _in_all(rows), lines, advice, "Open them" if link else "", link
    )
