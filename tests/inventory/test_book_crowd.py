"""Machines, tills and counters at once on the same shelves: nothing is lost, doubled or stuck."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from inventory.models import StockLevel, StockMovement
from inventory.services.counts import post_count
from inventory.services.ledger_check import check_ledger
from inventory.services.movements import MovementRow, post_movements
from inventory.services.returns import ReturnLineIn, post_return
from inventory.services.sales import LineIn, post_sale
from tests.factories import NOW, make_level, make_product, make_store, make_wellknown
from tests.inventory.test_ledger_crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

SKUS = tuple(f"S{number}" for number in range(6))
OPENING, ROUNDS = 50, 8


def shelves() -> list[StockLevel]:
    make_wellknown()
    store = make_store()
    return [make_level(store=store, product=make_product(sku=sku), on_hand=OPENING) for sku in SKUS]


def test_the_same_batches_from_several_machines_are_booked_once() -> None:
    levels = shelves()
    rows = [
        MovementRow(f"e{number}", SKUS[number % len(SKUS)], "DELIVERY", 1, NOW - timedelta(minutes=number))
        for number in range(60)
    ]

    def report(machine: int) -> None:
        mine = list(rows)
        Random(machine).shuffle(mine)
        for start in range(0, len(mine), 15):
            post_movements(store=levels[0].store, rows=mine[start : start + 15], now=NOW)

    assert at_once(4, report) == []
    assert set(StockLevel.objects.values_list("on_hand", flat=True)) == {OPENING + 10}
    assert StockMovement.objects.filter(kind="DELIVERY").count() == len(rows)
    assert check_ledger().wrong == 0


def test_everybody_at_once_neither_deadlocks_nor_loses_a_piece() -> None:
    levels = shelves()
    store = levels[0].store

    def work(number: int) -> None:
        order = SKUS if number % 2 else SKUS[::-1]
        for turn in range(ROUNDS):
            name, at = f"{number}-{turn}", NOW + timedelta(seconds=turn)
            if number == 0:
                for level in levels:
                    post_count(level=level, counted=OPENING, counted_at=at, now=at)
            elif number == 1:
                rows = [MovementRow(f"{name}-{sku}", sku, "DAMAGE", 1, at) for sku in order]
                post_movements(store=store, rows=rows, now=at)
            elif number == 2:
                back = [ReturnLineIn(sku, 1, Decimal(1)) for sku in order]
                post_return(store=store, number=name, returned_at=at, lines=back, now=at)
            else:
                post_sale(
                    store=store, receipt=name, sold_at=at, lines=[LineIn(s, 1, Decimal(1)) for s in order], now=at
                )

    assert at_once(4, work) == []
    assert check_ledger().wrong == 0
    moved = StockMovement.objects.filter(kind__in=["SALE", "RETURN", "DAMAGE"])
    assert moved.count() == 3 * ROUNDS * len(SKUS)
