"""What a change looks like to an open page: server-sent events with words ready to show."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from cxportal.live.notifier import Change
from inventory.selectors.availability import availability_of
from inventory.selectors.store_tasks import stores_with_work
from inventory.stock_page import statement
from inventory.tickets import ledger_channel, product_channel, store_channel

Told = tuple[str, bytes]


def event(name: str, data: dict[str, Any]) -> bytes:
    """One server-sent event; JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def told(changes: Iterable[Change], channels: frozenset[str], *, now: datetime) -> list[Told]:
    """(channel, event) for everything that somebody here listens to; reads the database once for all of it."""
    seen = list(changes)
    stores = {store for _, store, _ in seen}
    watched = [level for level, _, product in seen if product_channel(product) in channels]
    in_stores = [(level, store) for level, store, _ in seen if store_channel(store) in channels]
    return stock_events(watched, now) + ledger_events(stores, channels) + store_events(in_stores, now)


def stock_events(level_ids: list[int], now: datetime) -> list[Told]:
    """The statement of each changed level, rendered once for all its listeners."""
    if not level_ids:
        return []
    out = []
    for row in availability_of(level_ids, now=now):
        shown = statement(row)
        html = render_to_string("inventory/_statement_live.html", {"s": shown})
        data = {"level": row.level_id, "store": row.store.code, "state": shown["state"], "html": html}
        out.append((product_channel(row.product_id), event("stock", data)))
    return out


def ledger_events(store_ids: set[int], channels: frozenset[str]) -> list[Told]:
    """That something happened in these stores; pages of staff then ask for what they may see."""
    wanted = [ledger_channel(store) for store in sorted(store_ids)] + [ledger_channel(None)]
    chunk = event("ledger", {"stores": sorted(store_ids)})
    return [(channel, chunk) for channel in wanted if channel in channels]


def store_events(levels: list[tuple[int, int]], now: datetime) -> list[Told]:
    """That there is other work in a store; its screen then asks for its tasks, and rings when there are new ones.

    `levels` are (level, store). Sales of what nobody holds or asks about are no work: a busy till must not make every
    screen draw its lists anew all day.
    """
    stores = stores_with_work(levels, now=now) if levels else set()
    return [(store_channel(store), event("store", {"store": store})) for store in sorted(stores)]
