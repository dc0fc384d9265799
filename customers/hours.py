"""Opening hours: pure rules over plain values, so that page, API and assistant say the same."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 14
MIDNIGHT = "24:00"


class HoursError(ValueError):
    """Opening hours that cannot be read; the text names the day and says what to write."""


@dataclass(frozen=True)
class OpenState:
    """Open now, and the next moment at which that changes (None: open day and night, or no hours known)."""

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
    # The end of the day has no clock time of its own; nothing is later than time.max.
    return time.fromisoformat(opens), time.max if closes == MIDNIGHT else time.fromisoformat(closes)


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
    is_open = False
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        midnight = datetime.combine(day, time.min, local.tzinfo)
        span = span_on(hours, holidays, day)
        opens = datetime.combine(day, span[0], local.tzinfo) if span else None
        if is_open and (opens is None or opens > midnight):
            return OpenState(is_open=True, changes_at=midnight)
        if span is None or opens is None:
            continue
        if local < opens and not is_open:
            return OpenState(is_open=False, changes_at=opens)
        if span[1] == time.max:
            # Open until midnight, and perhaps on: the next day tells.
            is_open = True
            continue
        closes = datetime.combine(day, span[1], local.tzinfo)
        if local < closes:
            return OpenState(is_open=True, changes_at=closes)
    return OpenState(is_open=is_open, changes_at=None)
