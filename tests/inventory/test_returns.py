"""What comes back: sellable or not, once per slip, and to the first in line."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Interaction
from inventory.models import Hold, Return, StockLevel, StockMovement, WaitlistEntry
from inventory.services.counts import post_count
from inventory.services.ledger_check import check_ledger
from inventory.services.receipts import UnknownSkuError
from inventory.services.returns import ReturnExistsError, ReturnLineIn, post_return
from inventory.services.waitlist import join_waitlist
from tests.factories import NOW, make_customer, make_level, make_product, make_store

pytestmark = pytest.mark.django_db
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def tea(on_hand: int = 5) -> StockLevel:
    return make_level(on_hand=on_hand, product=make_product(sku="TEA"))


def back(level: StockLevel, *lines: ReturnLineIn, number: str = "B1", loyalty_number: str = "", ago: int = 0) -> Return:
    return post_return(
        store=level.store,
        number=number,
        returned_at=NOW - timedelta(minutes=ago),
        lines=lines,
        now=NOW,
        receipt="R1",
        loyalty_number=loyalty_number,
    )


def line(quantity: int = 1, *, is_sellable: bool = True, sku: str = "TEA", refund: str = "9.99") -> ReturnLineIn:
    return ReturnLineIn(sku, quantity, Decimal(refund), is_sellable=is_sellable)


def test_a_return_writes_slip_book_counter_and_ledger() -> None:
    level = tea()
    customer = make_customer(loyalty_number="L-100")
    made = back(level, line(2), loyalty_number="L-100")
    level.refresh_from_db()
    entry = Interaction.objects.get(pk=made.interaction_id)
    moved = StockMovement.objects.get(kind="RETURN")
    assert (level.on_hand, moved.quantity, moved.on_hand_after) == (7, 2, 7)
    assert (made.total, made.customer_id, made.lines.get().quantity) == (Decimal("19.98"), customer.pk, 2)
    assert (entry.kind, entry.subject, entry.customer_id) == ("RETURN", "return:B1", customer.pk)
    assert entry.facts == {"return": "B1", "receipt": "R1", "pieces": 2, "total": "19.98", "currency": "USD"}
    assert check_ledger().wrong == 0


def test_what_nobody_would_buy_goes_in_and_out_again() -> None:
    level = tea()
    back(level, line(2, is_sellable=False), line(1))
    level.refresh_from_db()
    rows = StockMovement.objects.exclude(kind="OPENING").order_by("pk").values_list("kind", "quantity", "on_hand_after")
    assert list(rows) == [("RETURN", 2, 7), ("DAMAGE", -2, 5), ("RETURN", 1, 6)]
    assert level.on_hand == 6


def test_a_slip_is_taken_once_per_store() -> None:
    level = tea()
    back(level, line())
    with pytest.raises(ReturnExistsError):
        back(level, line())
    other = make_level(store=make_store(), product=level.product)
    back(other, line())
    assert Return.objects.count() == 2


def test_what_comes_back_goes_to_the_first_in_line() -> None:
    level = tea(on_hand=0)
    stores = [level.store]
    wants = WaitlistEntry.Wants.HOLD
    join_waitlist(customer=make_customer(), product=level.product, stores=stores, wants=wants, now=NOW)
    back(level, line(is_sellable=False), number="B1")
    assert not Hold.objects.exists()
    back(level, line(), number="B2")
    assert Hold.objects.get().because == "WAITLIST"


def test_a_return_that_a_count_has_seen_moves_nothing() -> None:
    level = tea()
    counted = post_count(level=level, counted=5, counted_at=NOW, now=NOW)
    back(level, line(), ago=30)
    level.refresh_from_db()
    counted.refresh_from_db()
    assert (level.on_hand, counted.book) == (5, 6)
    undone = StockMovement.objects.filter(kind="COUNT").get()
    assert (undone.quantity, undone.occurred_at) == (-1, NOW)
    assert undone.reason == f"The count of {NOW:%Y-%m-%d %H:%M} had seen it"


def test_wrong_slips_write_nothing() -> None:
    level = tea()
    with pytest.raises(UnknownSkuError):
        back(level, line(sku="NIX"))
    for lines, code in (
        ([], "NO_LINES"),
        ([line(10**6)], "TOO_MANY_PIECES"),
        ([line(100_000, refund="9999999.00")], "TOTAL_TOO_LARGE"),
    ):
        with pytest.raises(ValidationError) as caught:
            back(level, *lines)
        assert caught.value.code == code
    assert (Return.objects.count(), Interaction.objects.count()) == (0, 0)


def test_statements_do_not_grow_with_lines() -> None:
    store = make_store()
    skus = [make_level(store=store, on_hand=1).product.sku for _ in range(20)]
    costs = []
    for size in (2, 20):
        lines = [line(sku=sku) for sku in skus[:size]]
        with CaptureQueriesContext(connection) as captured:
            post_return(store=store, number=f"B{size}", returned_at=NOW, lines=lines, now=NOW)
        costs.append(len([query for query in captured if not query["sql"].startswith(NOT_COUNTED)]))
    assert costs[0] == costs[1]
