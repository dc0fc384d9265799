"""What is said to a shopper: words, evidence, times, places."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inventory.geo import Point, PointError, distance_km, parse_point, plane_km
from inventory.map_picture import Spot, draw
from inventory.money import money
from inventory.statements import Facts, evidence, when, word
from tests.factories import NOW

ZONE = ZoneInfo("America/New_York")  # NOW is 07:00 there, a Wednesday


def facts(**values: Any) -> Facts:
    known = {"on_hand": 2, "held": 0, "last_counted_at": None, "last_counted_quantity": None}
    return Facts(**{**known, "last_sold_at": None, "last_missed_at": None, **values})


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "a minute ago"),
        (timedelta(minutes=20), "20 minutes ago"),
        (timedelta(hours=3), "today at 04:00"),
        (timedelta(hours=12, minutes=20), "yesterday at 18:40"),
        (timedelta(days=5), "on Friday"),
        (timedelta(days=16), "16 days ago"),
    ],
)
def test_times_are_clock_times_when_near_and_days_when_far(ago: timedelta, words: str) -> None:
    assert when(NOW - ago, NOW, ZONE) == words


def test_evidence_says_count_sale_and_holds() -> None:
    known = facts(
        held=1,
        last_counted_at=NOW - timedelta(hours=12, minutes=20),
        last_counted_quantity=5,
        last_sold_at=NOW - timedelta(minutes=20),
    )
    assert evidence("SURE", known, NOW, ZONE) == (
        "Counted yesterday at 18:40: 5. Last sold 20 minutes ago. One is held for somebody."
    )


def test_evidence_of_doubt_begins_with_the_book() -> None:
    assert evidence("ASK", facts(), NOW, ZONE) == "The book says 2, but we are not sure. Never counted here."


def test_evidence_admits_a_wrong_book() -> None:
    assert "so the book is wrong" in evidence("GONE", facts(on_hand=-1), NOW, ZONE)


@pytest.mark.parametrize(
    ("on_hand", "held", "words"),
    [(0, 0, "Gone"), (1, 1, "Gone, the last one is held"), (3, 3, "Gone, the last three are held"), (-1, 0, "Gone")],
)
def test_gone_says_when_the_last_are_held(on_hand: int, held: int, words: str) -> None:
    assert word("GONE", facts(on_hand=on_hand, held=held)) == words


@pytest.mark.parametrize(("currency", "words"), [("USD", "$1,234.50"), ("EUR", "€1,234.50"), ("CHF", "1,234.50 CHF")])
def test_money(currency: str, words: str) -> None:
    assert money(Decimal("1234.5"), currency) == words


def test_distance_of_known_cities() -> None:
    madrid, barcelona = Point(40.4168, -3.7038), Point(41.3874, 2.1686)
    assert distance_km(madrid, barcelona) == pytest.approx(505.4, abs=1)
    east, north = plane_km(madrid, Point(40.4168, -3.6038))
    assert (round(east, 1), round(north, 1)) == (8.5, 0.0)


def test_coordinates_are_read_and_checked() -> None:
    assert parse_point(" 40.5, -88 ") == Point(40.5, -88.0)
    assert parse_point("Springfield, Ohio") is None
    with pytest.raises(PointError):
        parse_point("95, 10")


def test_marks_on_the_map_keep_apart() -> None:
    crowd = [Spot(n, f"Old Corn Exchange {n}", "sure", "Very likely there", "#", 3 + n / 50, 2) for n in range(1, 6)]
    pins = draw([*crowd, Spot(6, "Far", "gone", "Gone", "#", -8, -6)]).pins
    places = [(pin.x, pin.y) for pin in pins]
    assert len(set(places)) == len(pins) == 6
    assert all(abs(a.x - b.x) >= 46 or abs(a.y - b.y) >= 42 for place, a in enumerate(pins) for b in pins[place + 1 :])
    assert all(0 < x < 360 and 0 < y < 360 for x, y in places)


def test_no_store_no_map() -> None:
    assert draw([]).pins == []
