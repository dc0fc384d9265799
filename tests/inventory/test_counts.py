"""Counting while selling goes on: corrections, surprises and recounts, late counts, and what they settle."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.counting import is_surprise
from inventory.models import (
    Discrepancy,
    Hold,
    ShelfBelief,
    ShelfObservation,
    StockCount,
    StockLevel,
    StockMovement,
    WaitlistEntry,
)
from inventory.services.counts import post_count
from inventory.services.ledger_check import check_ledger
from inventory.services.sales import LineIn, post_sale
from inventory.services.waitlist import join_waitlist
from inventory.shelf_filter import pack
from tests.factories import NOW, make_customer, make_level, make_movement, make_product

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def tea(on_hand: int) -> StockLevel:
    """A level that was opened yesterday, so that counts of this morning find something in the book."""
    level = make_level(product=make_product(sku="TEA"))
    level.on_hand = on_hand
    level.save()
    if on_hand:
        make_movement(level, quantity=on_hand, occurred_at=NOW - timedelta(days=1))
    return level


def count(level: StockLevel, counted: int, minutes_ago: int = 0, **values: object) -> StockCount:
    at = NOW - minutes_ago * MINUTE
    return post_count(level=level, counted=counted, counted_at=at, now=NOW, **values)  # type: ignore[arg-type]


def sell(level: StockLevel, receipt: str, pieces: int, minutes_ago: int) -> None:
    lines = [LineIn("TEA", pieces, Decimal(2))]
    post_sale(store=level.store, receipt=receipt, sold_at=NOW - minutes_ago * MINUTE, lines=lines, now=NOW)


def test_a_count_corrects_the_book_and_says_why() -> None:
    level = tea(5)
    made = count(level, 4)
    level.refresh_from_db()
    moved = StockMovement.objects.get(kind="COUNT")
    assert (made.state, made.counted, made.book) == ("APPLIED", 4, 5)
    assert (level.on_hand, level.last_counted_at, level.last_counted_quantity) == (4, NOW, 4)
    assert (moved.quantity, moved.on_hand_after, moved.reason) == (-1, 4, "Counted 4, the book said 5")
    seen = ShelfObservation.objects.get()
    assert (seen.kind, seen.was_there, seen.book) == ("COUNT", True, 5)
    assert check_ledger().wrong == 0


def test_a_count_that_agrees_moves_nothing() -> None:
    level = tea(5)
    count(level, 5)
    level.refresh_from_db()
    assert (level.on_hand, level.last_counted_at) == (5, NOW)
    assert not StockMovement.objects.filter(kind="COUNT").exists()


def test_what_was_sold_since_the_count_is_accounted_for() -> None:
    """The phone was offline for half an hour, and two were sold meanwhile."""
    level = tea(5)
    sell(level, "R1", 2, minutes_ago=10)
    made = count(level, 4, minutes_ago=30)
    level.refresh_from_db()
    assert (made.book, level.on_hand) == (5, 2)


def test_a_surprise_waits_and_the_recount_decides() -> None:
    level = tea(10)
    first = count(level, 2, minutes_ago=5)
    level.refresh_from_db()
    assert (first.state, level.on_hand, level.last_counted_at) == ("SURPRISE", 10, None)
    assert not ShelfObservation.objects.exists()
    second = count(level, 3)
    level.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state, level.on_hand) == ("REPLACED", "APPLIED", 3)


def test_a_late_surprise_is_decided_by_the_count_that_came_before_it() -> None:
    """As in the right order: the earlier is the surprise, the later its recount."""
    level = tea(10)
    later = count(level, 3, minutes_ago=5)
    earlier = count(level, 2, minutes_ago=20)
    later.refresh_from_db()
    level.refresh_from_db()
    assert (earlier.state, later.state, level.on_hand) == ("REPLACED", "APPLIED", 3)


def test_a_late_count_corrects_its_own_moment_only() -> None:
    level = tea(5)
    newer = count(level, 3, minutes_ago=5)
    older = count(level, 4, minutes_ago=20)
    newer.refresh_from_db()
    level.refresh_from_db()
    assert (older.book, newer.book) == (5, 4)
    assert (level.on_hand, level.last_counted_quantity) == (3, 3)
    assert sorted(StockMovement.objects.filter(kind="COUNT").values_list("quantity", flat=True)) == [-2, -1, 1]
    assert check_ledger().wrong == 0


def test_the_same_count_again_is_the_same_count() -> None:
    level = tea(10)
    assert count(level, 2).pk == count(level, 2).pk
    assert StockCount.objects.get().state == "SURPRISE"


def test_a_count_settles_what_was_missing() -> None:
    level = tea(0)
    sell(level, "R1", 2, minutes_ago=10)
    assert Discrepancy.objects.get().settled_at is None
    count(level, 0)
    found = Discrepancy.objects.get()
    assert (found.settled_at, found.explanation) == (NOW, "Counted.")


def test_what_a_count_finds_goes_to_the_first_in_line() -> None:
    level = tea(0)
    join_waitlist(
        customer=make_customer(), product=level.product, stores=[level.store], wants=WaitlistEntry.Wants.HOLD, now=NOW
    )
    count(level, 1)
    level.refresh_from_db()
    assert (level.on_hand, level.held) == (1, 1)
    assert Hold.objects.get().because == "WAITLIST"


def test_counts_of_the_future_and_of_too_much_are_refused() -> None:
    level = tea(5)
    for counted, at, code in (
        (1, NOW + MINUTE, "FUTURE"),
        (-1, NOW, "TOO_MANY_PIECES"),
        (10**7, NOW, "TOO_MANY_PIECES"),
    ):
        with pytest.raises(ValidationError) as caught:
            post_count(level=level, counted=counted, counted_at=at, now=NOW)
        assert caught.value.code == code
    assert not StockCount.objects.exists()


def test_a_count_costs_the_same_whatever_was_sold() -> None:
    level = tea(100)
    costs = []
    for number in (1, 20):
        for sold in range(number):
            sell(level, f"R{number}-{sold}", 1, minutes_ago=5)
        with CaptureQueriesContext(connection) as captured:
            count(level, StockLevel.objects.get(pk=level.pk).on_hand - 1, minutes_ago=21 - number)
        costs.append(len(captured))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("believed", "state"), [([6, 1, 1, 1, 1, 1, 1], "APPLIED"), ([0, 0, 0, 0, 0, 1, 60], "SURPRISE")]
)
def test_an_empty_shelf_that_was_doubted_is_no_surprise(believed: list[int], state: str) -> None:
    level = tea(6)
    ShelfBelief.objects.create(
        level=level,
        store=level.store,
        weights=pack(np.array([believed], float))[0],
        believed_at=NOW,
        pace_per_day=1,
        loss_per_day=0.1,
        chance=0.5,
        mean=2,
    )
    assert count(level, 0).state == state


@pytest.mark.parametrize(
    ("counted", "book", "is_odd"),
    [
        (5, 5, False),
        (3, 5, False),
        (2, 5, True),
        (8, 10, False),
        (7, 10, True),
        (82, 100, False),
        (79, 100, True),
        (2, -3, True),
        (0, 0, False),
        (3, 0, True),
    ],
)
def test_what_is_far_from_the_book_is_a_surprise(counted: int, book: int, is_odd: bool) -> None:
    assert is_surprise(counted, book) is is_odd


def test_what_was_believed_decides_where_it_is_known() -> None:
    doubted = {0: 0.6, 1: 0.1, 2: 0.1, 3: 0.1, 10: 0.1}
    sure = {10: 0.97, 9: 0.02, 0: 0.01}
    assert not is_surprise(0, 10, expected=doubted)
    assert is_surprise(0, 10, expected=sure)
