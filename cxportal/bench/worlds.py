"""Simulated shelves with hidden losses: what really stands there, what the book says, and what the filter hears of it.

Half of the worlds keep to what the filter assumes; the others don't, each in its own way. Numbers only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inventory.rates import known_days
from inventory.shelf_filter import Floats, Ints
from inventory.shelf_replay import Event, Events

DELIVERY_HOUR, THEFT_HOUR, SALE_HOUR, COUNT_HOUR = 0.3, 0.4, 0.6, 0.9
LEAD_DAYS = 3
CATEGORIES = 8


@dataclass(frozen=True)
class Nature:
    """How a world is. Rates are per level and day; `breaks` says which assumption of the filter does not hold in it."""

    name: str
    breaks: str = ""
    loss_per_day: float = 0.003
    short_share: float = 0.015
    miscounts: float = 0.015
    counts_per_day: float = 1 / 150
    burst_per_day: float = 0.0
    season: float = 0.0
    carton_share: float = 0.0
    drift: float = 1.0
    clumped: float = 0.0


NATURES = (
    Nature("as assumed"),
    Nature("much is lost", loss_per_day=0.008),
    Nature("little is lost, seldom counted", loss_per_day=0.002, counts_per_day=1 / 250),
    Nature("deliveries are sloppy", short_share=0.04),
    Nature("bursts of theft", "losses come one by one", loss_per_day=0.002, burst_per_day=0.001),
    Nature("seasons", "the pace stays", season=0.8),
    Nature("cartons misplaced", "a delivery reaches its shelf", carton_share=0.05),
    Nature("rates drift, buyers come in clumps", "rates stay, buyers come alone", drift=2.5, clumped=0.6),
)


@dataclass
class World:
    """The shelves of one world, a day at a time. `stock` is the truth, `astray` what lies elsewhere in the store."""

    nature: Nature
    pace: Floats
    draw: np.random.Generator
    stock: Ints = field(init=False)
    book: Ints = field(init=False)
    astray: Ints = field(init=False)
    due: list[Ints] = field(init=False)
    counted_at: Floats = field(init=False)
    sold_at: Floats = field(init=False)
    today: int = 0

    def __post_init__(self) -> None:
        levels = len(self.pace)
        self.target = np.maximum(3, np.ceil(self.pace * 21 + 2 * np.sqrt(self.pace * 21))).astype(np.int64)
        self.order_at = np.maximum(1, np.ceil(self.pace * 7)).astype(np.int64)
        self.book, self.stock = self.target.copy(), self.target.copy()
        self.astray, self.due = np.zeros(levels, np.int64), [np.zeros(levels, np.int64) for _ in range(LEAD_DAYS)]
        self.counted_at, self.sold_at = np.zeros(levels), np.zeros(levels)
        self.category = self.draw.integers(0, CATEGORIES, levels)
        uneven = self.draw.gamma(2.0, 0.5, CATEGORIES)[self.category] * self.draw.gamma(2.0, 0.5, levels)
        self.loss = self.nature.loss_per_day * uneven
        self.phase = self.draw.random(CATEGORIES)[self.category]
        self.drifts = (self.category % 2).astype(bool)
        self.corrections: list[tuple[Ints, Ints, Floats]] = []

    def day(self) -> Iterator[Events]:
        """Let a day pass; what the portal hears of it, in the order of time."""
        at = float(self.today)
        yield self._deliver(at)
        self._lose()
        yield self._sell(at)
        yield self._count(at)
        self._order()
        self.today += 1

    def _deliver(self, at: float) -> Events:
        """What was ordered comes: short now and then, or put in the wrong place until somebody stumbles on it."""
        came = self.due.pop(0)
        rows = np.flatnonzero(came)
        really = came.copy()
        wrong = self.draw.random(len(rows)) < self.nature.short_share
        really[rows[wrong]] += np.where(self.draw.random(wrong.sum()) < 0.7, -1, 1)
        lost = rows[self.draw.random(len(rows)) < self.nature.carton_share]
        self.astray[lost] += really[lost]
        really[lost] = 0
        self.stock += really
        self.book += came
        found = (self.astray > 0) & (self.draw.random(len(came)) < 1 / 45)
        self.stock[found] += self.astray[found]
        self.astray[found] = 0
        return self._told(rows, at + DELIVERY_HOUR, Event.DELIVERED, came[rows])

    def _lose(self) -> None:
        drift = self.nature.drift if self.today > 240 else 1.0
        rate = self.loss * np.where(self.drifts, drift, 1 / drift)
        self.stock -= np.minimum(self.stock, self.draw.poisson(rate))
        hit = self.draw.random(len(rate)) < self.nature.burst_per_day
        self.stock -= np.where(hit, np.ceil(self.stock * self.draw.uniform(0.4, 1.0, len(rate))).astype(np.int64), 0)
        turned_up = self.draw.random(len(rate)) < self.loss * 0.1
        self.stock += turned_up

    def _sell(self, at: float) -> Events:
        season = 1 + self.nature.season * np.sin(2 * np.pi * (self.today / 180 + self.phase))
        mean = self.pace * season
        if self.nature.clumped:
            # Days without anybody, and days on which several come.
            mean = mean * np.where(
                self.draw.random(len(mean)) < 1 - self.nature.clumped, 1 / (1 - self.nature.clumped), 0
            )
        sold = np.minimum(self.stock, self.draw.poisson(mean))
        self.stock -= sold
        self.book -= sold
        rows = np.flatnonzero(sold)
        self.sold_at[rows] = at + SALE_HOUR
        return self._told(rows, at + SALE_HOUR, Event.SOLD, sold[rows])

    def _count(self, at: float) -> Events:
        """Some levels are counted, whatever anybody thinks of them."""
        rows = np.flatnonzero(self.draw.random(len(self.pace)) < self.nature.counts_per_day)
        off = np.where(self.draw.random(len(rows)) < self.nature.miscounts, self.draw.choice([-1, 1], len(rows)), 0)
        counted = np.maximum(0, self.stock[rows] + off)
        days = at + COUNT_HOUR - self.counted_at[rows]
        self.corrections.append((rows, counted - self.book[rows], known_days(days, counted)))
        self.book[rows] = counted
        self.counted_at[rows] = at + COUNT_HOUR
        return self._told(rows, at + COUNT_HOUR, COUNTED, counted)

    def _order(self) -> None:
        coming = np.sum(self.due, axis=0) if self.due else np.zeros_like(self.book)
        wanted = np.where(self.book + coming <= self.order_at, self.target - self.book - coming, 0)
        self.due.append(np.maximum(0, wanted))

    def _told(self, rows: NDArray[np.int64], at: float, kind: int, pieces: Ints) -> Events:
        moment = np.full(len(rows), at)
        known = np.full(len(rows), kind, np.int64)
        return Events(rows, moment, moment, known, pieces, self.book[rows], np.full(len(rows), -1, np.int64))


# Beyond the filter's events: a count makes the belief anew.
COUNTED = 99
