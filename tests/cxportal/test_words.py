"""Rows of the ledger in words: pure rules, no database."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cxportal.dashboards.words import CASES, HOLDS, Moment, clock, day_title, describe, number, sentence, spoken

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def said(row: str, way: str = "STORE", /, **facts: Any) -> Any:
    return describe(Moment(row, way, facts, store="Harbor Gate", zone=CHICAGO))


def test_counts_have_their_noun() -> None:
    assert [number(count, "piece") for count in (0, 1, 1204)] == ["0 pieces", "1 piece", "1,204 pieces"]
    assert number(2, "entry", "entries") == "2 entries"


def test_sentences_end_once() -> None:
    assert [sentence(text) for text in ("so it is", "so it is.", "is it?", "")] == [
        "so it is.",
        "so it is.",
        "is it?",
        "",
    ]


def test_a_sale_names_store_total_pieces_and_receipt() -> None:
    words = said("SALE", receipt="R-7", pieces=3, total="12.30", currency="USD")
    assert (words.title, words.aside, words.detail) == (
        "Bought in store",
        "Harbor Gate, $12.30",
        "3 pieces, receipt R-7",
    )
    assert said("SALE", "WEB").title == "Bought online"


@pytest.mark.parametrize("state", ["DROPPED", "MERGED", "DEAD"])
def test_what_was_not_sent_always_has_its_because(state: str) -> None:
    words = said("MESSAGE", "EMAIL", kind="weekly-offer", state=state, reason="a complaint is open")
    assert (words.kind, words.title, words.because) == ("unsent", "weekly offer by e-mail", "a complaint is open.")
    assert said("MESSAGE", state=state).because == "no reason was written down."


def test_a_sent_message_names_its_way() -> None:
    words = said("MESSAGE", "SMS", kind="back-in-stock", state="SENT")
    assert (words.title, words.aside, words.kind) == ("Written by SMS", "back in stock", "")


def test_perhaps_sent_is_neither_sent_nor_unsent() -> None:
    words = said("MESSAGE", "EMAIL", kind="survey", state="UNCERTAIN")
    assert (words.title, words.kind) == ("Perhaps written by e-mail", "")
    assert words.detail == "Delivery was cut off. It is not repeated."


@pytest.mark.parametrize("event", HOLDS)
def test_every_moment_of_a_hold_has_words(event: str) -> None:
    words = said("HOLD", event=event, quantity=2, until="2026-11-23T17:00:00+00:00")
    assert words.title == HOLDS[event][1]
    assert words.aside == "Harbor Gate, 2 pieces"
    assert bool(words.detail) is (event in ("PLACED", "EXTENDED"))
    assert bool(words.tag) is (event == "NOT_FOUND")


def test_a_hold_is_kept_until_a_time_of_the_stores_clock() -> None:
    assert said("HOLD", event="PLACED", until="2026-11-23T17:00:00+00:00").detail == "Kept until Mon 23 Nov, 11:00."


@pytest.mark.parametrize("event", CASES)
def test_every_moment_of_a_case_has_words(event: str) -> None:
    moment = Moment("CASE", "PHONE", {"event": event}, more={"case": "3-1187", "text": "It drips."})
    words = describe(moment)
    assert (words.title, words.aside, words.detail) == (CASES[event][1], "case 3-1187", "It drips.")


def test_a_call_is_a_call_and_an_unknown_kind_is_named() -> None:
    assert said("CONTACT", "PHONE").kind == "call"
    assert said("SOMETHING_NEW").title == "Something new"


def test_codes_are_spoken() -> None:
    assert [spoken(code) for code in ("back-in-stock", "BIRTH_DATE")] == ["back in stock", "birth date"]


def test_days_are_titled_by_the_readers_clock() -> None:
    late = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert day_title(late, CHICAGO, NOW) == "Saturday 21 November"
    assert day_title(NOW, CHICAGO, NOW) == "Today, Sunday 22 November"
    assert day_title(late.replace(year=2025), CHICAGO, NOW) == "Friday 21 November 2025"
    assert clock(NOW, CHICAGO) == "Sun 22 Nov, 11:00"
