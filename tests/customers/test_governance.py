"""The governor's rules, as tables. No database."""

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from customers.governance import (
    RULES,
    RULES_AT_DELIVERY,
    ConsentFact,
    Intent,
    Outcome,
    Purpose,
    Verdict,
    allowed_ways,
    complaint_first,
    decide,
    no_address,
    no_consent,
    quiet_hours,
    quiet_until,
    said_already,
)

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 3, 10, 12, tzinfo=MADRID)
NIGHT = datetime(2026, 3, 10, 22, 30, tzinfo=MADRID)
MORNING = datetime(2026, 3, 11, 9, tzinfo=MADRID)
BOTH = ("EMAIL", "SMS")
PLAIN = Intent(purpose=Purpose.MARKETING, local_now=NOON, ways=BOTH, allowed_ways=frozenset(BOTH))
OLD, NEW = b"old address", b"new address"

SEND_BY_EMAIL = Verdict(Outcome.SEND, "nothing speaks against it", way="EMAIL")
COMPLAINT = Verdict(Outcome.DROP, "a complaint is open")
UNTIL_NINE = Verdict(Outcome.HOLD, "quiet hours until 09:00", way="EMAIL", not_before=MORNING)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, SEND_BY_EMAIL),
        ({"ways": ("SMS", "EMAIL")}, replace(SEND_BY_EMAIL, way="SMS")),
        ({"allowed_ways": frozenset({"SMS"})}, replace(SEND_BY_EMAIL, way="SMS")),
        ({"ways": ()}, Verdict(Outcome.DROP, "no address is known")),
        ({"allowed_ways": frozenset()}, Verdict(Outcome.DROP, "marketing was not allowed")),
        ({"said_same": 7}, Verdict(Outcome.MERGE, "the same was said already", same_as=7)),
        ({"open_complaints": 1}, COMPLAINT),
        ({"open_complaints": 1, "purpose": Purpose.SURVEY}, COMPLAINT),
        ({"open_complaints": 1, "purpose": Purpose.SERVICE}, SEND_BY_EMAIL),
        ({"local_now": NIGHT}, UNTIL_NINE),
        ({"local_now": NIGHT, "purpose": Purpose.SERVICE}, UNTIL_NINE),
        ({"local_now": NIGHT, "purpose": Purpose.STAFF}, SEND_BY_EMAIL),
        # The order of the rules: not allowed wins over said, said over the complaint, the complaint over the night.
        ({"allowed_ways": frozenset(), "said_same": 7}, Verdict(Outcome.DROP, "marketing was not allowed")),
        ({"said_same": 7, "open_complaints": 1}, Verdict(Outcome.MERGE, "the same was said already", same_as=7)),
        ({"open_complaints": 1, "local_now": NIGHT}, COMPLAINT),
    ],
)
def test_decide_by_the_first_rule_that_speaks(changes: dict, verdict: Verdict) -> None:
    assert decide(replace(PLAIN, **changes)) == verdict


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (said_already, {"said_same": 7}),
        (complaint_first, {"open_complaints": 1}),
        (quiet_hours, {"local_now": NIGHT}),
    ],
)
def test_decide_without_the_rule_would_not_stop_it(rule: object, changes: dict) -> None:
    others = tuple(other for other in RULES if other is not rule)
    intent = replace(PLAIN, **changes)
    assert decide(intent).outcome is not Outcome.SEND
    assert decide(intent, others).outcome is Outcome.SEND


def test_rules_at_delivery_are_all_but_the_one_about_doubles() -> None:
    assert (no_address, no_consent, complaint_first, quiet_hours) == RULES_AT_DELIVERY


def given(way: str = "EMAIL", address: bytes | None = None) -> ConsentFact:
    return ConsentFact(way, address, given=True)


def withdrawn(way: str = "EMAIL", address: bytes | None = None) -> ConsentFact:
    return ConsentFact(way, address, given=False)


@pytest.mark.parametrize(
    ("purpose", "decisions", "ways"),
    [
        (Purpose.MARKETING, [], set()),
        (Purpose.SURVEY, [], set()),
        (Purpose.SERVICE, [], {"EMAIL", "SMS"}),
        (Purpose.STAFF, [], {"EMAIL", "SMS"}),
        (Purpose.SERVICE, [withdrawn("SMS")], {"EMAIL"}),
        (Purpose.MARKETING, [given()], {"EMAIL"}),
        (Purpose.MARKETING, [given(), withdrawn()], set()),
        (Purpose.MARKETING, [withdrawn(), given()], {"EMAIL"}),
        (Purpose.MARKETING, [given(address=NEW)], {"EMAIL"}),
        (Purpose.MARKETING, [given(address=OLD)], set()),
        (Purpose.MARKETING, [given(), withdrawn(address=NEW)], set()),
        (Purpose.MARKETING, [given(), withdrawn(address=OLD)], {"EMAIL"}),
        (Purpose.MARKETING, [given(address=NEW), withdrawn()], set()),
        (Purpose.MARKETING, [given("SMS")], {"SMS"}),
    ],
)
def test_allowed_ways_by_the_newest_decision_about_each_address(
    purpose: Purpose, decisions: list[ConsentFact], ways: set[str]
) -> None:
    addresses = {"EMAIL": [NEW], "SMS": [b"phone"]}
    assert allowed_ways(purpose, addresses, decisions) == ways


def test_allowed_ways_need_one_address_of_several() -> None:
    assert allowed_ways(Purpose.MARKETING, {"EMAIL": [OLD, NEW]}, [given(address=NEW)]) == {"EMAIL"}


def test_allowed_ways_without_an_address_are_none() -> None:
    assert allowed_ways(Purpose.SERVICE, {"EMAIL": []}, []) == frozenset()


@pytest.mark.parametrize(
    ("clock", "begins", "ends", "until"),
    [
        ("19:59", "20:00", "09:00", None),
        ("20:00", "20:00", "09:00", "11 09:00"),
        ("23:59", "20:00", "09:00", "11 09:00"),
        ("00:00", "20:00", "09:00", "10 09:00"),
        ("08:59", "20:00", "09:00", "10 09:00"),
        ("09:00", "20:00", "09:00", None),
        ("13:00", "12:00", "14:00", "10 14:00"),
        ("14:00", "12:00", "14:00", None),
        ("12:00", "12:00", "12:00", None),
    ],
)
def test_quiet_until_also_across_midnight(clock: str, begins: str, ends: str, until: str | None) -> None:
    local = datetime.combine(NOON.date(), time.fromisoformat(clock), MADRID)
    found = quiet_until(local, time.fromisoformat(begins), time.fromisoformat(ends))
    assert (found and f"{found:%d %H:%M}") == until


def test_quiet_until_counts_on_the_wall_clock_when_the_clocks_change() -> None:
    evening = datetime(2026, 3, 28, 21, tzinfo=MADRID)
    until = quiet_until(evening, time(20), time(9))
    assert until is not None
    assert (until.isoformat(), evening.isoformat()[-6:]) == ("2026-03-29T09:00:00+02:00", "+01:00")
