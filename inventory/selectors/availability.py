"""Is it really there? The one reader behind the stock page, its live updates, the API and the staff pages."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from customers.hours import OpenState, open_state
from inventory.confidence import Evidence, band, likely_there
from inventory.geo import Point, distance_km
from inventory.selectors.shelf_now import Belief, chances
from inventory.statements import Facts, evidence, word

PACE_DAYS = 28
MAX_STORES = 500


class Shop(NamedTuple):
    """What a shopper is told about the store itself. Hours as customers.hours reads them."""

    pk: int
    code: str
    name: str
    street: str
    city: str
    phone: str
    latitude: float
    longitude: float
    time_zone: str
    hours: str
    holidays: str

    def open_state(self, now: datetime) -> OpenState:
        """Whether the store is open at `now` and until (or from) when, in its own clock."""
        return _open_state(self.hours, self.holidays, self.time_zone, now)


@lru_cache(maxsize=256)
def _open_state(hours: str, holidays: str, time_zone: str, now: datetime) -> OpenState:
    """Kept for the page that is being made: its stores share a few weeks, and one moment."""
    return open_state(_read(hours), _read(holidays), now.astimezone(ZoneInfo(time_zone)))


@lru_cache(maxsize=256)
def _read(text: str) -> dict[str, Any]:
    """Hours or holidays from their JSON; to be looked at only. Kept, for a chain's stores share a few weeks."""
    found: dict[str, Any] = json.loads(text)
    return found


@dataclass(frozen=True)
class StoreAvailability:
    """What can be said about one product in one store at one moment. `chance` is in 100. None: not known."""

    level_id: int
    product_id: int
    store: Shop
    facts: Facts
    chance: int | None
    band: str
    word: str
    evidence: str
    opening: OpenState
    distance_km: float | None


# Written out, because this is the most asked question of all: building it from querysets cost more than answering it.
LEVELS = """
SELECT l.id, l.product_id, l.on_hand, l.held, l.last_counted_at, l.last_counted_quantity, l.last_sold_at,
  l.last_received_at, l.last_missed_at, coming.expected_at, coalesce(coming.pieces, 0), coalesce(sales.sold, 0),
  b.weights, b.believed_at, b.pace_per_day, b.loss_per_day,
  s.id, s.code, s.name, s.street, s.city, s.phone, s.latitude, s.longitude, s.time_zone, s.hours::text, s.holidays::text
FROM inventory_stocklevel l
JOIN customers_store s ON s.id = l.store_id
LEFT JOIN inventory_shelfbelief b ON b.level_id = l.id
LEFT JOIN LATERAL (
  SELECT d.expected_at, dl.expected AS pieces FROM inventory_delivery d
  JOIN inventory_deliveryline dl ON dl.delivery_id = d.id AND dl.product_id = l.product_id AND dl.expected > 0
  WHERE l.on_hand <= l.held AND d.store_id = l.store_id AND d.state = 'EXPECTED'
  ORDER BY d.expected_at LIMIT 1
) coming ON true
LEFT JOIN LATERAL (
  SELECT -sum(m.quantity) AS sold FROM inventory_stockmovement m
  WHERE b.level_id IS NULL AND m.level_id = l.id AND m.kind = 'SALE' AND m.occurred_at >= %s
) sales ON true
"""
OF_PRODUCT = LEVELS + "WHERE l.product_id = %s AND s.closed_date IS NULL ORDER BY s.name LIMIT %s"
OF_LEVELS = LEVELS + "WHERE l.id = ANY(%s)"


class Level(NamedTuple):
    """A row of LEVELS up to its store: a level, and what is believed of it or, before, what it sold in 28 days.

    Where nothing is free it names the next delivery.
    """

    level_id: int
    product_id: int
    on_hand: int
    held: int
    last_counted_at: datetime | None
    last_counted_quantity: int | None
    last_sold_at: datetime | None
    last_received_at: datetime | None
    last_missed_at: datetime | None
    coming_at: datetime | None
    coming: int
    sold: int
    weights: bytes | None
    believed_at: datetime | None
    believed_pace: float | None
    loss_per_day: float | None

    @property
    def pace_per_day(self) -> float:
        """Pieces sold in a day while they are there."""
        return self.sold / PACE_DAYS if self.believed_pace is None else self.believed_pace


Row = tuple[Level, Shop]
LEVEL_COLUMNS = len(Level._fields)


def availability(
    product_id: int, *, now: datetime, near: Point | None = None, exact: bool = False
) -> list[StoreAvailability]:
    """Every trading store that keeps the product, nearest first, or by name without a place; one statement.

    With `exact` the evidence says numbers, not bands: for people and programs of the chain.
    """
    rows = _statements(OF_PRODUCT, product_id, MAX_STORES, now=now, near=near, exact=exact)
    return sorted(rows, key=lambda row: row.distance_km or 0) if near else rows


