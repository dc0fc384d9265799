"""A store's own time, which runs only while it is open: nobody buys at night, so a night is no silence. Pure rules."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from customers.hours import DAYS, check_hours

Floats = NDArray[np.float64]

DAY_SECONDS = 86_400
WEEK_DAYS = 7
# The days of Unix time begin on a Thursday.
FIRST_WEEKDAY = 3


@lru_cache(maxsize=512)
def week(hours: str) -> tuple[Floats, Floats]:
    """Points of a week (days from Monday) and the trading time up to each; a whole week is seven days of it.

    `hours` as stores have them, in JSON. A store of which no hours are known trades day and night.
    """
    spans = [span for number, day in enumerate(DAYS) if (span := _span(number, json.loads(hours), day))]
    if not spans:
        return np.array([0.0, WEEK_DAYS]), np.array([0.0, WEEK_DAYS])
    open_days = sum(closes - opens for opens, closes in spans)
    at, traded = [0.0], [0.0]
    for opens, closes in spans:
        at += [opens, closes]
        traded += [traded[-1], traded[-1] + (closes - opens) * WEEK_DAYS / open_days]
    return np.array([*at, WEEK_DAYS]), np.array([*traded, traded[-1]])


def _span(number: int, hours: dict[str, Any], day: str) -> tuple[float, float] | None:
    """When the store opens and closes on a weekday, in days from Monday."""
    if not hours.get(day):
        return None
    check_hours({day: hours[day]})
    opens, closes = (_part_of_day(text) for text in hours[day])
    return number + opens, number + closes


def _part_of_day(text: str) -> float:
    hour, minute = (int(part) for part in text.split(":")[:2])
    return hour / 24 + minute / 1440


@lru_cache(maxsize=512)
def offset_days(time_zone: str, now: datetime) -> float:
    """How far the store's clock is from UTC at `now`. Elsewhere in the year it may be an hour off: no matter here."""
    offset = now.astimezone(ZoneInfo(time_zone)).utcoffset()
    return offset.total_seconds() / DAY_SECONDS if offset else 0.0


def trading_days(at: Floats, hours: str, offset: float) -> Floats:
    """Trading time at these moments (days of Unix time), in days of the store's usual opening."""
    local = at + offset + FIRST_WEEKDAY
    weeks = np.floor(local / WEEK_DAYS)
    points, traded = week(hours)
    return weeks * WEEK_DAYS + np.interp(local - weeks * WEEK_DAYS, points, traded)
