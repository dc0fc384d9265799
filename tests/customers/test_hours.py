"""Opening hours, in the store's own clock."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customers.hours import HoursError, OpenState, check_holidays, check_hours, open_state, span_on

MADRID = ZoneInfo("Europe/Madrid")
WEEK = {"mon": ["09:00", "20:00"], "tue": ["09:00", "20:00"], "sat": ["10:00", "14:00"], "sun": None}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        ("2026-03-02T12:00", True, "2026-03-02T20:00"),  # a Monday
        ("2026-03-02T08:59", False, "2026-03-02T09:00"),
        ("2026-03-02T09:00", True, "2026-03-02T20:00"),
        ("2026-03-02T20:00", False, "2026-03-03T09:00"),
        ("2026-03-04T12:00", False, "2026-03-07T10:00"),  # nothing is said of Wednesday to Friday
        ("2026-03-07T14:00", False, "2026-03-09T09:00"),  # over the closed Sunday
    ],
)
def test_open_now_and_when_that_changes(now: str, is_open: bool, changes: str) -> None:
    assert open_state(WEEK, {}, at(now)) == OpenState(is_open, at(changes))


def test_a_holiday_wins_over_the_week() -> None:
    closed = {"2026-03-02": None}
    assert open_state(WEEK, closed, at("2026-03-02T12:00")) == OpenState(
        is_open=False, changes_at=at("2026-03-03T09:00")
    )
    short = {"2026-03-02": ["09:00", "14:00"]}
    assert open_state(WEEK, short, at("2026-03-02T12:00")) == OpenState(is_open=True, changes_at=at("2026-03-02T14:00"))
    sunday = {"2026-03-08": ["10:00", "12:00"]}
    assert open_state(WEEK, sunday, at("2026-03-08T11:00")).is_open


@pytest.mark.parametrize(("day", "hours_ahead_of_utc"), [("2026-03-29", 2), ("2026-10-25", 1)])
def test_on_the_day_the_clock_changes_hours_mean_the_clock_on_the_wall(day: str, hours_ahead_of_utc: int) -> None:
    state = open_state({"sun": ["09:00", "20:00"]}, {}, at(f"{day}T00:30"))
    assert state == OpenState(is_open=False, changes_at=at(f"{day}T09:00"))
    assert state.changes_at is not None
    assert state.changes_at.utcoffset() == timedelta(hours=hours_ahead_of_utc)


def test_closed_for_a_fortnight_is_not_known_to_open() -> None:
    assert open_state({}, {}, at("2026-03-02T12:00")) == OpenState(is_open=False, changes_at=None)
    holidays = {f"2026-03-{day:02}": None for day in range(2, 18)}
    assert open_state(WEEK, holidays, at("2026-03-02T12:00")).changes_at is None


def test_a_fortnight_ahead_is_seen() -> None:
    later = {"2026-03-15": ["10:00", "12:00"]}
    assert open_state({}, later, at("2026-03-02T12:00")).changes_at == at("2026-03-15T10:00")


def test_span_on_a_day() -> None:
    assert span_on(WEEK, {}, date(2026, 3, 2)) == (time(9), time(20))
    assert span_on(WEEK, {}, date(2026, 3, 8)) is None


@pytest.mark.parametrize(
    ("hours", "named"),
    [
        ({"mon": ["20:00", "09:00"]}, "mon"),
        ({"mon": ["09:00", "09:00"]}, "mon"),
        ({"mon": ["nine", "20:00"]}, "mon"),
        ({"mon": ["09:00"]}, "mon"),
        ({"mon": 9}, "mon"),
        ({"monday": None}, "monday"),
        (["mon"], "days"),
    ],
)
def test_malformed_hours_name_the_day(hours: Any, named: str) -> None:
    with pytest.raises(HoursError, match=named):
        check_hours(hours)


@pytest.mark.parametrize(
    ("holidays", "named"), [({"25.12.": None}, "25.12."), ({"2026-12-24": ["x"]}, "2026-12-24"), ([], "dates")]
)
def test_malformed_holidays_name_the_date(holidays: Any, named: str) -> None:
    with pytest.raises(HoursError, match=named):
        check_holidays(holidays)


def test_good_ones_pass() -> None:
    check_hours(WEEK)
    check_holidays({"2026-12-25": None, "2026-12-24": ["09:00", "14:00"]})


DAY_AND_NIGHT = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
LONG = {day: ["06:00", "24:00"] for day in DAY_AND_NIGHT}


def test_a_store_that_never_closes_is_open_day_and_night() -> None:
    assert open_state(DAY_AND_NIGHT, {}, at("2026-03-02T03:00")) == OpenState(is_open=True, changes_at=None)


def test_closing_at_midnight_is_the_end_of_the_day() -> None:
    assert open_state(LONG, {}, at("2026-03-02T23:30")) == OpenState(True, at("2026-03-03T00:00"))
    assert open_state(LONG, {}, at("2026-03-03T00:30")) == OpenState(False, at("2026-03-03T06:00"))


def test_open_beyond_midnight_until_the_next_day_closes() -> None:
    late = {"mon": ["09:00", "24:00"], "tue": ["00:00", "02:00"]}
    assert open_state(late, {}, at("2026-03-02T23:00")) == OpenState(True, at("2026-03-03T02:00"))


def test_a_holiday_ends_the_night_before_it() -> None:
    closed = {"2026-03-03": None}
    assert open_state(DAY_AND_NIGHT, closed, at("2026-03-02T23:00")) == OpenState(True, at("2026-03-03T00:00"))
    assert open_state(DAY_AND_NIGHT, closed, at("2026-03-03T12:00")) == OpenState(False, at("2026-03-04T00:00"))
