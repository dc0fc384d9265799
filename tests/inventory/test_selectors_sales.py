"""Reads of what the tills sold: days and hours by the store's own clock, purchases, lines, buyers."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from customers.models import Store
from inventory.models import Product
from inventory.selectors.sales import (
    RECENT_SALES,
    lines_of,
    pieces_today,
    purchases_of,
    recent_buyers,
    sales_by_hour,
)
from tests.factories import NOW, make_customer, make_interaction, make_product, make_sale, make_store

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def milk() -> Product:
    return make_product(price=Decimal("2.50"))


@pytest.fixture
def store() -> Store:
    return make_store(time_zone="America/New_York")


# --- Hours -------------------------------------------------------------------------------------------------------


def test_sales_of_one_hour_are_one_row(store: Store, milk: Product) -> None:
    for minute in (0, 29, 59):
        make_sale([(milk, 2)], store=store, sold_at=datetime(2026, 3, 4, 9, minute, tzinfo=NEW_YORK))
    make_sale([(milk, 1)], store=store, sold_at=datetime(2026, 3, 4, 10, 0, tzinfo=NEW_YORK))
    rows = sales_by_hour(datetime(2026, 3, 4, 12, 0, tzinfo=NEW_YORK), weeks=1)
    assert [(row.hour, row.receipts, row.total) for row in rows] == [(9, 3, Decimal(15)), (10, 1, Decimal("2.50"))]


def test_a_store_sees_its_own_sales_alone(store: Store, milk: Product) -> None:
    make_sale([(milk, 1)], store=store, sold_at=NOW)
    make_sale([(milk, 3)], sold_at=NOW)
    assert [row.receipts for row in sales_by_hour(NOW, weeks=1)] == [2]
    assert [(row.receipts, row.total) for row in sales_by_hour(NOW, weeks=1, store_id=store.pk)] == [
        (1, Decimal("2.50"))
    ]
    assert (pieces_today(NOW), pieces_today(NOW, store_id=store.pk), pieces_today(NOW, store_id=make_store().pk)) == (
        4,
        1,
        0,
    )


def test_one_hour_is_parted_where_now_stands(store: Store, milk: Product) -> None:
    """Last week's ten o'clock hour counts up to 10:30 when it is 10:30."""
    now = datetime(2026, 3, 11, 10, 30, tzinfo=NEW_YORK)
    for minute in (29, 30, 31):
        make_sale([(milk, 1)], store=store, sold_at=datetime(2026, 3, 4, 10, minute, tzinfo=NEW_YORK))
    rows = sales_by_hour(now, weeks=1)
    assert {(row.by_now, row.receipts) for row in rows} == {(True, 2), (False, 1)}


def test_days_are_compared_as_clocks_are_read_when_the_clock_was_changed(store: Store, milk: Product) -> None:
    """New York's clocks went forward on 8 March 2026: ten o'clock was 15:00 UTC before, 14:00 UTC after."""
    for day in (4, 11):
        make_sale([(milk, 1)], store=store, sold_at=datetime(2026, 3, day, 10, 0, tzinfo=NEW_YORK))
    rows = sales_by_hour(datetime(2026, 3, 11, 10, 0, tzinfo=NEW_YORK), weeks=1)
    assert [(row.days_ago, row.hour, row.by_now) for row in rows] == [(0, 10, True), (7, 10, True)]


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (datetime(2026, 11, 1, 0, 0, tzinfo=NEW_YORK), True),
        (datetime(2026, 11, 1, 23, 59, tzinfo=NEW_YORK), True),
        (datetime(2026, 10, 31, 23, 59, tzinfo=NEW_YORK), False),
    ],
)
def test_a_day_of_25_hours_is_one_day(store: Store, milk: Product, at: datetime, counts: bool) -> None:
    make_sale([(milk, 3)], store=store, sold_at=at)
    late = datetime(2026, 11, 1, 23, 59, 30, tzinfo=NEW_YORK)
    assert pieces_today(late) == (3 if counts else 0)
    assert bool(sales_by_hour(late, weeks=0)) is counts


def test_a_till_whose_clock_is_ahead_counts_when_its_time_has_come(store: Store, milk: Product) -> None:
    make_sale([(milk, 3)], store=store, sold_at=NOW + timedelta(minutes=5))
    assert pieces_today(NOW) == 0
    assert [row.by_now for row in sales_by_hour(NOW, weeks=0)] == [False]
    assert pieces_today(NOW + timedelta(minutes=5)) == 3


def test_weeks_say_how_far_back(store: Store, milk: Product) -> None:
    for week in range(6):
        make_sale([(milk, 1)], store=store, sold_at=NOW - timedelta(weeks=week))
    # The clock was not changed in these weeks of January and February.
    assert {row.days_ago for row in sales_by_hour(NOW, weeks=2)} == {0, 7, 14}


def test_currencies_are_never_added_up(milk: Product) -> None:
    for currency in ("EUR", "USD"):
        make_sale([(milk, 2)], store=make_store(currency=currency), sold_at=NOW)
    assert [(row.currency, row.total) for row in sales_by_hour(NOW, weeks=0)] == [
        ("EUR", Decimal(5)),
        ("USD", Decimal(5)),
    ]


# --- Of one person -----------------------------------------------------------------------------------------------


def test_purchases_are_by_store_and_currency_with_the_most_receipts_first(milk: Product) -> None:
    anna, merged = make_customer(), make_customer()
    near, far = make_store(name="Near"), make_store(name="Far", currency="CAD")
    make_sale([(milk, 4)], store=far, customer=anna)
    for customer in (anna, merged):
        make_sale([(milk, 1)], store=near, customer=customer)
    make_sale([(milk, 9)], store=near, customer=make_customer())
    found = purchases_of([anna.pk, merged.pk], NOW)
    assert [(row.store, row.currency, row.receipts, row.total) for row in found] == [
        ("Near", "USD", 2, Decimal(5)),
        ("Far", "CAD", 1, Decimal(10)),
    ]


def test_purchases_begin_with_the_moment_given(milk: Product) -> None:
    anna = make_customer()
    for days in (1, 2, 3):
        make_sale([(milk, 1)], store=None, customer=anna, sold_at=NOW - timedelta(days=days))
    assert sum(row.receipts for row in purchases_of([anna.pk], NOW - timedelta(days=2))) == 2
    assert purchases_of([], NOW - timedelta(days=9)) == []


def test_lines_are_found_by_the_rows_of_the_ledger_in_the_order_of_the_receipt(milk: Product) -> None:
    bread = make_product(name="Bread")
    sale = make_sale([(bread, 1), (milk, 2), (bread, 3)])
    other, without = make_sale([(milk, 7)]), make_interaction()
    found = lines_of([sale.interaction_id, without.pk])
    assert {pk: [(line.product, line.quantity) for line in lines] for pk, lines in found.items()} == {
        sale.interaction_id: [(bread, 1), (milk, 2), (bread, 3)]
    }
    assert other.interaction_id not in found


def test_lines_come_in_one_statement(milk: Product, django_assert_num_queries: object) -> None:
    ids = [make_sale([(milk, 1), (make_product(), 1)]).interaction_id for _ in range(5)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        names = [line.product.name + line.sale.receipt for lines in lines_of(ids).values() for line in lines]
    assert len(names) == 10


# --- Who bought --------------------------------------------------------------------------------------------------


def test_buyers_come_once_each_with_their_newest_receipt() -> None:
    anna, bob = make_customer(), make_customer()
    make_sale(customer=anna, sold_at=NOW - timedelta(hours=3), receipt="old")
    newest = make_sale(customer=anna, sold_at=NOW - timedelta(hours=1), receipt="new")
    bobs = make_sale(customer=bob, sold_at=NOW - timedelta(hours=2))
    make_sale(customer=None, sold_at=NOW)
    found = recent_buyers(10, now=NOW)
    assert [(buyer.customer_id, buyer.sale) for buyer in found] == [(anna.pk, newest), (bob.pk, bobs)]
    assert [buyer.customer_id for buyer in recent_buyers(1, now=NOW)] == [anna.pk]


def test_buyers_of_one_store(store: Store) -> None:
    here = make_sale(customer=make_customer(), store=store, sold_at=NOW)
    make_sale(customer=make_customer(), sold_at=NOW)
    assert [buyer.sale for buyer in recent_buyers(10, now=NOW, store_id=store.pk)] == [here]


def test_a_receipt_from_the_future_does_not_stay_on_top() -> None:
    """A till whose clock is a year ahead; five minutes are forgiven."""
    make_sale(customer=make_customer(), sold_at=NOW + timedelta(days=365))
    soon = make_sale(customer=make_customer(), sold_at=NOW + timedelta(minutes=4))
    assert [buyer.sale for buyer in recent_buyers(10, now=NOW)] == [soon]


def test_buyers_are_looked_for_among_the_newest_receipts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """One who buys all day long must not make the page read the whole year."""
    assert RECENT_SALES == 400
    monkeypatch.setattr("inventory.selectors.sales.RECENT_SALES", 2)
    often = make_customer()
    make_sale(customer=make_customer(), sold_at=NOW - timedelta(hours=9))
    for minutes in (1, 2):
        make_sale(customer=often, sold_at=NOW - timedelta(minutes=minutes))
    assert [buyer.customer_id for buyer in recent_buyers(10, now=NOW)] == [often.pk]
