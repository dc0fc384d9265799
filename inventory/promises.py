"""What we promise, to whom and until when: pure rules over plain values.

The caps keep a few from taking what many want; they bind shoppers, not the staff who act for one.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from customers.governance import ANSWER_WAITED_FOR
from customers.hours import OpenState, open_state

MOST_LIVE_PER_PERSON = 3
MOST_PER_STORE = 2
MOST_PIECES = 2
# Places in line; each may become a hold.
MOST_WAITS = 10
# More than a store looks for in an hour is not looked for at all.
MOST_WAITING = 40
# Who let so many lie in so many days asks the staff from then on.
NO_SHOWS = 3
NO_SHOW_DAYS = 180

ANSWER_MINUTES = 30
MOST_QUESTIONS = 3

# An opening state is asked for the moment before, so that a store that closes at that very moment still counts.
JUST_BEFORE = timedelta(microseconds=1)
# A day on which the clocks go back has one hour more.
A_DAY = timedelta(hours=25)
# Closed and open turns; more than these in half an hour of opening are no hours at all.
MOST_TURNS = 60

Hours = dict[str, Any]


def hold_until(start: datetime, hold_hours: int, hours: Hours, holidays: Hours, zone: str) -> datetime:
    """When a hold that begins at `start` ends: the store's first closing time at or after `hold_hours` from then.

    Nobody comes to a closed door: what would end at night ends with the evening before the store's next night instead.
    Where no closing is near, as in a store that is open day and night, it is `hold_hours` to the minute.
    """
    due = start + timedelta(hours=hold_hours)
    return closing_after(due, hours, holidays, zone) or due


def closing_after(moment: datetime, hours: Hours, holidays: Hours, zone: str) -> datetime | None:
    """The end of the opening that `moment` is in, or of the next one; None where none ends within a day.

    A store that is open day and night closes for a holiday weeks ahead: that is nobody's evening.
    """
    state, since = _state(moment - JUST_BEFORE, hours, holidays, zone), moment
    if not state.is_open:
        if state.changes_at is None:
            return None
        since = state.changes_at.astimezone(UTC)
        state = _state(since, hours, holidays, zone)
    closes = state.changes_at and state.changes_at.astimezone(UTC)
    if closes and closes - since <= A_DAY:
        return closes
    return None if since == moment else since + A_DAY


def open_minutes_later(start: datetime, minutes: int, hours: Hours, holidays: Hours, zone: str) -> datetime:
    """When the store has been open for `minutes` since `start`; by the clock where no hours are known."""
    left, moment = timedelta(minutes=minutes), start
    for _ in range(MOST_TURNS):
        state = _state(moment, hours, holidays, zone)
        if state.changes_at is None:
            break
        change = state.changes_at.astimezone(UTC)
        if state.is_open:
            if moment + left <= change:
                break
            left -= change - moment
        moment = change
    return moment + left


def _state(moment: datetime, hours: Hours, holidays: Hours, zone: str) -> OpenState:
    return open_state(hours, holidays, moment.astimezone(ZoneInfo(zone)))


def still_waits(asked_at: datetime, now: datetime) -> bool:
    """Whether somebody who asked then waits for the answer now, so that it may come at night."""
    return now - asked_at < ANSWER_WAITED_FOR


def until_words(until: datetime, now: datetime, zone: str) -> str:
    """ "20:00 today", "20:00 tomorrow", "20:00 on Friday 6 March": in the store's clock."""
    local, today = until.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    ahead = (local.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(ahead) or f"on {local:%A} {local.day} {local:%B}"
    return f"{local:%H:%M} {day}"
