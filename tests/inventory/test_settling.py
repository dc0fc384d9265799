"""A hold that was given out and its receipt take one piece together, in whatever order they come."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from customers.models import Customer
from inventory.models import Hold, StockLevel, StockMovement
from inventory.services.counts import post_count
from inventory.services.holds import collect_hold, place_hold
from inventory.services.ledger_check import check_ledger
from inventory.services.sales import LineIn, post_sale
from tests.factories import NOW, make_customer, make_level, make_movement, make_product

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def level(db: None) -> StockLevel:
    level = make_level(product=make_product(sku="TEA"))
    level.on_hand = 5
    level.save()
    make_movement(level, quantity=5, occurred_at=NOW - timedelta(days=9))
    return level


def given_out(level: StockLevel, *, customer: Customer | None = None, quantity: int = 1, hours: float = 0) -> Hold:
    """A hold that was fetched so many hours after noon."""
    at = NOW + hours * HOUR
    because = Hold.Because.STAFF
    owner = customer or make_customer()
    hold = place_hold(customer=owner, level=level, because=because, now=at - HOUR, quantity=quantity)
    return collect_hold(hold=hold, staff=None, now=at)


def ring_up(level: StockLevel, pieces: int = 1, *, hours: float = 0, loyalty_number: str = "", told: float = 0) -> None:
    lines = [LineIn("TEA", pieces, Decimal(2))]
    at = NOW + hours * HOUR
    now = max(at, NOW + told * HOUR)
    receipt = f"R{hours}-{told}"
    post_sale(store=level.store, receipt=receipt, sold_at=at, lines=lines, now=now, loyalty_number=loyalty_number)


def on_hand(level: StockLevel) -> int:
    assert check_ledger().wrong == 0
    return StockLevel.objects.get(pk=level.pk).on_hand


def is_settled(hold: Hold) -> bool:
    return Hold.objects.get(pk=hold.pk).sale_line_id is not None


def sold(level: StockLevel) -> int:
    return -StockMovement.objects.filter(level=level, kind="SALE").aggregate(sum=Sum("quantity"))["sum"]


def test_the_next_receipt_takes_no_second_piece(level: StockLevel) -> None:
    hold = given_out(level)
    assert on_hand(level) == 4
    ring_up(level, hours=0.1)
    assert (on_hand(level), is_settled(hold), sold(level)) == (4, True, 1)
    ring_up(level, hours=0.2)
    assert (on_hand(level), sold(level)) == (3, 2)


def test_a_receipt_stands_for_whole_holds_the_oldest_first(level: StockLevel) -> None:
    first, pair, third = given_out(level), given_out(level, quantity=2, hours=0.1), given_out(level, hours=0.2)
    ring_up(level, 2, hours=0.3)
    assert [is_settled(hold) for hold in (first, pair, third)] == [True, False, True]
    ring_up(level, 3, hours=0.4)
    assert is_settled(pair)
    assert (on_hand(level), sold(level)) == (0, 5)


@pytest.mark.parametrize("hours", [-1.1, 24.1])
def test_receipts_of_another_day_are_others(level: StockLevel, hours: float) -> None:
    hold = given_out(level)
    ring_up(level, hours=hours)
    assert (on_hand(level), is_settled(hold)) == (3, False)


def test_a_late_till_settles_by_when_it_sold(level: StockLevel) -> None:
    hold = given_out(level)
    ring_up(level, hours=2, told=90)
    assert (on_hand(level), is_settled(hold)) == (4, True)


def test_who_paid_before_the_tap_takes_one_piece(level: StockLevel) -> None:
    anna = make_customer(loyalty_number="L-1")
    ring_up(level, hours=-0.1, loyalty_number="L-1")
    hold = given_out(level, customer=anna)
    assert (on_hand(level), is_settled(hold)) == (4, True)
    ring_up(level, hours=0.1)
    assert on_hand(level) == 3


def test_another_customers_receipt_before_the_tap_is_no_proof(level: StockLevel) -> None:
    """His own is still to come; until then a piece too many would be promised to the next."""
    ring_up(level, hours=-0.1)
    hold = given_out(level)
    assert (on_hand(level), is_settled(hold)) == (3, False)
    ring_up(level, hours=0.1)
    assert (on_hand(level), is_settled(hold)) == (3, True)


@pytest.mark.parametrize(("tap", "receipt"), [(0, 2), (0.5, 0)])
def test_a_count_between_the_two_has_seen_the_first(level: StockLevel, tap: float, receipt: float) -> None:
    """Given out, counted, rung up; and rung up, counted, given out. Five were there, one left, the till tells late."""
    at = NOW + 0.25 * HOUR
    if tap < receipt:
        given_out(level, hours=tap)
    post_count(level=level, counted=4, counted_at=at, now=at)
    if tap > receipt:
        given_out(level, hours=tap)
    ring_up(level, hours=receipt, told=3)
    assert on_hand(level) == 4
