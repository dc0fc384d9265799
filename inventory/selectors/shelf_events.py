"""What happened at shelves since we last thought about them, as columns of numbers for the filter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from inventory.models import StockMovement
from inventory.shelf_filter import Floats, Ints
from inventory.shelf_replay import Event, Events
from inventory.trading import offset_days, trading_days

# A queue of an offline till may be so old; a movement that is older still is found by the sum of the book.
LATE_DAYS = 14
# Without a count, so much of the past is looked at.
WATCHED_DAYS = 120

_DAYS = "extract(epoch FROM {})::float8 / 86400"
LEVELS = f"""
SELECT l.id, l.store_id, l.on_hand, l.held, {_DAYS.format("l.last_counted_at")}, l.last_counted_quantity,
  {_DAYS.format("l.last_sold_at")}, s.hours::text, s.time_zone, p.price::float8, p.category,
  b.weights, {_DAYS.format("b.believed_at")}, b.movement_id, b.observation_id, b.pace_per_day, b.loss_per_day,
  b.count_worth, then_.on_hand_after, then_.held_after
FROM inventory_stocklevel l
JOIN customers_store s ON s.id = l.store_id
JOIN inventory_product p ON p.id = l.product_id
LEFT JOIN inventory_shelfbelief b ON b.level_id = l.id
LEFT JOIN inventory_stockmovement then_ ON then_.id = b.movement_id
WHERE l.id = ANY(%s) ORDER BY l.id
"""  # noqa: S608 - our own words
MOVEMENTS = f"""
SELECT w.place, m.id, {_DAYS.format("m.occurred_at")}, m.kind, m.quantity, m.on_hand_after, m.held_after
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::float8[]) AS w (place, level_id, after_id, since)
CROSS JOIN LATERAL (
  SELECT * FROM inventory_stockmovement m
  WHERE m.level_id = w.level_id AND m.occurred_at > to_timestamp(w.since * 86400) AND m.id > w.after_id
  OFFSET 0
) m
ORDER BY w.place, m.occurred_at, m.id
"""  # noqa: S608
LOOKS = f"""
SELECT w.place, o.id, {_DAYS.format("o.observed_at")}, o.was_there, coalesce(h.quantity, 1)
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::float8[]) AS w (place, level_id, after_id, since)
JOIN inventory_shelfobservation o ON o.level_id = w.level_id AND o.id > w.after_id
  AND o.observed_at > to_timestamp(w.since * 86400)
LEFT JOIN inventory_hold h ON h.id = o.hold_id
WHERE o.kind <> 'COUNT'
ORDER BY w.place, o.observed_at, o.id
"""  # noqa: S608

COMES = {
    StockMovement.Kind.OPENING: Event.DELIVERED,
    StockMovement.Kind.DELIVERY: Event.DELIVERED,
    StockMovement.Kind.TRANSFER_IN: Event.DELIVERED,
}
GOES = {
    StockMovement.Kind.SALE: Event.SOLD,
    StockMovement.Kind.HOLD_COLLECTED: Event.SOLD,
    StockMovement.Kind.THEFT: Event.STOLEN,
}


class LevelNow(NamedTuple):
    """A level as the book has it, and what was believed of it last (None: nothing). Moments in days of Unix time."""

    level_id: int
    store_id: int
    on_hand: int
    held: int
    counted_at: float | None
    counted: int | None
    sold_at: float | None
    hours: str
    time_zone: str
    price: float
    category: str
    weights: bytes | None
    believed_at: float | None
    movement_id: int | None
    observation_id: int | None
    pace_per_day: float | None
    loss_per_day: float | None
    count_worth: float | None
    on_hand_then: int | None
    held_then: int | None


@dataclass(frozen=True)
class Past:
    """What happened at some levels: events in the order of time within each level, and the newest rows, by place.

    `booked` is what the book's movements add up to, `newest_book` the balance after the newest one (by id).
    """

    events: Events
    movement_id: Ints
    observation_id: Ints
    booked: Ints
    newest_book: Ints

    def rows(self, places: Ints) -> "Past":
        """The past of some of the levels, their places counted anew."""
        place = np.full(len(self.movement_id), -1)
        place[places] = np.arange(len(places))
        events = self.events.rows(place[self.events.level] >= 0)
        events = replace(events, level=place[events.level])
        rest = (self.movement_id, self.observation_id, self.booked, self.newest_book)
        return Past(events, *(column[places] for column in rest))

    def highest_book(self) -> Ints:
        """The most that the book had after any of the events, by level; 0 where nothing happened."""
        most = np.zeros(len(self.movement_id), np.int64)
        np.maximum.at(most, self.events.level, self.events.book)
        return most


def read_levels(level_ids: Iterable[int]) -> list[LevelNow]:
    """The levels in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, [sorted(set(level_ids))])
        return [LevelNow(*row) for row in cursor.fetchall()]


