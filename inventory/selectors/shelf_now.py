"""What is believed of shelves at this moment: beliefs stepped from their last event to now, all of a page at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from inventory import shelf_filter
from inventory.shelf_filter import Floats, Ints
from inventory.shelf_replay import Shelves, later
from inventory.trading import offset_days, trading_days

DAY_SECONDS = 86_400


class Belief(NamedTuple):
    """A row of ShelfBelief with what its level says of silence. Hours in JSON, as the store has them."""

    weights: bytes
    believed_at: datetime
    pace_per_day: float
    loss_per_day: float
    held: int
    last_sold_at: datetime | None
    last_received_at: datetime | None
    last_counted_at: datetime | None
    hours: str
    time_zone: str

    @property
    def silent_from(self) -> datetime:
        """Since when a shopper could have bought one and nobody did."""
        wanted = [moment for moment in (self.last_sold_at, self.last_received_at) if moment]
        return max(wanted) if wanted else self.last_counted_at or self.believed_at


def days(moment: datetime) -> float:
    """Days of Unix time."""
    return moment.timestamp() / DAY_SECONDS


def shelves_now(beliefs: Sequence[Belief], now: datetime) -> Shelves:
    """The same rows, at `now`."""
    at = np.array([days(belief.believed_at) for belief in beliefs])
    silent_from = np.array([days(belief.silent_from) for belief in beliefs])
    until = np.maximum(at, days(now))
    trading_at, silent_trading, trading_until = _trading(beliefs, (at, silent_from, until), now)
    shelves = Shelves(
        weights=shelf_filter.unpack([belief.weights for belief in beliefs], width=4),
        at=at,
        trading_at=trading_at,
        silent_from=silent_trading,
        aside=np.array([belief.held for belief in beliefs], np.int64),
        lost_per_day=np.array([belief.loss_per_day for belief in beliefs]),
        pace_per_day=np.array([belief.pace_per_day for belief in beliefs]),
    )
    return later(shelves, until, trading_until)


def chances(beliefs: Sequence[Belief], pieces: Ints, now: datetime) -> Floats:
    """P(at least `pieces` are there now), by row."""
    return shelf_filter.chance_of(shelves_now(beliefs, now).weights, pieces) if beliefs else np.empty(0)


def _trading(beliefs: Sequence[Belief], moments: tuple[Floats, ...], now: datetime) -> list[Floats]:
    """Each column of moments in the trading time of its row's store; a chain's stores share a few weeks."""
    numbers: dict[tuple[str, str], int] = {}
    week = np.array([numbers.setdefault((row.hours, row.time_zone), len(numbers)) for row in beliefs], np.int64)
    columns = [np.empty(len(beliefs)) for _ in moments]
    for (hours, zone), number in numbers.items():
        rows = week == number
        offset = offset_days(zone, now)
        for column, moment in zip(columns, moments, strict=True):
            column[rows] = trading_days(moment[rows], hours, offset)
    return columns
