"""Many want the last pieces at once, in processes of their own: none is sold twice, none is left, nobody hoards."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import Customer
from inventory.models import Hold, StockLevel, StockMovement
from inventory.services.holds import expire_due, place_hold
from inventory.services.ledger_check import check_ledger
from inventory.services.sales import LineIn, post_sale
from inventory.services.stock import Move, move_stock
from tests.factories import NOW, make_customer, make_level, make_product, make_wellknown
from tests.inventory.test_ledger_crowd import at_once
from tests.processes import let_go, start

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES, PIECES, TOO_MANY = 8, 1000, 40
# Of one contact, from several processes.
ATTEMPTS = 1000


def crowd(count: int) -> list[Customer]:
    return Customer.objects.bulk_create([Customer(created_at=NOW) for _ in range(count)])


def rush(how: str, level: StockLevel, customers: list[Customer]) -> int:
    """All of them at once, in as many processes; how many were promised a piece."""
    share = len(customers) // PROCESSES
    parts = [customers[start : start + share] for start in range(0, len(customers), share)]
    buyers = [start("tests.inventory.buyer", how, level.pk, part[0].pk, part[-1].pk, 1) for part in parts]
    return sum(map(int, let_go(buyers)))


def test_a_thousand_last_pieces_are_promised_once_each() -> None:
    make_wellknown()
    level = make_level(on_hand=PIECES)
    promised = rush("fair", level, crowd(PIECES + TOO_MANY))
    level.refresh_from_db()
    oversold, unsold = max(0, promised - PIECES), max(0, PIECES - promised)
    assert (oversold, unsold, level.held, Hold.objects.count()) == (0, 0, PIECES, PIECES)
    assert StockMovement.objects.filter(kind="HOLD_PLACED").count() == PIECES
    assert check_ledger().wrong == 0


def test_without_the_condition_the_same_rush_oversells() -> None:
    """Control."""
    make_wellknown()
    level = make_level(on_hand=PROCESSES)
    assert rush("blind", level, crowd(3 * PROCESSES)) > PROCESSES


@pytest.mark.parametrize("processes", [1, 4])
def test_a_thousand_attempts_of_one_contact_hold_one_piece(processes: int) -> None:
    make_wellknown()
    level, customer = make_level(on_hand=ATTEMPTS), make_customer()
    make_wellknown()
    own = ("shopper", level.pk, customer.pk, customer.pk, ATTEMPTS // processes)
    got = let_go([start("tests.inventory.buyer", *own) for _ in range(processes)])
    level.refresh_from_db()
    assert (sum(map(int, got)), level.held) == (1, 1)


def test_one_contact_holds_three_at_most_from_many_sides_at_once() -> None:
    make_wellknown()
    levels, customer = [make_level(on_hand=5) for _ in range(8)], make_customer()
    make_wellknown()

    def ask(side: int) -> None:
        for level in levels[side:] + levels[:side]:
            with suppress(ValidationError):
                place_hold(customer=customer, level=level, because=Hold.Because.SHOPPER, now=NOW)

    assert at_once(8, ask) == []
    assert Hold.objects.count() == 3


def held_levels() -> list[StockLevel]:
    """Six products of one store, twenty of each held."""
    products = [make_product(sku=f"B{number}") for number in range(6)]
    first = make_level(product=products[0], on_hand=500)
    levels = [first, *(make_level(store=first.store, product=product, on_hand=500) for product in products[1:])]
    for level in levels:
        for customer in crowd(20):
            place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=NOW)
    return levels


def test_opposite_baskets_of_tills_deliveries_and_expiries_all_get_through() -> None:
    """Sales, returns and expiries of the same levels, each side in another order."""
    make_wellknown()
    levels = held_levels()
    first = levels[0]

    def sell(order: list[StockLevel], side: int) -> None:
        for number in range(20):
            lines = [LineIn(level.product.sku, 1, Decimal(1)) for level in order]
            post_sale(store=first.store, receipt=f"{side}-{number}", sold_at=NOW, lines=lines, now=NOW)

    def bring_back(order: list[StockLevel], side: int) -> None:
        for _ in range(20):
            with transaction.atomic():
                move_stock([Move(level.pk, StockMovement.Kind.RETURN, 1) for level in order], occurred_at=NOW, now=NOW)

    def expire(order: list[StockLevel], side: int) -> None:
        for _ in range(20):
            expire_due(NOW + timedelta(days=9), limit=9)

    works: list[Callable[[list[StockLevel], int], None]] = [sell, bring_back, expire]

    def work(side: int) -> None:
        works[side % 3](levels if side % 2 else levels[::-1], side)

    assert at_once(6, work) == []
    # What was locked by others is left for the next turn.
    while expire_due(NOW + timedelta(days=9)):
        pass
    assert check_ledger().wrong == 0
    assert set(StockLevel.objects.values_list("on_hand", "held")) == {(500, 0)}