def read_past(levels: Sequence[LevelNow], since: Floats, *, after: bool, now: datetime) -> Past:
    """Everything behind `since`; with `after` what the belief does not know yet, even if it came late."""
    ids = [level.level_id for level in levels]
    places = list(range(len(levels)))
    known = [(level.movement_id or 0, level.observation_id or 0) if after else (0, 0) for level in levels]
    reach = (since - LATE_DAYS).tolist()
    with connection.cursor() as cursor:
        cursor.execute(MOVEMENTS, [places, ids, [pair[0] for pair in known], reach])
        movements = cursor.fetchall()
        cursor.execute(LOOKS, [places, ids, [pair[1] for pair in known], reach])
        looks = cursor.fetchall()
    kept_from = np.full(len(levels), -np.inf) if after else since
    return _past(levels, movements, looks, kept_from.tolist(), now)


def _past(
    levels: Sequence[LevelNow], movements: Sequence[Any], looks: Sequence[Any], kept_from: list[float], now: datetime
) -> Past:
    """What happened before `kept_from` is no event any more, but it is known."""
    size = len(levels)
    newest, newest_look = np.zeros(size, np.int64), np.zeros(size, np.int64)
    booked, balance = np.zeros(size, np.int64), np.zeros(size, np.int64)
    columns = []
    for place, pk, at, kind, quantity, book, held in movements:
        if pk > newest[place]:
            newest[place], balance[place] = pk, book
        if at <= kept_from[place]:
            continue
        booked[place] += quantity
        columns.append((place, at, _kind(kind, quantity), abs(quantity), book, held))
    for place, pk, at, was_there, pieces in looks:
        newest_look[place] = max(newest_look[place], pk)
        if at <= kept_from[place]:
            continue
        columns.append((place, at, Event.SEEN if was_there else Event.MISSED, pieces, 0, -1))
    if looks:
        columns.sort(key=lambda row: row[:2])
    return Past(_events(levels, columns, now), newest, newest_look, booked, balance)


def _kind(kind: str, quantity: int) -> Event:
    """What a line of the book means at the shelf; a correction of the book moves no piece."""
    if quantity == 0 or kind == StockMovement.Kind.COUNT:
        return Event.SET_ASIDE
    if quantity > 0:
        return COMES.get(StockMovement.Kind(kind), Event.CAME)
    return GOES.get(StockMovement.Kind(kind), Event.TAKEN)


def _events(levels: Sequence[LevelNow], columns: Sequence[tuple[Any, ...]], now: datetime) -> Events:
    place, at, kind, pieces, book, aside = zip(*columns, strict=True) if columns else ((),) * 6
    level, moments = np.array(place, np.int64), np.array(at, np.float64)
    return Events(
        level=level,
        at=moments,
        trading_at=trading_times(levels, level, moments, now),
        kind=np.array(kind, np.int64),
        pieces=np.array(pieces, np.int64),
        book=np.array(book, np.int64),
        aside=np.array(aside, np.int64),
    )


def trading_times(levels: Sequence[LevelNow], place: Ints, at: Floats, now: datetime) -> Floats:
    """The trading time of moments at the stores of these levels."""
    numbers: dict[tuple[str, str], int] = {}
    week = np.array([numbers.setdefault((level.hours, level.time_zone), len(numbers)) for level in levels], np.int64)
    out = np.empty(len(at))
    for (hours, zone), number in numbers.items():
        rows = week[place] == number
        out[rows] = trading_days(at[rows], hours, offset_days(zone, now))
    return out
