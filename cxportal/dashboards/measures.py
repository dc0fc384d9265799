"""What the figures of the page "today" mean: one definition for page, table and tests. Pure rules.

Today      the calendar day of the store's own clock; the chain's is the sum of its stores, each by its own clock.
Usual      the same weekday of the 4 weeks before, up to the same time of day.
Range      where one more such day is expected with 95 % confidence: mean -+ t x s x sqrt(1 + 1/n), not below zero
           (prediction interval of one further value; Hahn and Meeker, Statistical Intervals, 4.7).
Minimum n  3 earlier days; below that nothing is compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean, stdev

WEEKS_BACK = 4
MIN_DAYS = 3
# Student's t, two-sided 95 %, by the number of days compared with.
T_95 = {3: 4.303, 4: 3.182}


class Standing(StrEnum):
    """Where a figure lies against its usual range."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class UsualRange:
    """The range in which a day like this one is expected, from `n` earlier days."""

    low: float
    high: float
    mean: float
    n: int


def usual_range(earlier: Sequence[float]) -> UsualRange | None:
    """The usual range from 3 or 4 earlier days; None when there are fewer."""
    days = list(earlier)[:WEEKS_BACK]
    n = len(days)
    if n < MIN_DAYS:
        return None
    mean = fmean(days)
    reach = T_95[n] * stdev(days) * sqrt(1 + 1 / n)
    return UsualRange(low=max(0.0, mean - reach), high=mean + reach, mean=mean, n=n)


def standing(value: float, usual: UsualRange | None) -> Standing:
    """Within, above or below the usual range; UNKNOWN without one."""
    if usual is None:
        return Standing.UNKNOWN
    if value > usual.high:
        return Standing.ABOVE
    return Standing.BELOW if value < usual.low else Standing.WITHIN


@dataclass(frozen=True)
class Slice:
    """One hour of one day: `days_ago` 0 is today, `by_now` says that it lies before the present time of day."""

    days_ago: int
    hour: int
    by_now: bool
    value: float


def so_far(slices: Iterable[Slice]) -> tuple[float, list[float]]:
    """(today up to now, earlier days up to the same time); days on which nothing was sold are not days to compare."""
    days: dict[int, float] = {}
    for part in slices:
        days.setdefault(part.days_ago, 0.0)
        if part.by_now:
            days[part.days_ago] += part.value
    return days.pop(0, 0.0), [days[ago] for ago in sorted(days)]


@dataclass(frozen=True)
class Hour:
    """One hour of today beside the mean of the earlier days."""

    hour: int
    today: int
    usual: float | None


def by_hour(slices: Sequence[Slice]) -> list[Hour]:
    """Every hour between the first and the last in which something was sold, on any of the days."""
    if not slices:
        return []
    earlier = {part.days_ago for part in slices if part.days_ago}
    span = range(min(part.hour for part in slices), max(part.hour for part in slices) + 1)
    today = {hour: sum(part.value for part in slices if part.hour == hour and not part.days_ago) for hour in span}
    before = {hour: sum(part.value for part in slices if part.hour == hour and part.days_ago) for hour in span}
    n = len(earlier)
    return [Hour(hour, round(today[hour]), before[hour] / n if n >= MIN_DAYS else None) for hour in span]
