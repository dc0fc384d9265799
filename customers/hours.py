"""Opening hours: pure rules over plain values, so that page, API and assistant say the same."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 14


class HoursError(ValueError):
    """Opening hours that cannot be read; the text names the day and says what to write."""


@dataclass(frozen=True)
class OpenState:
    """Open now, and the next moment at which that changes (None: not known)."""

    is_open: bool
    changes_at: datetime | None


def _span(value: Any, where: str) -> tuple[time, time] | None:
    if value is None:
        return None
    try:
        opens, closes = value
        span = _times(opens, closes)
    except (TypeError, ValueError) as error:
        raise HoursError(f'{where}: write ["09:00", "20:00"], or null when closed.') from error
    if span[0] >= span[1]:
        raise HoursError(f"{where}: closes at {span[1]:%H:%M}, which is not after {span[0]:%H:%M}.")
    return span


@lru_cache(maxsize=512)
def _times(opens: str, closes: str) -> tuple[time, time]:
    """Read once: a chain has a handful of opening hours, and every store of every page asks for them."""
    return time.fromisoformat(opens), time.fromisoformat(closes)


def check_hours(hours: Any) -> None:
    """Raise HoursError unless `hours` maps days (mon..sun) to [opens, closes] or null."""
    if not isinstance(hours, dict):
        raise HoursError("Opening hours are an object of days, mon to sun.")
    for day, value in hours.items():
        if day not in DAYS:
            raise HoursError(f"{day} is not a day; use mon to sun.")
        _span(value, day)


def check_holidays(holidays: Any) -> None:
    """Raise HoursError unless `holidays` maps ISO dates to [opens, closes] or null."""
    if not isinstance(holidays, dict):
        raise HoursError("Holidays are an object of dates.")
    for day, value in holidays.items():
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise HoursError(f"{day} is not a date; write it as 2026-12-25.") from error
        _span(value, day)


def span_on(hours: dict[str, Any], holidays: dict[str, Any], day: date) -> tuple[time, time] | None:
    """Opening and closing time on `day`; a holiday wins over the week; None when closed."""
    key = day.isoformat()
    if key in holidays:
        return _span(holidays[key], key)
    weekday = DAYS[day.weekday()]
    return _span(hours.get(weekday), weekday)


def open_state(hours: dict[str, Any], holidays: dict[str, Any], local: datetime) -> OpenState:
    """Open or closed at `local` (aware, in the store's zone) and when that changes next."""
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        span = span_on(hours, holidays, day)
        if span is None:
            continue
        opens = datetime.combine(day, span[0], local.tzinfo)
        closes = datetime.combine(day, span[1], local.tzinfo)
        if local < opens:
            return OpenState(is_open=False, changes_at=opens)
        if local < closes:
            return OpenState(is_open=True, changes_at=closes)
    return OpenState(is_open=False, changes_at=None)
