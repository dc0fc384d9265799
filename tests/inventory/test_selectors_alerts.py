"""Reads of what is wrong with the book: sold and never there, less than nothing, sold out today."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from customers.models import Store
from inventory.models import StockLevel, StockMovement
from inventory.selectors.alerts import USUAL_DAYS, USUAL_PIECES, below_zero, oversold, sold_out_today
from inventory.services.sales import LineIn, post_sale
from inventory.services.stock import Move, move_stock
from tests.factories import NOW, make_discrepancy, make_level, make_movement, make_product, make_sale, make_store

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def store() -> Store:
    return make_store(time_zone="America/New_York")


# --- Sold and never in the book ----------------------------------------------------------------------------------


def test_a_sale_beyond_the_book_is_an_alert_until_it_is_settled(store: Store) -> None:
    level = make_level(store=store, product=make_product(sku="TEA", name="Tea"), on_hand=1)
    lines = [LineIn("TEA", 3, Decimal(2))]
    sale = post_sale(store=store, receipt="R1", sold_at=NOW, lines=lines, now=NOW)
    (alert,) = oversold(10)
    assert (alert.sku, alert.product, alert.store) == ("TEA", "Tea", store.name)
    assert (alert.missing, alert.receipts, alert.newest_at, alert.in_all) == (2, 1, NOW, 1)
    level.discrepancies.filter(sale=sale).update(settled_at=NOW, explanation="A delivery came late.")
    assert oversold(10) == []


def test_the_newest_comes_first_and_all_are_counted() -> None:
    for hours, name in ((3, "Tea"), (1, "Milk"), (2, "Bread")):
        make_discrepancy(
            level=make_level(product=make_product(name=name)), opened_at=NOW - timedelta(hours=hours), missing=hours
        )
    assert [(row.product, row.missing, row.in_all) for row in oversold(2)] == [("Milk", 1, 3), ("Bread", 2, 3)]


def test_receipts_of_one_level_are_one_alert_with_the_newest_moment() -> None:
    level = make_level()
    for hours in (5, 1, 3):
        make_discrepancy(level=level, opened_at=NOW - timedelta(hours=hours), missing=2)
    (alert,) = oversold(10)
    assert (alert.missing, alert.receipts, alert.newest_at) == (6, 3, NOW - timedelta(hours=1))


def test_a_store_sees_its_own_shortages_alone(store: Store) -> None:
    make_discrepancy(level=make_level(store=store))
    make_discrepancy()
    assert [(row.store, row.in_all) for row in oversold(10, store.pk)] == [(store.name, 1)]


# --- Less than nothing -------------------------------------------------------------------------------------------


def test_a_level_below_zero_without_an_explanation_is_shown_the_farthest_off_first() -> None:
    near, far = make_level(on_hand=-1), make_level(on_hand=-7)
    make_level(on_hand=0)
    explained = make_level(on_hand=-3)
    make_discrepancy(level=explained, missing=3)
    assert [(row.pk, row.in_all) for row in below_zero()] == [(far.pk, 2), (near.pk, 2)]  # type: ignore[attr-defined]


def test_what_was_settled_explains_nothing_any_more() -> None:
    level = make_level(on_hand=-3)
    make_discrepancy(level=level, missing=3, settled_at=NOW)
    assert list(below_zero()) == [level]


def test_below_zero_of_one_store_in_one_statement(store: Store, django_assert_num_queries: object) -> None:
    mine = make_level(store=store, on_hand=-1)
    make_level(on_hand=-1)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert [(row, row.product.name, row.store.name) for row in below_zero(store.pk)] == [
            (mine, mine.product.name, store.name)
        ]


# --- Sold out today ----------------------------------------------------------------------------------------------


def sell(level: StockLevel, pieces: int, at: datetime, receipt: str = "") -> None:
    """Through the till's own service."""
    post_sale(
        store=level.store,
        receipt=receipt or f"{level.pk}-{at:%d%H%M}-{pieces}",
        sold_at=at,
        lines=[LineIn(level.product.sku, pieces, Decimal(2))],
        now=at,
    )


