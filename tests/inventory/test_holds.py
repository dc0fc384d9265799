"""Promises: at most as many as there are, however many ask at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F

from customers.models import Customer, Interaction
from inventory.models import Hold, HoldEvent, StockLevel, StockMovement
from inventory.services.holds import place_hold
from tests.factories import NOW, make_customer, make_level

BUYERS, PIECES = 16, 5


@pytest.mark.django_db
def test_hold_puts_aside_and_tells_the_ledger() -> None:
    level, customer = make_level(on_hand=2), make_customer()
    hold = place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=NOW)
    level.refresh_from_db()
    moved = StockMovement.objects.get(kind=StockMovement.Kind.HOLD_PLACED)
    event = HoldEvent.objects.get(hold=hold)
    assert (level.on_hand, level.held, level.free) == (2, 1, 1)
    assert (moved.quantity, moved.held_change, moved.held_after, moved.hold_id) == (0, 1, 1, hold.pk)
    assert Interaction.objects.get(pk=event.interaction_id).subject == f"hold:{hold.pk}"
    # The closing time after 24 hours, in the store's clock.
    assert hold.expires_at == datetime(2026, 3, 6, 1, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_nothing_free_is_refused_and_changes_nothing() -> None:
    level = make_level(on_hand=1, held=1)
    with pytest.raises(ValidationError) as caught:
        place_hold(customer=make_customer(), level=level, because=Hold.Because.STAFF, now=NOW)
    level.refresh_from_db()
    assert (caught.value.code, level.held, Hold.objects.count()) == ("NOTHING_FREE", 1, 0)


@pytest.mark.django_db
def test_one_customer_holds_one_thing_once() -> None:
    level, customer = make_level(on_hand=5), make_customer()
    place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=NOW)
    with pytest.raises(ValidationError) as caught:
        place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=NOW)
    level.refresh_from_db()
    assert (caught.value.code, level.held) == ("ALREADY_HELD", 1)


def rush(level: StockLevel, customers: list[Customer], take: Callable[[Customer, threading.Barrier], bool]) -> int:
    """All customers at once, each in a thread with a connection of its own; how many got one."""
    barrier, got = threading.Barrier(len(customers)), []

    def buy(customer: Customer) -> None:
        try:
            got.append(take(customer, barrier))
        finally:
            connection.close()

    threads = [threading.Thread(target=buy, args=[customer]) for customer in customers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(got)


@pytest.mark.django_db(transaction=True)
def test_more_buyers_than_pieces_get_exactly_the_pieces() -> None:
    level, customers = make_level(on_hand=PIECES), [make_customer() for _ in range(BUYERS)]

    def take(customer: Customer, barrier: threading.Barrier) -> bool:
        barrier.wait()
        try:
            place_hold(customer=customer, level=level, because=Hold.Because.SHOPPER, now=NOW)
        except ValidationError:
            return False
        return True

    assert rush(level, customers, take) == PIECES
    level.refresh_from_db()
    assert (level.held, Hold.objects.count()) == (PIECES, PIECES)


@pytest.mark.django_db(transaction=True)
def test_reading_before_writing_would_oversell() -> None:
    """Negative control: with the condition taken out of the UPDATE, the same rush promises too much."""
    level, customers = make_level(on_hand=PIECES), [make_customer() for _ in range(BUYERS)]

    def take(customer: Customer, barrier: threading.Barrier) -> bool:
        seen = StockLevel.objects.get(pk=level.pk)
        barrier.wait()
        if seen.free < 1:
            return False
        StockLevel.objects.filter(pk=level.pk).update(held=F("held") + 1)
        return True

    assert rush(level, customers, take) > PIECES
