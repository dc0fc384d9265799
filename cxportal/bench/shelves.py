"""How right is what we say of shelves? Worlds in which the truth is known, told as a chain would tell it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cxportal.bench.worlds import CATEGORIES, COUNTED, Nature, World
from inventory import shelf_filter
from inventory.count_worth import count_worth
from inventory.rates import UNKNOWN_LOSS, level_pace, loss_rate
from inventory.shelf_filter import Floats, Ints
from inventory.shelf_replay import Events, Shelves, later, replay

WIDTH = 64
LEARN_EVERY = 14
LOOK_EVERY = 10
BANDS = 10
# Levels counted in a week, of a hundred.
COUNTED_A_WEEK = 0.07
WARNED = 0.10


@dataclass
class Student:
    """The portal in one world: beliefs, and the rates that it learns from what it hears."""

    world: World
    shelves: Shelves
    sold: Floats = field(init=False)
    listened_from: int = 0

    def __post_init__(self) -> None:
        self.sold = np.zeros(len(self.shelves))

    def live(self) -> None:
        """A day: hear what happened, and now and then learn."""
        for events in self.world.day():
            self._hear(events)
        if self.world.today % LEARN_EVERY == 0:
            self._learn()

    def _hear(self, events: Events) -> None:
        counts = events.kind == COUNTED
        if counts.any():
            self._count(events.rows(counts))
        else:
            replay(self.shelves, events)
            self.sold[events.level] += np.where(events.kind == 0, events.pieces, 0)

    def _count(self, counts: Events) -> None:
        rows = counts.level
        self.shelves.weights[rows] = shelf_filter.counted(counts.pieces, WIDTH)
        self.shelves.at[rows] = self.shelves.trading_at[rows] = counts.at

    def _learn(self) -> None:
        """Paces by level towards the chain's, losses by category towards the chain's: as the nightly job does."""
        mean = np.full(len(self.shelves), self.sold.sum() / max(1, self.world.today) / len(self.shelves))
        self.shelves.pace_per_day = level_pace(self.sold, self.world.sold_at, mean)
        rows, change, days = (np.concatenate(column) for column in zip(*self.world.corrections, strict=True))
        lost, chain = np.clip(-change, 0, None).astype(float), np.array([UNKNOWN_LOSS])
        everywhere = loss_rate(np.array([lost.sum()]), np.array([days.sum()]), chain)
        of = self.world.category[rows]
        by_category = loss_rate(
            np.bincount(of, lost, CATEGORIES).astype(float),
            np.bincount(of, days, CATEGORIES).astype(float),
            np.repeat(everywhere, CATEGORIES),
        )
        self.shelves.lost_per_day = by_category[self.world.category]

    def now(self) -> Shelves:
        """What is believed at the end of this day."""
        at = np.full(len(self.shelves), float(self.world.today))
        return later(self.shelves, at, at)


def enter(nature: Nature, pace: Floats, seed: int) -> Student:
    """A world at its first day, and the portal in it."""
    world = World(nature, pace, np.random.default_rng(seed))
    levels = len(pace)
    start = np.zeros(levels)
    shelves = Shelves(
        weights=shelf_filter.counted(world.book, WIDTH),
        at=start.copy(),
        trading_at=start.copy(),
        silent_from=start.copy(),
        aside=np.zeros(levels, np.int64),
        lost_per_day=np.full(levels, UNKNOWN_LOSS),
        pace_per_day=np.full(levels, 1 / 30),
    )
    return Student(world, shelves)


@dataclass(frozen=True)
class Report:
    """What one world showed. `worst_decile` in points; the ratios against the book, against chance and against age."""

    nature: Nature
    looks: int
    phantoms: float
    worst_decile: float
    brier: float
    book_brier: float
    wasted: float
    found: float
    oldest: float
    deciles: list[tuple[float, float]]

    @property
    def brier_ratio(self) -> float:
        """Ours over the book's: below 1 is better than believing the book."""
        return self.brier / self.book_brier


def visit(nature: Nature, pace: Floats, seed: int, *, days: int, warm_up: int) -> Report:
    """Live through a world, and look at all its shelves every ten days after the first `warm_up`."""
    student = enter(nature, pace, seed)
    said, there, found = [], [], []
    for day in range(days):
        student.live()
        if day >= warm_up and day % LOOK_EVERY == 0:
            shelves, world = student.now(), student.world
            offered = world.book > 0
            said.append(shelf_filter.chance_of(shelves.weights, np.ones(len(pace), np.int64))[offered])
            there.append((world.stock > 0)[offered])
            found.append(_counted_first(shelves, world))
    return _report(nature, np.concatenate(said), np.concatenate(there), np.array(found))


def _counted_first(shelves: Shelves, world: World) -> tuple[float, float]:
    """Share of the phantoms among what is counted in a week: by our plan, and the oldest first."""
    phantom = (world.book > 0) & (world.stock == 0)
    few = int(COUNTED_A_WEEK * len(phantom))
    nothing: Ints = np.zeros(len(phantom), np.int64)
    worth = count_worth(shelves.weights, world.book, nothing, np.ones(len(phantom)), shelves.pace_per_day)
    ours, oldest = np.argsort(-worth)[:few], np.argsort(world.counted_at)[:few]
    return phantom[ours].sum() / max(1, phantom.sum()), phantom[oldest].sum() / max(1, phantom.sum())


def _report(nature: Nature, said: Floats, there: NDArray[np.bool_], found: Floats) -> Report:
    deciles = [
        (float(said[rows].mean()), float(there[rows].mean())) for rows in np.array_split(np.argsort(said), BANDS)
    ]
    sure = np.argsort(said)[int(WARNED * len(said)) :]
    # A world without a phantom would divide by nothing.
    phantoms = max(float(1 - there.mean()), 1 / len(there))
    return Report(
        nature=nature,
        looks=len(said),
        phantoms=phantoms,
        worst_decile=100 * max(abs(a - b) for a, b in deciles),
        brier=float(np.mean((said - there) ** 2)),
        book_brier=phantoms,
        wasted=float(1 - there[sure].mean()) / phantoms,
        found=float(found[:, 0].mean()),
        oldest=float(found[:, 1].mean()),
        deciles=deciles,
    )
