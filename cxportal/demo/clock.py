"""From the data's year to today: a shift by whole weeks, so that every weekday stays what it was."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]

ZONE = ZoneInfo("America/New_York")
DAY = 86_400
WEEK = 7 * DAY
# The last week of ordinary trade in the data: today becomes the day of this week with the same name.
LAST_MONDAY = date(2017, 12, 18)
# Never loaded in a slice: `replay_till` posts it through the API.
KEPT_DAY = date(2017, 12, 31)
YEAR_WEEKS = 52
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Clock:
    """The moment of loading, and by how many weeks the data's wall clock is moved to reach it."""

    now: datetime
    weeks: int

    @classmethod
    def at(cls, now: datetime) -> "Clock":
        """The clock for loading at `now` (aware)."""
        local = now.astimezone(ZONE)
        monday = local.date() - timedelta(days=local.weekday())
        return cls(now, (monday - LAST_MONDAY).days // 7)

    @property
    def wall(self) -> int:
        """Now on the stores' wall clock, in seconds."""
        local = self.now.astimezone(ZONE)
        return (local.date() - EPOCH).days * DAY + local.hour * 3600 + local.minute * 60 + local.second

    def slice_start(self, weeks: int) -> int:
        """Midnight, `weeks` weeks before today, on the wall clock."""
        return self.wall // DAY * DAY - weeks * WEEK

    def moved(self, wall: Numbers, *, ring: bool = False) -> Numbers:
        """The data's wall clock moved to today's year.

        With `ring` what has not happened yet is laid before the beginning, a year of 52 weeks earlier, so that a full
        load has every line of the data.
        """
        moved = wall + self.weeks * WEEK
        return np.where(moved > self.wall, moved - YEAR_WEEKS * WEEK, moved) if ring else moved


def day_of(wall: int) -> date:
    """The date of a moment on the wall clock."""
    return EPOCH + timedelta(days=int(wall) // DAY)


def to_wall(utc: Numbers) -> Numbers:
    """UTC seconds as seconds on the stores' wall clock."""
    return utc + _offsets(utc)


def to_utc(wall: Numbers) -> Numbers:
    """Seconds on the stores' wall clock as UTC seconds."""
    return wall - _offsets(wall)


def _offsets(seconds: Numbers) -> Numbers:
    """UTC offset of each moment's day at noon: twice a year a night's hour is off by one, which nobody buys in."""
    days, place = np.unique(seconds // DAY, return_inverse=True)
    noons = (datetime.combine(day_of(day * DAY), datetime.min.time(), ZONE) + timedelta(hours=12) for day in days)
    offsets = np.array([(noon.utcoffset() or timedelta()).total_seconds() for noon in noons], dtype=np.int64)
    return offsets[place] if len(days) else np.zeros_like(seconds)