def test_the_last_piece_sold_today_is_news(store: Store) -> None:
    level = make_level(store=store, product=make_product(sku="TEA", name="Tea"), on_hand=6)
    sell(level, 5, NOW - timedelta(hours=2))
    assert sold_out_today(NOW, 10) == []
    sell(level, 1, NOW - timedelta(hours=1))
    (alert,) = sold_out_today(NOW, 10)
    assert (alert.product_id, alert.sku, alert.product, alert.store) == (level.product_id, "TEA", "Tea", store.name)
    assert (alert.held, alert.last_sold_at, alert.pieces) == (0, NOW - timedelta(hours=1), 6)
    # A delivery ends it.
    move_stock([Move(level.pk, StockMovement.Kind.DELIVERY, 1)], occurred_at=NOW, now=NOW)
    assert sold_out_today(NOW, 10) == []


def test_pieces_that_are_all_held_are_none_to_sell(store: Store) -> None:
    level = make_level(store=store, on_hand=6, held=2)
    sell(level, 4, NOW - timedelta(hours=1))
    assert [(row.held, row.pieces) for row in sold_out_today(NOW, 10)] == [(2, 4)]


def test_today_is_the_day_of_the_stores_clock(store: Store) -> None:
    level = make_level(store=store, on_hand=4)
    sell(level, 4, datetime(2026, 3, 3, 23, 59, tzinfo=NEW_YORK))
    assert sold_out_today(datetime(2026, 3, 4, 0, 1, tzinfo=NEW_YORK), 10) == []
    assert len(sold_out_today(datetime(2026, 3, 3, 23, 59, 30, tzinfo=NEW_YORK), 10)) == 1


@pytest.mark.parametrize(("days", "is_news"), [(USUAL_DAYS - 1, True), (USUAL_DAYS + 1, False)])
def test_usual_is_what_the_last_four_weeks_sold(store: Store, days: int, is_news: bool) -> None:
    level = make_level(store=store, on_hand=USUAL_PIECES)
    sell(level, USUAL_PIECES - 1, NOW - timedelta(days=days))
    sell(level, 1, NOW - timedelta(hours=1))
    assert bool(sold_out_today(NOW, 10)) is is_news


def test_only_sales_make_a_seller(store: Store) -> None:
    """What was damaged or stolen left the shelf too; nobody was asked for it."""
    level = make_level(store=store, on_hand=10)
    make_movement(level, quantity=-9, kind=StockMovement.Kind.DAMAGE, occurred_at=NOW - timedelta(days=1))
    StockLevel.objects.filter(pk=level.pk).update(on_hand=1)
    sell(level, 1, NOW - timedelta(hours=1))
    assert sold_out_today(NOW, 10) == []


def test_what_did_not_sell_today_is_no_news_of_today(store: Store) -> None:
    level = make_level(store=store, on_hand=9)
    sell(level, 9, NOW - timedelta(days=2))
    make_sale([(make_product(), 1)], store=store, sold_at=NOW)
    assert sold_out_today(NOW, 10) == []


def test_best_sellers_come_first_up_to_the_limit(store: Store) -> None:
    for pieces, name in ((5, "Bread"), (9, "Milk"), (5, "Apples"), (7, "Eggs")):
        level = make_level(store=store, product=make_product(name=name), on_hand=pieces)
        sell(level, pieces, NOW - timedelta(hours=1), receipt=name)
    assert [row.product for row in sold_out_today(NOW, 10)] == ["Milk", "Eggs", "Apples", "Bread"]
    assert [row.product for row in sold_out_today(NOW, 2)] == ["Milk", "Eggs"]


def test_a_product_that_another_store_has_is_sold_out_here_all_the_same(store: Store) -> None:
    tea, other = make_product(sku="TEA"), make_store(time_zone="America/New_York")
    here, there = make_level(store=store, product=tea, on_hand=5), make_level(store=other, product=tea, on_hand=50)
    sell(here, 5, NOW - timedelta(hours=1))
    sell(there, 5, NOW - timedelta(hours=1))
    assert [row.store for row in sold_out_today(NOW, 10)] == [store.name]
    assert [row.store for row in sold_out_today(NOW, 10, store.pk)] == [store.name]
    assert sold_out_today(NOW, 10, other.pk) == []
