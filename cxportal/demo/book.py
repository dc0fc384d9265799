"""The book of stock that the till lines need: opening stock, deliveries, counts and holds, simulated. Numbers only.

The data set knows what was sold and nothing of what stood on the shelf. The rule here (docs/demo.md): a delivery brings
what is sold until the next one, so the book always has `spare` pieces more than it needs, and never falls below zero
except where it is meant to.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clock import DAY, Numbers

OPENING, DELIVERY, COUNT, SALE, HOLD_PLACED, HOLD_COLLECTED, HOLD_RELEASED = range(7)
KINDS = ("OPENING", "DELIVERY", "COUNT", "SALE", "HOLD_PLACED", "HOLD_COLLECTED", "HOLD_RELEASED")

# Days between two deliveries of what sells every week, and of what does not.
FAST_DAYS, SLOW_DAYS = 7, 56
SOLD_OUT_SHARE, LOW_SHARE = 0.07, 0.20
# Levels whose book is one piece short of what the till sold.
SHORT_SHARE = 0.004
COUNTED_SHARE = 0.3
LOST_SHARE, FOUND_SHARE = 0.11, 0.03
COUNT_HOUR = 2 * 3600


@dataclass(frozen=True)
class Demand:
    """What the tills sold, by level: one entry per line, `level` counts from 0 to `levels` - 1.

    `at` is on the stores' clock in seconds. `morning` is, per level, when its store takes deliveries: seconds after
    midnight. `kept` is, per level, what the kept day will sell.
    """

    levels: int
    level: Numbers
    at: Numbers
    quantity: Numbers
    morning: Numbers
    kept: Numbers
    start: int
    end: int


@dataclass
class Events:
    """What happens to the levels, as columns of equal length. `line` and `hold` are 0 or count from 1."""

    level: Numbers
    at: Numbers
    kind: Numbers
    quantity: Numbers
    held: Numbers
    line: Numbers
    hold: Numbers

    def __len__(self) -> int:
        return len(self.level)

    def keep(self, chosen: NDArray[np.bool_] | Numbers) -> None:
        """Keep, or bring into an order; column by column, so that one copy exists."""
        for name in list(vars(self)):
            setattr(self, name, vars(self)[name][chosen])


@dataclass(frozen=True)
class Plan:
    """How each level is stocked: `spare` is what stands there over what is sold, `correction` what its count found."""

    spare: Numbers
    is_short: NDArray[np.bool_]
    counted_at: Numbers
    correction: Numbers
    period_days: Numbers
    phase: Numbers


def make_plan(demand: Demand, seed: int) -> Plan:
    """Draw the fate of each level."""
    draw = np.random.default_rng(seed)
    levels = demand.levels
    days = max(1, (demand.end - demand.start) // DAY)
    lines = np.bincount(demand.level, minlength=levels)
    weekly = np.bincount(demand.level, weights=demand.quantity, minlength=levels) * 7 / days
    period = np.where(lines * 7 >= days, FAST_DAYS, SLOW_DAYS)
    fate = draw.random(levels)
    spare = np.where(fate < LOW_SHARE, draw.integers(1, 3, levels), 2 + draw.poisson(1 + 1.5 * weekly))
    spare = np.where((fate < SOLD_OUT_SHARE) & (lines > 0), 0, spare)
    short = (fate >= 1 - SHORT_SHARE) & (lines > 0) & (demand.kept == 0)
    spare = np.where(short, 0, spare)
    found = draw.random(levels)
    correction = np.where(found < LOST_SHARE, -1, np.where(found > 1 - FOUND_SHARE, 1, 0))
    # Counted in the morning of some day of the slice but the first.
    counted_day = draw.integers(1, max(2, days), levels)
    counted_at = demand.start + counted_day * DAY + demand.morning + COUNT_HOUR
    is_counted = (draw.random(levels) < COUNTED_SHARE) & ~short & (counted_at < demand.end)
    return Plan(
        spare=spare.astype(np.int32),
        is_short=short,
        counted_at=np.where(is_counted, counted_at, 0),
        correction=np.where(is_counted, correction, 0).astype(np.int32),
        period_days=period.astype(np.int32),
        phase=draw.integers(0, period).astype(np.int32),
    )


def stock_events(demand: Demand, plan: Plan) -> Events:
    """Opening stock, deliveries, counts (also those that changed nothing) and the sales themselves, in no order."""
    level, at, quantity = _deliveries(demand, plan)
    opening = plan.spare + demand.kept - np.minimum(plan.correction, 0)
    first = at <= demand.start
    opening = opening + np.bincount(level[first], weights=quantity[first], minlength=demand.levels).astype(np.int64)
    later = ~first & (quantity > 0)
    level, at, quantity = level[later], at[later], quantity[later]
    stocked, counted = np.flatnonzero(opening), np.flatnonzero(plan.counted_at)
    lines = np.arange(1, len(demand.level) + 1)
    return join_events(
        [
            _events(stocked, np.full(len(stocked), demand.start), OPENING, opening[stocked]),
            _events(level, at, DELIVERY, quantity),
            _events(counted, plan.counted_at[counted], COUNT, plan.correction[counted]),
            _events(demand.level, demand.at, SALE, -demand.quantity, lines),
        ]
    )


def _deliveries(demand: Demand, plan: Plan) -> tuple[Numbers, Numbers, Numbers]:
    """(level, moment, pieces) of each delivery: it brings what is sold until the next one."""
    morning = demand.morning[demand.level]
    day = (demand.at - demand.start - morning) // DAY
    period = (day + plan.phase[demand.level]) // plan.period_days[demand.level]
    span = int(period.max()) + 2
    groups, place = np.unique(demand.level.astype(np.int64) * span + period + 1, return_inverse=True)
    pieces = np.bincount(place, weights=demand.quantity).astype(np.int64)
    level, period = groups // span, groups % span - 1
    at = demand.start + (period * plan.period_days[level] - plan.phase[level]) * DAY + demand.morning[level]
    # On a short level the last delivery lacks a piece: its last sale is of what the book does not have.
    is_last = np.diff(level, append=-1) != 0
    return level, at, pieces - (plan.is_short[level] & is_last)


def _events(level: Numbers, at: Numbers, kind: int, quantity: Numbers, line: Numbers | int = 0) -> Events:
    size = len(level)
    return Events(
        level=level.astype(np.int32),
        at=at.astype(np.int64),
        kind=np.full(size, kind, np.int8),
        quantity=quantity.astype(np.int32),
        held=np.zeros(size, np.int8),
        line=np.broadcast_to(np.asarray(line, np.int32), size),
        hold=np.zeros(size, np.int32),
    )


def join_events(parts: list[Events]) -> Events:
    """All of them in one."""
    return Events(**{name: np.concatenate([vars(part).pop(name) for part in parts]) for name in list(vars(parts[0]))})


@dataclass
class Book:
    """Events in the order of the book (by level, then time) with the balances after each, and where the levels end."""

    events: Events
    on_hand_after: Numbers
    held_after: Numbers
    on_hand: Numbers
    held: Numbers
    sold_at: Numbers
    received_at: Numbers
    counted_at: Numbers
    counted: Numbers


def keep_book(events: Events, levels: int) -> Book:
    """Order the events and add them up. The moments of a Book are 0 where a thing never happened."""
    # At the same moment goods come in before they are counted, and are counted before they are sold.
    events.keep(np.lexsort((events.kind, events.at, events.level)))
    on_hand, held = (_running(events.level, change) for change in (events.quantity, events.held))
    last = {kind: _last(events, kind, events.at, levels) for kind in (SALE, DELIVERY, COUNT)}
    return Book(
        events=events,
        on_hand_after=on_hand,
        held_after=held,
        on_hand=_at_end(events.level, on_hand, levels),
        held=_at_end(events.level, held, levels),
        sold_at=last[SALE],
        received_at=last[DELIVERY],
        counted_at=last[COUNT],
        counted=_last(events, COUNT, on_hand, levels),
    )


def _running(level: Numbers, change: Numbers) -> Numbers:
    """The sum within each level so far; `level` is in order."""
    total = np.cumsum(change, dtype=np.int64)
    starts = np.flatnonzero(np.diff(level, prepend=-1))
    before = total[starts] - change[starts]
    return (total - np.repeat(before, np.diff(starts, append=len(level)))).astype(np.int32)


def _at_end(level: Numbers, values: Numbers, levels: int) -> Numbers:
    result = np.zeros(levels, np.int64)
    result[level] = values  # of several values for one place the last stays
    return result


def _last(events: Events, kind: int, values: Numbers, levels: int) -> Numbers:
    chosen = events.kind == kind
    return _at_end(events.level[chosen], values[chosen], levels)
