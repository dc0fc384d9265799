"""Deadlines of holds and answers: by the store's clock, never at a closed door."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inventory.promises import hold_until, open_minutes_later, still_waits, until_words

DAILY = {day: ["09:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
WEEKDAYS = {day: ["09:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
NIGHT_AND_DAY = {day: ["00:00", "24:00"] for day in DAILY}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026; the 4th is a Wednesday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "holidays", "until"),
    [
        (at(4, 12), DAILY, {}, at(5, 20)),
        # At closing time to the minute, and a minute later.
        (at(4, 20), DAILY, {}, at(5, 20)),
        (at(4, 20, 1), DAILY, {}, at(6, 20)),
        # At opening time, and before it.
        (at(4, 9), DAILY, {}, at(5, 20)),
        (at(4, 3), DAILY, {}, at(5, 20)),
        # Over a weekend, and a holiday.
        (at(6, 12), WEEKDAYS, {}, at(9, 20)),
        (at(4, 12), DAILY, {"2026-03-05": None}, at(6, 20)),
        (at(4, 12), DAILY, {"2026-03-05": ["09:00", "14:00"]}, at(5, 14)),
        # No closing is known.
        (at(4, 12), {}, {}, at(5, 12)),
        (at(4, 12), NIGHT_AND_DAY, {}, at(5, 12)),
        # A holiday next week is not the evening of a store that is open day and night.
        (at(4, 12), NIGHT_AND_DAY, {"2026-03-14": None}, at(5, 12)),
        (at(4, 12), NIGHT_AND_DAY, {"2026-03-06": None}, at(6, 0)),
        (at(4, 12), NIGHT_AND_DAY, {"2026-03-05": None}, at(7, 1)),
    ],
)
def test_a_hold_ends_when_the_store_closes(
    start: datetime, hours: dict[str, list[str]], holidays: dict[str, list[str] | None], until: datetime
) -> None:
    assert hold_until(start, 24, hours, holidays, "UTC") == until


def test_a_hold_ends_by_the_stores_own_clock() -> None:
    assert hold_until(at(4, 12), 24, DAILY, {}, "America/New_York") == at(6, 1)


def test_the_night_on_which_the_clocks_change_costs_nobody_his_hours() -> None:
    # New York springs forward on 8 March: 20:00 is then 00:00 in UTC, not 01:00.
    assert hold_until(at(7, 17), 24, DAILY, {}, "America/New_York") == at(9, 0)


@given(some.integers(0, 60 * 24 * 30), some.integers(0, 72))
def test_a_hold_never_ends_early_and_always_at_a_closing(minutes: int, hold_hours: int) -> None:
    start = at(1, 0) + timedelta(minutes=minutes)
    until = hold_until(start, hold_hours, DAILY, {}, "UTC")
    assert until >= start + timedelta(hours=hold_hours)
    assert until - start <= timedelta(hours=hold_hours + 24)
    assert (until.hour, until.minute) == (20, 0)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(4, 12), DAILY, at(4, 12, 30)),
        # Ten minutes are left today, twenty come tomorrow.
        (at(4, 19, 50), DAILY, at(5, 9, 20)),
        (at(4, 19, 30), DAILY, at(4, 20)),
        (at(4, 23), DAILY, at(5, 9, 30)),
        (at(6, 19, 45), WEEKDAYS, at(9, 9, 15)),
        (at(4, 12), {}, at(4, 12, 30)),
        (at(4, 23, 50), NIGHT_AND_DAY, at(5, 0, 20)),
    ],
)
def test_an_answer_is_due_in_half_an_hour_of_opening(
    start: datetime, hours: dict[str, list[str]], due: datetime
) -> None:
    assert open_minutes_later(start, 30, hours, {}, "UTC") == due


def test_who_asked_just_now_waits() -> None:
    assert still_waits(at(4, 12), at(4, 13, 59))
    assert not still_waits(at(4, 12), at(4, 14))


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (at(4, 20), "20:00 today"),
        (at(5, 20), "20:00 tomorrow"),
        (at(9, 8, 30), "08:30 on Monday 9 March"),
    ],
)
def test_a_deadline_in_words(until: datetime, words: str) -> None:
    assert until_words(until, at(4, 12), "UTC") == words
