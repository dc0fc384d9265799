"""What happened at many shelves, one event after the other, each level in the order of time. Pure rules.

Times are numbers of days: `at` of the calendar, `trading_at` of the store's opening hours (a night is no silence).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from inventory import shelf_filter
from inventory.shelf_filter import Floats, Ints

# How fast a silence is believed: the pace itself is only known to so many sales, and seasons come and go.
SALES_KNOWN = 8.0


class Event(IntEnum):
    """What can happen to a shelf, as far as the shelf is concerned."""

    SOLD = 0
    TAKEN = 1
    CAME = 2
    DELIVERED = 3
    STOLEN = 4
    SEEN = 5
    MISSED = 6
    SET_ASIDE = 7


@dataclass
class Shelves:
    """What is believed of some levels, one row or number each, at the moments `at`.

    `silent_from` is the trading time of the last sale (or of when a count began to watch); `aside` the pieces kept for
    customers; `lost` and `pace` are pieces a day.
    """

    weights: Floats
    at: Floats
    trading_at: Floats
    silent_from: Floats
    aside: Ints
    lost_per_day: Floats
    pace_per_day: Floats

    def __len__(self) -> int:
        return len(self.at)

    def rows(self, chosen: Ints | NDArray[np.bool_]) -> "Shelves":
        """Some of the levels."""
        return Shelves(**{name: value[chosen] for name, value in vars(self).items()})

    def put(self, chosen: Ints, changed: "Shelves") -> None:
        """Some of the levels back in their places."""
        for name, value in vars(changed).items():
            vars(self)[name][chosen] = value


@dataclass(frozen=True)
class Events:
    """Columns of equal length: `level` is the place in Shelves. `book` is the balance after it, `aside` what is then
    kept for customers (-1: as before)."""

    level: Ints
    at: Floats
    trading_at: Floats
    kind: Ints
    pieces: Ints
    book: Ints
    aside: Ints

    def rows(self, chosen: Ints | NDArray[np.bool_]) -> "Events":
        """Some of the events."""
        return Events(**{name: value[chosen] for name, value in vars(self).items()})


def later(shelves: Shelves, at: Floats, trading_at: Floats) -> Shelves:
    """The same levels at later moments at which nothing happened."""
    days = np.maximum(0.0, at - shelves.at)
    weights = shelf_filter.spread(
        shelves.weights,
        lost=shelves.lost_per_day * days,
        quiet=quiet(shelves.pace_per_day, shelves.trading_at - shelves.silent_from, trading_at - shelves.silent_from),
        aside=shelves.aside,
    )
    return replace(
        shelves,
        weights=weights,
        at=np.maximum(shelves.at, at),
        trading_at=np.maximum(shelves.trading_at, trading_at),
    )


def quiet(pace: Floats, since: Floats, until: Floats) -> Floats:
    """Pieces missed by a silence that lasts from `since` to `until` days after the last sale.

    The pace is gamma around its estimate: the longer nothing sells, the likelier it has fallen, and the less a further
    day says.
    """
    since = np.maximum(0.0, since)
    until = np.maximum(since, until)
    return SALES_KNOWN * np.log((SALES_KNOWN + pace * until) / (SALES_KNOWN + pace * since))


def replay(shelves: Shelves, events: Events) -> None:
    """Let the events happen, in place; they must be in the order of time within each level."""
    if not len(events.level):
        return
    order = np.argsort(events.level, kind="stable")
    starts = np.flatnonzero(np.diff(events.level[order], prepend=-1))
    counts = np.diff(starts, append=len(order))
    for turn in range(int(counts.max())):
        now = events.rows(order[starts[counts > turn] + turn])
        changed = later(shelves.rows(now.level), now.at, now.trading_at)
        _happen(changed, now)
        shelves.put(now.level, changed)


def _happen(shelves: Shelves, now: Events) -> None:
    """One event at each of these levels."""
    for kind in np.unique(now.kind):
        rows = np.flatnonzero(now.kind == kind)
        change = CHANGES.get(Event(int(kind)))
        if change:
            shelves.weights[rows] = change(shelves.weights[rows], now.rows(rows))
    # Goods on the shelf: from now on it is their silence.
    heard = (now.kind == Event.SOLD) | (now.kind == Event.DELIVERED)
    shelves.silent_from[:] = np.where(heard, now.trading_at, shelves.silent_from)
    shelves.aside[:] = np.where(now.aside >= 0, now.aside, shelves.aside)


def _left(weights: Floats, now: Events) -> Floats:
    """Pieces left. Beyond the widest row the last state stays what it means: as many as the book says."""
    out = shelf_filter.moved(weights, -now.pieces)
    last = weights.shape[1] - 1
    many = now.book >= last
    if many.any():
        out[many, last] = weights[many, last]
        out = shelf_filter.normalised(out)
    return out


CHANGES: dict[Event, Callable[[Floats, Events], Floats]] = {
    Event.SOLD: _left,
    Event.TAKEN: _left,
    Event.CAME: lambda weights, now: shelf_filter.moved(weights, now.pieces),
    Event.DELIVERED: lambda weights, now: shelf_filter.delivered(weights, now.pieces),
    Event.STOLEN: lambda weights, now: shelf_filter.at_most(weights, now.book),
    Event.SEEN: lambda weights, now: shelf_filter.seen(weights, now.pieces),
    Event.MISSED: lambda weights, now: shelf_filter.missed(weights, now.pieces),
}
