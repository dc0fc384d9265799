"""What is said to a shopper: words, evidence, times, places."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inventory.geo import Point, PointError, distance_km, parse_point, plane_km
from inventory.map_picture import Spot, draw
from inventory.money import money
from inventory.statements import Facts, evidence, pieces, when, word
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
        "Counted yesterday at 18:40: a few. Last sold 20 minutes ago. One is held for somebody."
    )


@pytest.mark.parametrize(
    ("count", "words"), [(0, "none"), (1, "1"), (2, "2"), (3, "a few"), (5, "a few"), (6, "several"), (11, "many")]
)
def test_nobody_reads_exact_counts_above_two_unless_he_may(count: int, words: str) -> None:
    assert pieces(count) == words
    assert pieces(count, exact=True) == (str(count) if count else "none")


def test_exact_numbers_are_for_the_chain() -> None:
    known = facts(on_hand=9, held=3, last_counted_at=NOW - timedelta(days=16), last_counted_quantity=9)
    assert evidence("ASK", known, NOW, ZONE) == (
        "The book says several, but nobody has counted it for 16 days. Counted 16 days ago: several."
        " A few are held for others."
    )
    assert evidence("ASK", known, NOW, ZONE, exact=True) == (
        "The book says 6, but nobody has counted it for 16 days. Counted 16 days ago: 9. Three are held for others."
    )
    assert word("GONE", facts(on_hand=3, held=3), exact=True) == "Gone, the last three are held"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (facts(), "The book says 2, but nobody has ever counted it here."),
        (
            facts(last_counted_at=NOW - timedelta(days=16), last_counted_quantity=3),
            "The book says 2, but nobody has counted it for 16 days. Counted 16 days ago: a few.",
        ),
        (
            facts(last_sold_at=NOW - timedelta(days=19), pace_per_day=0.5),
            "The book says 2, but none sold for 19 days where one sells every 2 days. Last sold 19 days ago.",
        ),
    ],
)
def test_evidence_of_doubt_says_why(known: Facts, words: str) -> None:
    assert evidence("ASK", known, NOW, ZONE) == words


def test_evidence_names_a_delivery_after_the_count() -> None:
    counted = {"last_counted_at": NOW - timedelta(days=25), "last_counted_quantity": 17}
    later = facts(**counted, last_received_at=NOW - timedelta(days=5))
    earlier = facts(**counted, last_received_at=NOW - timedelta(days=30))
    assert "Delivered on Friday." in evidence("SURE", later, NOW, ZONE)
    assert "Delivered" not in evidence("SURE", earlier, NOW, ZONE)


def test_nobody_is_told_that_a_wrong_book_means_gone() -> None:
    known = facts(on_hand=-1)
    assert word("UNKNOWN", known) == "We do not know"
    assert evidence("UNKNOWN", known, NOW, ZONE).startswith("More was sold here than our book had")


def test_an_empty_book_says_so() -> None:
    assert evidence("GONE", facts(on_hand=0), NOW, ZONE) == "The book says none."


@pytest.mark.parametrize(
    ("on_hand", "held", "words"),
    [
        (0, 0, "Gone"),
        (1, 1, "Gone, the last one is held"),
        (2, 2, "Gone, the last two are held"),
        (3, 3, "Gone, the last ones are held"),
        (-1, 0, "Gone"),
    ],
)
def test_gone_says_when_the_last_are_held(on_hand: int, held: int, words: str) -> None:
    assert word("GONE", facts(on_hand=on_hand, held=held)) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("1234.5", "USD", "$1,234.50"), ("0", "EUR", "€0.00"), ("1234.5", "CHF", "1,234.50 CHF"), ("7", "", "7.00")],
)
def test_money_has_its_unit(amount: str, currency: str, words: str) -> None:
    assert money(Decimal(amount), currency) == words


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


def test_marks_on_the_map_keep_apart_and_near_their_stores() -> None:
    crowd = [Spot(n, f"Old Corn Exchange {n}", "sure", "Very likely there", "#", 3 + n / 50, 2) for n in range(1, 6)]
    pins = draw([*crowd, Spot(6, "Far", "gone", "Gone", "#", -8, -6)]).pins
    assert all(abs(a.x - b.x) >= 26 or abs(a.y - b.y) >= 26 for place, a in enumerate(pins) for b in pins[place + 1 :])
    assert all(0 < pin.x < 360 and 0 < pin.y < 360 for pin in pins)
    assert all(abs(pin.y - pin.spot_y) <= 66 for pin in pins if pin.spot_y is not None)


def test_marks_are_reached_in_the_order_of_the_list() -> None:
    spread = [Spot(n, "Mill Lane", "sure", "Very likely there", "#", n * 3.0, n % 3) for n in range(1, 12)]
    numbers = [pin.number for pin in draw(spread).pins]
    assert numbers == sorted(numbers)
    assert numbers[:3] == [1, 2, 3]


def test_no_store_no_map() -> None:
    assert draw([]).pins == []


@pytest.mark.parametrize("proof", ["last_counted_at", "last_received_at"])
def test_a_miss_is_doubt_until_somebody_counts_or_delivers(proof: str) -> None:
    missed = facts(last_missed_at=NOW - timedelta(hours=2), **{proof: NOW - timedelta(hours=3)})
    assert missed.is_doubted
    assert "The book says 2, but somebody looked for it in vain." in evidence("ASK", missed, NOW, ZONE)
    settled = facts(last_missed_at=NOW - timedelta(hours=2), **{proof: NOW - timedelta(hours=1)})
    assert not settled.is_doubted
    assert not facts().is_doubted


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=2), "The book says none. A delivery is planned for today. It is a plan, not a promise."),
        (timedelta(days=1), "The book says none. A delivery is planned for tomorrow. It is a plan, not a promise."),
        (timedelta(days=4), "The book says none. A delivery is planned for Sunday. It is a plan, not a promise."),
        (
            timedelta(days=9),
            "The book says none. A delivery is planned for Friday 13 March. It is a plan, not a promise.",
        ),
        (-timedelta(hours=2), "The book says none. A delivery was planned for today and is not in the book yet."),
    ],
)
def test_a_planned_delivery_is_no_promise(ahead: timedelta, words: str) -> None:
    known = facts(on_hand=0, coming_at=NOW + ahead, coming=6)
    assert evidence("GONE", known, NOW, ZONE) == words
    assert "A delivery of 6 " in evidence("GONE", known, NOW, ZONE, exact=True)
