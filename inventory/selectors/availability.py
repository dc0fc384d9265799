"""Is it really there? The one reader behind the stock page, its live updates, the API and the staff pages."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from customers.hours import OpenState, open_state
from inventory.confidence import Evidence, band, likely_there
from inventory.geo import Point, distance_km
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
  l.last_received_at, l.last_missed_at, coalesce(sales.sold, 0),
  s.id, s.code, s.name, s.street, s.city, s.phone, s.latitude, s.longitude, s.time_zone, s.hours::text, s.holidays::text
FROM inventory_stocklevel l
JOIN customers_store s ON s.id = l.store_id
LEFT JOIN LATERAL (
  SELECT -sum(m.quantity) AS sold FROM inventory_stockmovement m
  WHERE m.level_id = l.id AND m.kind = 'SALE' AND m.occurred_at >= %s
) sales ON true
"""
OF_PRODUCT = LEVELS + "WHERE l.product_id = %s AND s.closed_date IS NULL ORDER BY s.name LIMIT %s"
OF_LEVELS = LEVELS + "WHERE l.id = ANY(%s)"


class Level(NamedTuple):
    """A row of LEVELS up to its store: a level and the pieces it sold in the last 28 days."""

    level_id: int
    product_id: int
    on_hand: int
    held: int
    last_counted_at: datetime | None
    last_counted_quantity: int | None
    last_sold_at: datetime | None
    last_received_at: datetime | None
    last_missed_at: datetime | None
    sold: int


LEVEL_COLUMNS = len(Level._fields)


def availability(product_id: int, *, now: datetime, near: Point | None = None) -> list[StoreAvailability]:
    """Every trading store that keeps the product, nearest first, or by name without a place; one statement."""
    rows = _statements(OF_PRODUCT, product_id, MAX_STORES, now=now, near=near)
    return sorted(rows, key=lambda row: row.distance_km or 0) if near else rows


def availability_of(level_ids: Iterable[int], *, now: datetime, near: Point | None = None) -> list[StoreAvailability]:
    """The same for some levels, in the order given: the nearest stores, or what live pages are told; one statement."""
    ids = list(level_ids)
    found = {row.level_id: row for row in _statements(OF_LEVELS, ids, now=now, near=near)}
    return [found[pk] for pk in ids if pk in found]


def _statements(question: str, *given: Any, now: datetime, near: Point | None = None) -> list[StoreAvailability]:
    with connection.cursor() as cursor:
        cursor.execute(question, [now - timedelta(days=PACE_DAYS), *given])
        rows = cursor.fetchall()
    return [_statement(Level(*row[:LEVEL_COLUMNS]), Shop(*row[LEVEL_COLUMNS:]), now, near) for row in rows]


def _statement(level: Level, store: Shop, now: datetime, near: Point | None) -> StoreAvailability:
    facts = Facts(
        on_hand=level.on_hand,
        held=level.held,
        last_counted_at=level.last_counted_at,
        last_counted_quantity=level.last_counted_quantity,
        last_sold_at=level.last_sold_at,
        last_missed_at=level.last_missed_at,
        last_received_at=level.last_received_at,
        pace_per_day=level.sold / PACE_DAYS,
    )
    proofs = [moment for moment in (level.last_counted_at, level.last_sold_at, level.last_received_at) if moment]
    chance = likely_there(
        Evidence(
            free=facts.free,
            pace_per_day=facts.pace_per_day,
            last_proof_at=max(proofs, default=None),
            last_sold_at=level.last_sold_at,
            last_missed_at=level.last_missed_at,
        ),
        now,
    )
    state = band(chance, facts.free, facts.on_hand)
    zone = ZoneInfo(store.time_zone)
    return StoreAvailability(
        level_id=level.level_id,
        product_id=level.product_id,
        store=store,
        facts=facts,
        # "100 in 100" would be a promise that nobody can make.
        chance=None if state == "UNKNOWN" else min(99, round(chance * 100)),
        band=state,
        word=word(state, facts),
        evidence=evidence(state, facts, now, zone),
        opening=store.open_state(now),
        distance_km=distance_km(near, Point(store.latitude, store.longitude)) if near else None,
    )
