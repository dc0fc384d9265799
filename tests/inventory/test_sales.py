"""A sale from the till: everything in one transaction, accepted whatever the book says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from customers.models import Interaction
from inventory.models import Discrepancy, Sale, SaleLine, StockChange, StockLevel, StockMovement
from inventory.services.counts import post_count
from inventory.services.receipts import once_per_store
from inventory.services.sales import LineIn, ReceiptExistsError, UnknownSkuError, post_sale
from tests.factories import NOW, make_customer, make_level, make_product, make_store

pytestmark = pytest.mark.django_db
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
MOST_STATEMENTS = 8


def line(sku: str, quantity: int = 1, price: str = "9.99") -> LineIn:
    return LineIn(sku, quantity, Decimal(price))


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if not query["sql"].startswith(NOT_COUNTED)]


def test_sale_writes_lines_counters_book_and_ledger() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    customer = make_customer(loyalty_number="L-100")

    sale = post_sale(
        store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA", 2)], now=NOW, loyalty_number="l 100"
    )

    level.refresh_from_db()
    moved = StockMovement.objects.get(kind=StockMovement.Kind.SALE)
    entry = Interaction.objects.get(pk=sale.interaction_id)
    assert (level.on_hand, level.last_sold_at) == (3, NOW)
    assert moved.sale_line_id == sale.lines.get().pk
    assert (moved.quantity, moved.on_hand_after, moved.held_after) == (-2, 3, 0)
    assert (entry.customer_id, entry.store_id, entry.subject) == (customer.pk, level.store_id, "sale:R1")
    assert entry.facts == {"receipt": "R1", "pieces": 2, "total": "19.98", "currency": "USD"}
    assert (sale.total, sale.customer_id) == (Decimal("19.98"), customer.pk)
    assert StockChange.objects.values_list("level_id", flat=True).get() == level.pk


def test_one_line_takes_at_most_eight_statements() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    make_customer(loyalty_number="L-100")
    post_sale(store=level.store, receipt="R0", sold_at=NOW, lines=[line("TEA")], now=NOW)  # remembers well-known ids

    with CaptureQueriesContext(connection) as captured:
        post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA")], now=NOW, loyalty_number="L-100")

    assert len(statements(captured)) == MOST_STATEMENTS


def test_statements_do_not_grow_with_lines() -> None:
    store = make_store()
    skus = [make_level(store=store, on_hand=5).product.sku for _ in range(20)]
    post_sale(store=store, receipt="R0", sold_at=NOW, lines=[line(skus[0])], now=NOW)

    counts = []
    for size in (2, 20):
        with CaptureQueriesContext(connection) as captured:
            post_sale(store=store, receipt=f"R{size}", sold_at=NOW, lines=[line(sku) for sku in skus[:size]], now=NOW)
        counts.append(len(statements(captured)))

    assert counts[0] == counts[1]


def test_sale_beyond_the_book_is_accepted_and_opens_a_discrepancy() -> None:
    level = make_level(on_hand=1, product=make_product(sku="TEA"))

    sale = post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA", 3)], now=NOW)

    level.refresh_from_db()
    found = Discrepancy.objects.get()
    assert level.on_hand == -2
    assert (found.level_id, found.sale_id, found.missing, found.settled_at) == (level.pk, sale.pk, 2, None)


def test_second_short_sale_counts_only_its_own_pieces() -> None:
    level = make_level(on_hand=0, product=make_product(sku="TEA"))
    for number in (1, 2):
        post_sale(store=level.store, receipt=f"R{number}", sold_at=NOW, lines=[line("TEA")], now=NOW)
    assert list(Discrepancy.objects.order_by("pk").values_list("missing", flat=True)) == [1, 1]


def test_product_new_to_the_store_gets_a_level() -> None:
    store, product = make_store(), make_product(sku="TEA")
    post_sale(store=store, receipt="R1", sold_at=NOW, lines=[line("TEA")], now=NOW)
    assert StockLevel.objects.get(store=store, product=product).on_hand == -1


def test_same_product_on_two_lines_keeps_both_balances() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA", 2), line("TEA", 1)], now=NOW)
    rows = StockMovement.objects.filter(kind=StockMovement.Kind.SALE).order_by("pk")
    assert list(rows.values_list("quantity", "on_hand_after")) == [(-2, 3), (-1, 2)]


def test_late_sale_does_not_set_the_last_sale_back() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA")], now=NOW)
    post_sale(store=level.store, receipt="R2", sold_at=NOW - timedelta(days=3), lines=[line("TEA")], now=NOW)
    level.refresh_from_db()
    assert (level.on_hand, level.last_sold_at) == (3, NOW)


def test_a_sale_that_a_count_has_seen_is_written_and_undone() -> None:
    level = make_level(on_hand=1, product=make_product(sku="TEA"))
    counted = post_count(level=level, counted=1, counted_at=NOW, now=NOW)
    sold_at = NOW - timedelta(hours=1)
    post_sale(store=level.store, receipt="R1", sold_at=sold_at, lines=[line("TEA", 2)], now=NOW)
    level.refresh_from_db()
    counted.refresh_from_db()
    rows = StockMovement.objects.exclude(kind="OPENING").order_by("pk")
    assert (level.on_hand, level.last_sold_at, counted.book) == (1, sold_at, -1)
    assert list(rows.values_list("kind", "quantity", "occurred_at", "on_hand_after"))[-2:] == [
        ("SALE", -2, sold_at, -1),
        ("COUNT", 2, NOW, 1),
    ]
    assert not Discrepancy.objects.exists()


def test_a_sale_after_the_count_moves_the_counter() -> None:
    level = make_level(on_hand=2, product=make_product(sku="TEA"))
    post_count(level=level, counted=2, counted_at=NOW, now=NOW)
    later = NOW + timedelta(hours=1)
    post_sale(store=level.store, receipt="R1", sold_at=later, lines=[line("TEA")], now=later)
    assert StockLevel.objects.get(pk=level.pk).on_hand == 1


def test_unknown_sku_names_its_line_and_writes_nothing() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    with pytest.raises(UnknownSkuError) as caught:
        post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA"), line("NIX")], now=NOW)
    level.refresh_from_db()
    assert caught.value.line == 1
    assert (level.on_hand, Sale.objects.count(), Interaction.objects.count()) == (5, 0, 0)


def test_receipt_is_taken_once_per_store() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA")], now=NOW)
    with pytest.raises(ReceiptExistsError):
        post_sale(store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA")], now=NOW)
    level.refresh_from_db()
    assert (level.on_hand, SaleLine.objects.count()) == (4, 1)


def test_other_faults_of_the_database_are_not_taken_for_a_known_receipt() -> None:
    with (
        pytest.raises(IntegrityError, match="another rule"),
        once_per_store("receipt_once_per_store", ReceiptExistsError("R1")),
    ):
        raise IntegrityError("another rule")


def test_receipt_without_lines_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least one line"):
        post_sale(store=make_store(), receipt="R1", sold_at=NOW, lines=[], now=NOW)


def test_unknown_loyalty_number_makes_an_anonymous_sale() -> None:
    level = make_level(on_hand=5, product=make_product(sku="TEA"))
    sale = post_sale(
        store=level.store, receipt="R1", sold_at=NOW, lines=[line("TEA")], now=NOW, loyalty_number="nobody"
    )
    assert sale.customer_id is None