def availability_of(
    level_ids: Iterable[int], *, now: datetime, near: Point | None = None, exact: bool = False
) -> list[StoreAvailability]:
    """The same for some levels, in the order given: the nearest stores, or what live pages are told; one statement."""
    ids = list(level_ids)
    found = {row.level_id: row for row in _statements(OF_LEVELS, ids, now=now, near=near, exact=exact)}
    return [found[pk] for pk in ids if pk in found]


def chance_of_level(level_id: int, *, now: datetime, own: int = 0, all_pieces: bool = False) -> tuple[float, int]:
    """(P(one is there now for who has `own` pieces put aside, in the book).

    With `all_pieces` whether there is any piece in the store, those put aside included; one statement.
    """
    row = _read_rows(OF_LEVELS, [level_id], now=now)[0]
    level = row[0]
    others = 0 if all_pieces else max(0, level.held - own)
    return _chances([row], [others + 1], now)[0], level.on_hand


def _statements(question: str, *given: Any, now: datetime, near: Point | None, exact: bool) -> list[StoreAvailability]:
    rows = _read_rows(question, *given, now=now)
    known = _chances(rows, [level.held + 1 for level, _ in rows], now)
    return [_statement(row, chance, now, near, exact=exact) for row, chance in zip(rows, known, strict=True)]


def _read_rows(question: str, *given: Any, now: datetime) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(question, [now - timedelta(days=PACE_DAYS), *given])
        rows = cursor.fetchall()
    return [(Level(*row[:LEVEL_COLUMNS]), Shop(*row[LEVEL_COLUMNS:])) for row in rows]


def _chances(rows: Sequence[Row], pieces: Sequence[int], now: datetime) -> list[float]:
    """P(so many pieces are there now), by row: as believed, or by the closed form where nothing is believed yet."""
    out = [0.0] * len(rows)
    places, beliefs = [], []
    for place, (level, store) in enumerate(rows):
        if level.weights is None:
            out[place] = _closed_form(level, pieces[place], now)
        else:
            places.append(place)
            beliefs.append(_belief(level, store, now))
    wanted = np.array([pieces[place] for place in places], np.int64)
    for place, chance in zip(places, chances(beliefs, wanted, now).tolist(), strict=True):
        out[place] = chance
    return out


def _belief(level: Level, store: Shop, now: datetime) -> Belief:
    return Belief(
        level.weights or b"",
        level.believed_at or now,
        level.pace_per_day,
        level.loss_per_day or 0.0,
        level.held,
        level.last_sold_at,
        level.last_received_at,
        level.last_counted_at,
        store.hours,
        store.time_zone,
    )


def _closed_form(level: Level, pieces: int, now: datetime) -> float:
    proofs = [moment for moment in (level.last_counted_at, level.last_sold_at, level.last_received_at) if moment]
    known = Evidence(
        free=max(0, level.on_hand - pieces + 1),
        pace_per_day=level.pace_per_day,
        last_proof_at=max(proofs, default=None),
        last_sold_at=level.last_sold_at,
        last_missed_at=level.last_missed_at,
    )
    return likely_there(known, now)


def _statement(row: Row, chance: float, now: datetime, near: Point | None, *, exact: bool) -> StoreAvailability:
    level, store = row
    if level.on_hand <= level.held:
        # It may be there all the same, but nobody is sent to a piece that the till would not know.
        chance = 0.0
    facts = Facts(
        on_hand=level.on_hand,
        held=level.held,
        last_counted_at=level.last_counted_at,
        last_counted_quantity=level.last_counted_quantity,
        last_sold_at=level.last_sold_at,
        last_missed_at=level.last_missed_at,
        last_received_at=level.last_received_at,
        pace_per_day=level.pace_per_day,
        coming_at=level.coming_at,
        coming=level.coming,
    )
    state = band(chance, facts.free, facts.on_hand, is_doubted=facts.is_doubted)
    zone = ZoneInfo(store.time_zone)
    return StoreAvailability(
        level_id=level.level_id,
        product_id=level.product_id,
        store=store,
        facts=facts,
        # "100 in 100" would be a promise that nobody can make.
        chance=None if state == "UNKNOWN" else min(99, round(chance * 100)),
        band=state,
        word=word(state, facts, exact=exact),
        evidence=evidence(state, facts, now, zone, exact=exact),
        opening=store.open_state(now),
        distance_km=distance_km(near, Point(store.latitude, store.longitude)) if near else None,
    )
