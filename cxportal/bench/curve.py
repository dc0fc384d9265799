"""Does a promise, a sale or a look cost more in a large chain than in a small one? The chain grows while we measure."""

import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cxportal.bench.figures import Figure, note, percentile
from cxportal.bench.raw_hold import place
from cxportal.bench.raw_till import SaleIn, post
from cxportal.bench.shape import loyalty_number
from cxportal.bench.wishes import People, Wish, free_levels
from cxportal.growth.book import Stretch
from cxportal.growth.ground import write_customers, write_products, write_stores
from cxportal.growth.grow import analyse, widen
from inventory.models import StockLevel
from inventory.selectors.availability import availability

WARM_UP = 30
# The quiet quarter: a neighbour on the same core makes some calls slower, none faster.
QUIET = 0.25
EXTRAPOLATED = 100_000_000


@dataclass(frozen=True)
class Scale:
    """How far the chain grows: movements at each stage, and what does not grow with them."""

    stages: tuple[int, ...] = (100_000, 1_000_000, 10_000_000)
    movements_of_level: int = 10
    stores_of_product: int = 10
    stores: int = 10_000
    customers: int = 60_000
    calls: int = 300

    def products(self, movements: int) -> int:
        """How many products there are at that stage."""
        return movements // self.movements_of_level // self.stores_of_product


@dataclass(frozen=True)
class Point:
    """Milliseconds of one call at one size of the chain."""

    movements: int
    levels: int
    hold_ms: float
    sale_ms: float
    look_ms: float


KINDS = ("hold_ms", "sale_ms", "look_ms")


def figures(scale: Scale) -> Iterator[Figure]:
    """Grow stage by stage and measure each: the dearest kind of call at the end, as a multiple of its first cost."""
    now = timezone.now()
    write_stores(1, scale.stores)
    write_customers(scale.customers, now)
    people = People.all()
    # From the end: the bench's other measurements take theirs from the beginning.
    people.left.reverse()
    points, products, movements = [], 0, 0
    for total in scale.stages:
        _widen(Stretch(products + 1, scale.products(total), scale.stores_of_product, total - movements), now)
        products, movements = scale.products(total), total
        points.append(_point(scale, total, people))
    first, last = points[0], points[-1]
    ratios = {kind: getattr(last, kind) / getattr(first, kind) for kind in KINDS}
    yield Figure(
        "growth_1e5_to_1e7",
        max(ratios.values()),
        n=len(points) * scale.calls * len(KINDS),
        more={"ratios": rounded(ratios), "curve": [rounded(vars(point)) for point in points]}
        | {"extrapolated": {"movements": EXTRAPOLATED} | rounded({kind: beyond(points, kind) for kind in KINDS})},
    )


def _widen(stretch: Stretch, now: datetime) -> None:
    started = time.perf_counter()
    write_products(stretch.first, stretch.last)
    widen(stretch, now=now)
    passed = time.perf_counter() - started
    rows = stretch.levels + stretch.movements
    note(f"grown by {stretch.levels:,} levels, {stretch.movements:,} movements: {rows / passed:,.0f} rows/s")
    analyse()


def _point(scale: Scale, movements: int, people: People) -> Point:
    draw = random.Random(movements)
    count = scale.calls + WARM_UP
    wishes = [Wish(*pair) for pair in zip(people.take(count), free_levels(count, draw), strict=True)]
    sold = list(StockLevel.objects.select_related("store", "product").in_bulk([w.level.pk for w in wishes]).values())
    draw.shuffle(sold)
    quiet = _quiet_ms(
        count,
        lambda turn: place(wishes[turn]),
        lambda turn: post(_sale(f"grown-{movements}-{turn}", sold[turn], turn)),
        lambda turn: availability(sold[turn].product_id, now=timezone.now()),
    )
    point = Point(movements, movements // scale.movements_of_level, *quiet)
    note(f"{point}")
    return point


def _sale(receipt: str, level: StockLevel, turn: int) -> SaleIn:
    return SaleIn(level.store, receipt, level.product.sku, loyalty_number(turn % 50), timezone.now())


def _quiet_ms(count: int, *calls: Callable[[int], object]) -> Iterator[float]:
    """The cost of each kind of call; they take turns, so that a busy moment hits all of them."""
    spent: list[list[float]] = [[] for _ in calls]
    for turn in range(count):
        for call, times in zip(calls, spent, strict=True):
            started = time.perf_counter()
            call(turn)
            times.append((time.perf_counter() - started) * 1000)
    return (percentile(times[WARM_UP:], QUIET) for times in spent)


def beyond(points: list[Point], kind: str) -> float:
    """The cost at 10^8 movements, by a straight line through the points over the logarithm of their size: a guess."""
    sizes = [math.log10(point.movements) for point in points]
    slope, start = statistics.linear_regression(sizes, [getattr(point, kind) for point in points])
    return start + slope * math.log10(EXTRAPOLATED)


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds as far as they mean something."""
    return {key: round(value, 2) if isinstance(value, float) else value for key, value in values.items()}
