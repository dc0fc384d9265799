"""What to count first: the levels where a look at the shelf is expected to bring most."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F

from inventory.models import Product, StockLevel
from inventory.selectors.availability import availability_of


class Kind(StrEnum):
    """Why a level is counted."""

    PHANTOM = "PHANTOM"
    HIDDEN = "HIDDEN"
    OLD = "OLD"


@dataclass(frozen=True)
class CountTask:
    """One level to count. Counts are blind: `book` and `chance` are for the plan, never for who counts.

    `worth` is what the count is expected to bring, in the store's money.
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
    def book(self) -> int:
        """What the book says."""
        return self.level.on_hand


def count_plan(store_id: int, *, now: datetime, limit: int = 20) -> list[CountTask]:
    """The tasks of one store, the one that fixes the most first."""
    levels = list(
        StockLevel.objects.filter(store=store_id)
        .select_related("product", "store")
        .order_by(F("last_counted_at").asc(nulls_first=True), "pk")[:limit]
    )
    chances = {row.level_id: (row.chance or 0) / 100 for row in availability_of([pk.pk for pk in levels], now=now)}
    return [CountTask(level, Kind.OLD, chances[level.pk], _old(level, now), 0.0) for level in levels]


def _old(level: StockLevel, now: datetime) -> str:
    if level.last_counted_at is None:
        return "Never counted."
    days = (now - level.last_counted_at).days
    return f"Not counted for {days} days." if days > 1 else "Counted not long ago."
