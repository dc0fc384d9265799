"""Joining and leaving the line."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import Interaction
from inventory.models import Hold, StockLevel
from inventory.services.holds import miss_hold
from inventory.services.line import serve_line
from inventory.services.waitlist import join_waitlist, leave_waitlist, position
from tests.factories import NOW, make_level, make_product, make_staff, make_store
from tests.inventory.shop import Wants, counters, deliver, shelf, somebody, states, told, wait

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_who_joins_again_adds_stores_and_keeps_his_place() -> None:
    here = shelf(0)
    there = make_level(product=here.product)
    first = wait(here)
    second = wait(there, now=NOW + timedelta(minutes=1))
    assert position(second) == 1
    again = wait(there, customer=first.customer, now=LATER)
    assert (again.pk, again.joined_at, again.stores.count()) == (first.pk, NOW, 2)
    assert (position(again), position(second)) == (1, 2)
    assert Interaction.objects.filter(kind="WAITLIST", customer=first.customer).count() == 2


def test_only_those_who_would_take_it_in_ones_own_stores_come_before() -> None:
    here = shelf(0)
    there = make_level(product=here.product)
    wait(there)
    wait(here, wants=Wants.TELL)
    assert position(wait(here, now=LATER)) == 1


def test_what_is_free_is_his_at_once() -> None:
    level = shelf(1)
    entry = wait(level)
    assert entry.state == "OFFERED"
    assert position(entry) == 0
    assert counters(level) == (1, 1)


def test_who_got_one_at_once_hears_that_it_is_not_there() -> None:
    level = shelf(1)
    entry = wait(level)
    offered = Hold.objects.get()
    miss_hold(hold=offered, staff=make_staff(), now=LATER)
    assert (offered.because, told(entry.customer)) == ("SHOPPER", ["hold-not-found"])
    assert states(entry) == ["WAITING"]
    # Whose turn comes later never knew of it.
    deliver(level, 1, now=LATER)
    assert states(entry) == ["OFFERED"]
    miss_hold(hold=Hold.objects.latest("id"), staff=make_staff(), now=LATER + timedelta(hours=1))
    assert told(entry.customer) == ["hold-not-found"]


def test_who_only_wants_to_hear_of_it_hears_at_once() -> None:
    entry = wait(shelf(1), wants=Wants.TELL)
    assert (entry.state, told(entry.customer)) == ("SERVED", ["back-in-stock"])


def test_a_store_that_never_had_it_gets_a_level_to_wait_at() -> None:
    shelf(0)
    product, store = make_product(), make_store()
    entry = join_waitlist(customer=somebody(), product=product, stores=[store], wants=Wants.HOLD, now=NOW)
    level = StockLevel.objects.get(product=product, store=store)
    deliver(level, 1)
    serve_line([level.pk], now=NOW)
    assert states(entry) == ["OFFERED"]


def test_who_leaves_gives_his_piece_to_the_next() -> None:
    level = shelf(1)
    first, second = wait(level), wait(level, now=LATER)
    assert states(first, second) == ["OFFERED", "WAITING"]
    assert leave_waitlist(entry=first, now=LATER).state == "LEFT"
    assert states(first, second) == ["LEFT", "OFFERED"]
    assert [row.state for row in Hold.objects.order_by("id")] == ["RELEASED", "REQUESTED"]
    assert counters(level) == (1, 1)


def test_who_has_left_stays_gone_and_may_come_back_at_the_end() -> None:
    level = shelf(0)
    first, second = wait(level), wait(level, now=LATER)
    left = leave_waitlist(entry=first, now=NOW)
    assert leave_waitlist(entry=first, now=LATER).ended_at == left.ended_at
    back = wait(level, customer=first.customer, now=LATER + timedelta(hours=1))
    assert (position(second), position(back)) == (1, 2)


@pytest.mark.parametrize(("quantity", "stores", "code"), [(3, 1, "TOO_MANY_PIECES"), (1, 0, "NO_STORES")])
def test_what_can_not_be_waited_for(quantity: int, stores: int, code: str) -> None:
    level = shelf(0)
    with pytest.raises(ValidationError) as refused:
        join_waitlist(
            customer=somebody(),
            product=level.product,
            stores=[level.store][:stores],
            wants=Wants.HOLD,
            quantity=quantity,
            now=NOW,
        )
    assert refused.value.code == code
