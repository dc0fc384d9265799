"""What to count first: the levels where a look at the shelf is expected to bring most."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import F, QuerySet

from customers.models import Store
from inventory import shelf_filter
from inventory.models import Product, ShelfBelief, StockLevel
from inventory.selectors.shelf_now import Belief, shelves_now
from inventory.statements import Facts, doubt, when

# Below this the book misleads more likely than not.
MISLEADS = 0.5
SPARE = 5


class Kind(StrEnum):
    """Why a level is counted: the book has what the shelf has not, the other way round, or nobody has looked."""

    PHANTOM = "PHANTOM"
    HIDDEN = "HIDDEN"
    OLD = "OLD"


@dataclass(frozen=True)
class CountTask:
    """One level to count. Counts are blind: `book` and `chance` are for the plan, never for who counts.

    `chance`: of one more piece than those put aside; `worth`: what the count may bring, in the store's money.
    """

    level: StockLevel
    kind: Kind
    chance: float
    why: str
    worth: float

    @property
    def product(self) -> Product:
        """What is counted."""
        return self.level.product

    @property
    def store(self) -> Store:
        """Where it is counted."""
        return self.level.store

    @property
    def book(self) -> int:
        """What the book says."""
        return self.level.on_hand


def count_plan(store_id: int, *, now: datetime, limit: int = 20) -> list[CountTask]:
    """The tasks of one store, the one that fixes the most first; what nobody has counted longest fills up the rest."""
    tasks = _believed(_worthwhile(store_id)[:limit], now)
    known = [task.level.pk for task in tasks]
    oldest = (
        StockLevel.objects.filter(store=store_id)
        .exclude(pk__in=known)
        .select_related("product", "store")
        .order_by(F("last_counted_at").asc(nulls_first=True), "pk")[: limit - len(tasks)]
    )
    return tasks + [CountTask(level, Kind.OLD, 1.0, _age(level, now), 0.0) for level in oldest]


def phantoms(store_id: int, *, now: datetime, limit: int = 20) -> list[CountTask]:
    """What the book offers and the shelf probably has not, the dearest mistake first."""
    offered = _worthwhile(store_id).filter(level__on_hand__gt=F("level__held"))
    return _of_kind(Kind.PHANTOM, offered, now, limit)


def hidden(store_id: int, *, now: datetime, limit: int = 20) -> list[CountTask]:
    """What probably lies there and the book does not offer, what sells best first."""
    gone = _worthwhile(store_id).filter(level__on_hand__lte=F("level__held"))
    return _of_kind(Kind.HIDDEN, gone, now, limit)


def _worthwhile(store_id: int) -> QuerySet[ShelfBelief]:
    beliefs = ShelfBelief.objects.filter(store=store_id, count_worth__gt=0)
    return beliefs.select_related("level__product", "level__store").order_by("-count_worth", "pk")


def _of_kind(kind: Kind, beliefs: QuerySet[ShelfBelief], now: datetime, limit: int) -> list[CountTask]:
    # A belief that was kept a while ago may say something else by now: some more are read than are shown.
    return [task for task in _believed(beliefs[: SPARE * limit], now) if task.kind == kind][:limit]


def _believed(found: Iterable[ShelfBelief], now: datetime) -> list[CountTask]:
    beliefs = list(found)
    if not beliefs:
        return []
    shelves = shelves_now([_row(belief) for belief in beliefs], now)
    wanted = np.array([belief.level.held + 1 for belief in beliefs])
    chances = shelf_filter.chance_of(shelves.weights, wanted).tolist()
    return [_task(belief, chance, now) for belief, chance in zip(beliefs, chances, strict=True)]


def _row(belief: ShelfBelief) -> Belief:
    level, store = belief.level, belief.level.store
    return Belief(
        bytes(belief.weights),
        belief.believed_at,
        belief.pace_per_day,
        belief.loss_per_day,
        level.held,
        level.last_sold_at,
        level.last_received_at,
        level.last_counted_at,
        json.dumps(store.hours, sort_keys=True),
        store.time_zone,
    )


def _task(belief: ShelfBelief, chance: float, now: datetime) -> CountTask:
    level = belief.level
    if level.on_hand <= level.held:
        kind = Kind.HIDDEN if chance >= MISLEADS else Kind.OLD
    else:
        kind = Kind.PHANTOM if chance < MISLEADS else Kind.OLD
    return CountTask(level, kind, chance, _why(belief, kind, now), belief.count_worth)


def _why(belief: ShelfBelief, kind: Kind, now: datetime) -> str:
    """In words, without a number of the book: who counts must not know it."""
    level = belief.level
    if kind == Kind.HIDDEN:
        return "It may lie here unnoticed."
    if level.last_missed_at and (level.last_counted_at is None or level.last_missed_at > level.last_counted_at):
        return (
            f"Somebody looked and did not find it {when(level.last_missed_at, now, ZoneInfo(level.store.time_zone))}."
        )
    if kind == Kind.PHANTOM:
        reason = doubt(_facts(level, belief.pace_per_day), now)
        return f"{reason[0].upper()}{reason[1:]}."
    return _age(level, now)


def _facts(level: StockLevel, pace_per_day: float) -> Facts:
    return Facts(
        on_hand=level.on_hand,
        held=level.held,
        last_counted_at=level.last_counted_at,
        last_counted_quantity=level.last_counted_quantity,
        last_sold_at=level.last_sold_at,
        last_missed_at=level.last_missed_at,
        last_received_at=level.last_received_at,
        pace_per_day=pace_per_day,
    )


def _age(level: StockLevel, now: datetime) -> str:
    if level.last_counted_at is None:
        return "Nobody has ever counted it here."
    days = (now - level.last_counted_at).days
    return f"Not counted for {days} days." if days > 1 else "Counted not long ago."
