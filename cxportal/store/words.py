"""Times and numbers as a clerk reads them while walking. Pure rules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES


def span(length: timedelta) -> str:
    """A length of time, one unit: "12 min", "3 h", "2 days"."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 2 * HOUR_MINUTES:
        return f"{minutes} min"
    if minutes < 2 * DAY_MINUTES:
        return f"{minutes // HOUR_MINUTES} h"
    return f"{minutes // DAY_MINUTES} days"


def waits(since: datetime, now: datetime) -> str:
    """How long somebody has been waiting."""
    return "a moment" if now - since < timedelta(minutes=1) else f"for {span(now - since)}"


def left(until: datetime, now: datetime) -> str:
    """How much time is left, or how late it is."""
    if timedelta(0) <= until - now < timedelta(minutes=1):
        return "less than a minute left"
    return f"{span(until - now)} left" if until >= now else f"{span(now - until)} late"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A time in the store's clock: "today 18:00", "tomorrow 09:00", "Thu 26 Nov"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if days in (-1, 0, 1):
        return f"{('yesterday', 'today', 'tomorrow')[days + 1]} {local:%H:%M}"
    return f"{local:%a %-d %b}"


def day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The day alone: "today", "tomorrow", "on Thursday 26 November"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    return ("today", "tomorrow")[days] if days in (0, 1) else f"on {local:%A %-d %B}"


def pieces(count: int) -> str:
    """ "1 piece", "1,204 pieces"."""
    return f"{count:,} {'piece' if count == 1 else 'pieces'}"
