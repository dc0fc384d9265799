"""What the pages say against what stands there: a store's shelves are simulated with losses that nobody sees, and told
to the portal day by day through its own services. The page must not be surer than it may be.
"""

from datetime import datetime, timedelta

import numpy as np
import pytest

from cxportal.bench.worlds import COUNTED, Nature, World
from inventory.models import StockCount, StockLevel, StockMovement
from inventory.selectors.availability import StoreAvailability, availability_of
from inventory.services.beliefs import update_beliefs
from inventory.services.counts import post_count
from inventory.services.ledger_check import check_ledger
from inventory.services.rates import learn_rates
from inventory.services.stock import Move, level_for, move_stock
from inventory.services.sweep import sweep
from inventory.shelf_replay import Event, Events
from tests.factories import NOW, make_product, make_store

LEVELS, DAYS, SWEEP_EVERY = 240, 90, 15
LOSSY = Nature("much is lost", loss_per_day=0.012, counts_per_day=1 / 120)
KINDS = {int(Event.SOLD): StockMovement.Kind.SALE, int(Event.DELIVERED): StockMovement.Kind.DELIVERY}
ALWAYS_OPEN = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
# How much surer than right the page may be, in a store of this size.
ALLOWED = 0.06


def moment(at: float) -> datetime:
    """Days of the world as times of the portal's clock."""
    return NOW - timedelta(days=DAYS - at)


class ToldWorld:
    """A world whose events the portal hears of as tills, deliverers and clerks report them."""

    def __init__(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        self.world = World(LOSSY, np.minimum(2.0, draw.gamma(0.8, 0.4, LEVELS) + 0.02), draw)
        store = make_store(hours=ALWAYS_OPEN)
        products = [make_product(category=f"C{self.world.category[place]}") for place in range(LEVELS)]
        self.levels = [level_for(store.pk, product.pk) for product in products]
        start = moment(0)
        for level, pieces in zip(self.levels, self.world.book, strict=True):
            post_count(level=level, counted=int(pieces), counted_at=start, now=start)
            post_count(level=level, counted=int(pieces), counted_at=start + timedelta(minutes=1), now=NOW)

    def live(self) -> list[StoreAvailability]:
        """Let all days pass; what the page says at the end, in the order of the levels."""
        for day in range(DAYS):
            for events in self.world.day():
                self.tell(events)
            if day % SWEEP_EVERY == SWEEP_EVERY - 1:
                learn_rates(moment(day + 0.98))
                sweep(moment(day + 0.99))
        rows = {row.level_id: row for row in availability_of([level.pk for level in self.levels], now=NOW)}
        return [rows[level.pk] for level in self.levels]

    def tell(self, events: Events) -> None:
        """One kind of event at one moment, of many shelves."""
        if not len(events.level):
            return
        at = moment(float(events.at[0]))
        happened = [
            (self.levels[place], int(pieces)) for place, pieces in zip(events.level, events.pieces, strict=True)
        ]
        if events.kind[0] == COUNTED:
            for level, pieces in happened:
                self.count(level, pieces, at)
        else:
            self.move(happened, KINDS[int(events.kind[0])], at)

    def move(self, happened: list[tuple[StockLevel, int]], kind: StockMovement.Kind, at: datetime) -> None:
        """Sales take away, deliveries bring."""
        sign = -1 if kind == StockMovement.Kind.SALE else 1
        move_stock([Move(level.pk, kind, sign * pieces) for level, pieces in happened], occurred_at=at, now=at)
        update_beliefs([level.pk for level, _ in happened], now=at)

    def count(self, level: StockLevel, pieces: int, at: datetime) -> None:
        """Counted, and counted again where the first number surprises."""
        if post_count(level=level, counted=pieces, counted_at=at, now=at).state == StockCount.State.SURPRISE:
            again = at + timedelta(minutes=5)
            post_count(level=level, counted=pieces, counted_at=again, now=again)
        update_beliefs([level.pk], now=at + timedelta(minutes=6))


def surer_than_right(said: "np.ndarray[tuple[int], np.dtype[np.float64]]", there: list[bool]) -> float:
    """By how much the shelves called very likely there are surer than they may be."""
    sure = said >= 0.85
    return float(said[sure].mean() - np.array(there)[sure].mean())


@pytest.mark.django_db
def test_the_page_is_no_surer_than_the_shelves_allow() -> None:
    """The control: who says of each piece in the book that it is there is surer than that."""
    told = ToldWorld(seed=11)
    rows = told.live()
    there = [bool(pieces > 0) for pieces in told.world.stock]
    said = np.array([(row.chance or 0) / 100 for row in rows])
    book = np.array([0.99 if row.facts.on_hand > 0 else 0.01 for row in rows])
    phantoms = [not real and row.facts.on_hand > 0 for row, real in zip(rows, there, strict=True)]
    assert sum(phantoms) >= LEVELS * 0.04
    assert surer_than_right(said, there) <= ALLOWED
    assert surer_than_right(book, there) > ALLOWED
    truth = np.array(there, float)
    assert ((said - truth) ** 2).mean() < 0.8 * ((book - truth) ** 2).mean()
    assert check_ledger().wrong == 0
