"""Is it really there? The one reader behind the stock page, its live updates, the API and the staff pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from customers.hours import OpenState
from customers.models import Store
from inventory.confidence import Evidence, band, likely_there
from inventory.geo import Point, distance_km
from inventory.models import StockLevel, StockMovement
from inventory.statements import Facts, evidence, word

PACE_DAYS = 28
MAX_STORES = 500


@dataclass(frozen=True)
class StoreAvailability:
    """What can be said about one product in one store at one moment. `chance` is in 100; distance None: unknown."""

    level_id: int
    product_id: int
    store: Store
    facts: Facts
    chance: int
    band: str
    word: str
    evidence: str
    opening: OpenState
    distance_km: float | None


def availability(product_id: int, *, now: datetime, near: Point | None = None) -> list[StoreAvailability]:
    """Every trading store that keeps the product, nearest first, or by name without a place; two statements."""
    levels = StockLevel.objects.filter(product_id=product_id, store__closed_date=None)
    rows = _statements(levels.select_related("store").order_by("store__name")[:MAX_STORES], now=now, near=near)
    return sorted(rows, key=lambda row: row.distance_km or 0) if near else rows


def availability_of(level_ids: Iterable[int], *, now: datetime) -> list[StoreAvailability]:
    """The same for some levels, without distances: what the live pages are told; two statements."""
    return _statements(StockLevel.objects.filter(pk__in=level_ids).select_related("store"), now=now)


def _statements(levels: Iterable[StockLevel], *, now: datetime, near: Point | None = None) -> list[StoreAvailability]:
    found = list(levels)
    paces = sold_per_day([level.pk for level in found], now=now)
    return [_statement(level, paces.get(level.pk, 0.0), now, near) for level in found]


def sold_per_day(level_ids: Sequence[int], *, now: datetime) -> dict[int, float]:
    """Pieces sold per day over the last 28 days, by level id; one statement."""
    recent = StockMovement.objects.filter(
        level_id__in=level_ids, kind=StockMovement.Kind.SALE, occurred_at__gte=now - timedelta(days=PACE_DAYS)
    )
    return {pk: -sold / PACE_DAYS for pk, sold in recent.values_list("level_id").annotate(Sum("quantity"))}


def _statement(level: StockLevel, pace: float, now: datetime, near: Point | None) -> StoreAvailability:
    store = level.store
    facts = Facts(
        on_hand=level.on_hand,
        held=level.held,
        last_counted_at=level.last_counted_at,
        last_counted_quantity=level.last_counted_quantity,
        last_sold_at=level.last_sold_at,
        last_missed_at=level.last_missed_at,
    )
    proofs = [moment for moment in (level.last_counted_at, level.last_sold_at, level.last_received_at) if moment]
    chance = likely_there(
        Evidence(
            free=facts.free,
            pace_per_day=pace,
            last_proof_at=max(proofs, default=None),
            last_sold_at=level.last_sold_at,
            last_missed_at=level.last_missed_at,
        ),
        now,
    )
    state = band(chance, facts.free)
    zone = ZoneInfo(store.time_zone)
    return StoreAvailability(
        level_id=level.pk,
        product_id=level.product_id,
        store=store,
        facts=facts,
        # "100 in 100" would be a promise that nobody can make.
        chance=min(99, round(chance * 100)),
        band=state,
        word=word(state, facts),
        evidence=evidence(state, facts, now, zone),
        opening=store.open_state(now),
        distance_km=distance_km(near, Point(store.latitude, store.longitude)) if near else None,
    )
