"""Many tills at once: receipts that name the same products in opposite orders neither deadlock nor lose a piece."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import F

from inventory.models import Discrepancy, Sale, StockLevel, StockMovement
from inventory.services.ledger_check import check_ledger
from inventory.services.sales import LineIn, ReceiptExistsError, post_sale
from tests.factories import NOW, make_level, make_product, make_store, make_wellknown

pytestmark = pytest.mark.django_db(transaction=True)

TILLS, RECEIPTS, OPENING = 4, 50, 300


def at_once(tills: int, work: Callable[[int], None]) -> list[Exception]:
    """Run `work(number)` in as many threads, each with a connection of its own; what broke."""
    barrier, broken = threading.Barrier(tills), []

    def run(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(tills)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return broken


def pair() -> tuple[StockLevel, StockLevel]:
    """Two products of one store."""
    make_wellknown()
    store = make_store()
    tea, milk = (make_level(store=store, product=make_product(sku=sku), on_hand=OPENING) for sku in ("TEA", "MILK"))
    return tea, milk


def test_opposite_receipts_of_several_tills_all_get_through() -> None:
    tea, milk = pair()

    def sell(till: int) -> None:
        order = ["TEA", "MILK"] if till % 2 else ["MILK", "TEA"]
        lines = [LineIn(sku, 1, Decimal("2.50")) for sku in order]
        for number in range(RECEIPTS):
            post_sale(store=tea.store, receipt=f"{till}-{number}", sold_at=NOW, lines=lines, now=NOW)

    assert at_once(TILLS, sell) == []
    left = OPENING - TILLS * RECEIPTS
    assert list(StockLevel.objects.order_by("pk").values_list("on_hand", flat=True)) == [left, left]
    for level in (tea, milk):
        balances = StockMovement.objects.filter(level=level).order_by("pk").values_list("on_hand_after", flat=True)
        # Each balance once: no two receipts saw the same shelf.
        assert list(balances) == list(range(OPENING, left - 1, -1))
    assert Sale.objects.count() == TILLS * RECEIPTS
    assert (Discrepancy.objects.count(), check_ledger().wrong) == (0, 0)


def test_a_receipt_that_two_tills_send_at_once_is_sold_once() -> None:
    tea, _ = pair()

    def sell(till: int) -> None:
        lines = [LineIn("TEA", 1, Decimal("2.50")), LineIn("MILK", 1, Decimal("2.50"))]
        post_sale(store=tea.store, receipt="R1", sold_at=NOW, lines=lines, now=NOW)

    broken = at_once(TILLS, sell)
    assert [type(error) for error in broken] == [ReceiptExistsError] * (TILLS - 1)
    assert set(StockLevel.objects.values_list("on_hand", flat=True)) == {OPENING - 1}
    assert check_ledger().wrong == 0


def test_a_product_that_is_new_to_the_store_gets_one_level_from_two_tills() -> None:
    pair()
    store = make_store()

    def sell(till: int) -> None:
        skus = ["TEA", "MILK"] if till % 2 else ["MILK", "TEA"]
        lines = [LineIn(sku, 1, Decimal("2.50")) for sku in skus]
        post_sale(store=store, receipt=f"R{till}", sold_at=NOW, lines=lines, now=NOW)

    assert at_once(TILLS, sell) == []
    assert list(StockLevel.objects.filter(store=store).values_list("on_hand", flat=True)) == [-TILLS, -TILLS]
    assert check_ledger().wrong == 0


def test_locks_in_the_order_of_the_receipt_would_deadlock() -> None:
    """Control: two receipts that lock their levels as their lines come, one of which the database must throw out."""
    tea, milk = pair()
    first_locked = threading.Barrier(2)

    def sell(till: int) -> None:
        order = [tea.pk, milk.pk] if till % 2 else [milk.pk, tea.pk]
        with transaction.atomic():
            StockLevel.objects.filter(pk=order[0]).update(on_hand=F("on_hand") - 1)
            first_locked.wait()
            StockLevel.objects.filter(pk=order[1]).update(on_hand=F("on_hand") - 1)

    (thrown_out,) = at_once(2, sell)
    assert isinstance(thrown_out, OperationalError)
    assert "deadlock detected" in str(thrown_out)


def test_reading_the_counter_before_writing_it_would_lose_pieces() -> None:
    """Control: two tills that read, subtract and write."""
    tea, _ = pair()
    both_read = threading.Barrier(2)

    def sell(till: int) -> None:
        level = StockLevel.objects.get(pk=tea.pk)
        both_read.wait()
        StockLevel.objects.filter(pk=tea.pk).update(on_hand=level.on_hand - 1)

    assert at_once(2, sell) == []
    tea.refresh_from_db()
    assert tea.on_hand == OPENING - 1


def test_a_sale_that_fails_half_way_leaves_nothing() -> None:
    """Here at the counters, after the receipt was written."""
    tea, milk = pair()
    StockLevel.objects.filter(pk=milk.pk).update(on_hand=-(2**31))  # PostgreSQL's least integer
    lines = [LineIn("TEA", 1, Decimal("2.50")), LineIn("MILK", 1, Decimal("2.50"))]
    with pytest.raises(ValidationError, match="Count it first"):
        post_sale(store=tea.store, receipt="R1", sold_at=NOW, lines=lines, now=NOW)
    tea.refresh_from_db()
    assert (tea.on_hand, Sale.objects.count(), StockMovement.objects.filter(kind="SALE").count()) == (OPENING, 0, 0)
