"""Whatever comes free goes to who has waited longest, in the same transaction."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from customers.models import Message
from inventory.models import Hold, StockLevel, WaitlistEntry
from inventory.services.holds import expire_due, find_hold, miss_hold, release_hold
from inventory.services.line import serve_left_behind, serve_line
from inventory.services.waitlist import position
from tests.factories import NOW, make_level, make_staff, make_wait
from tests.inventory.shop import Wants, counters, deliver, hold, shelf, somebody, states, told, wait

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def in_line(level: StockLevel, count: int) -> list[WaitlistEntry]:
    """So many people, one minute after the other."""
    return [wait(level, now=NOW + timedelta(minutes=minute)) for minute in range(count)]


def test_a_delivery_is_promised_in_the_order_of_the_line() -> None:
    level = shelf(0)
    first, second, third = in_line(level, 3)
    assert [position(entry) for entry in (first, second, third)] == [1, 2, 3]
    deliver(level, 2)
    serve_line([level.pk], now=NOW)
    assert states(first, second, third) == ["OFFERED", "OFFERED", "WAITING"]
    assert counters(level) == (2, 2)
    holds = Hold.objects.order_by("id")
    assert [row.customer_id for row in holds] == [first.customer_id, second.customer_id]
    assert {(row.state, row.because) for row in holds} == {("REQUESTED", "WAITLIST")}
    assert position(third) == 1
    # He hears of it when somebody has it in hand.
    assert told(first.customer) == []


def test_nobody_can_step_in_before_who_waits() -> None:
    level = shelf(1)
    taken = hold(level)
    first = wait(level)
    release_hold(hold=taken, now=NOW)
    assert states(first) == ["OFFERED"]
    assert counters(level) == (1, 1)


def test_when_a_hold_expires_the_next_in_line_has_it() -> None:
    level = shelf(1)
    taken = hold(level)
    find_hold(hold=taken, staff=make_staff(), now=NOW)
    first, second = in_line(level, 2)
    assert expire_due(LATER) == 1
    assert states(first, second) == ["OFFERED", "WAITING"]
    offered = Hold.objects.get(customer=first.customer)
    find_hold(hold=offered, staff=make_staff(), now=LATER)
    assert told(first.customer) == ["hold-in-hand"]
    assert expire_due(LATER + timedelta(days=4)) == 1
    assert states(first, second) == ["LAPSED", "OFFERED"]
    assert counters(level) == (1, 1)


def test_an_offer_that_the_store_never_looked_for_costs_nobody_his_place() -> None:
    level = shelf(0)
    first, second = in_line(level, 2)
    deliver(level, 1)
    serve_line([level.pk], now=NOW)
    assert expire_due(LATER) == 1
    assert states(first, second) == ["OFFERED", "WAITING"]
    assert [row.customer_id for row in Hold.objects.order_by("id")] == [first.customer_id] * 2
    assert told(first.customer) == []


def test_what_is_not_found_gives_back_the_place_and_serves_nobody_from_that_shelf() -> None:
    level = shelf(0)
    first, second = in_line(level, 2)
    deliver(level, 2)
    serve_line([level.pk], now=NOW)
    miss_hold(hold=Hold.objects.get(customer=first.customer), staff=make_staff(), now=LATER)
    assert states(first, second) == ["WAITING", "OFFERED"]
    assert position(first) == 1
    assert serve_line([level.pk], now=LATER) == []
    # What comes in afterwards is really there.
    deliver(level, 1, now=LATER + timedelta(minutes=1))
    serve_line([level.pk], now=LATER + timedelta(minutes=1))
    assert states(first) == ["OFFERED"]


def test_what_is_not_found_in_one_store_is_offered_from_another() -> None:
    here = shelf(0)
    there = make_level(product=here.product)
    entry = wait(here, there)
    deliver(here, 1)
    serve_line([here.pk], now=NOW)
    deliver(there, 1)
    serve_line([there.pk], now=NOW)
    # One live offer at a time.
    assert Hold.objects.get().level_id == here.pk
    miss_hold(hold=Hold.objects.get(), staff=make_staff(), now=NOW)
    assert states(entry) == ["OFFERED"]
    assert counters(here) == (1, 0)
    assert counters(there) == (1, 1)


def test_who_asked_only_to_be_told_hears_of_what_is_left() -> None:
    level = shelf(0)
    teller = wait(level, wants=Wants.TELL)
    first = wait(level, now=NOW + timedelta(minutes=1))
    deliver(level, 1)
    serve_line([level.pk], now=NOW)
    assert states(teller, first) == ["WAITING", "OFFERED"]
    deliver(level, 1)
    for _ in range(3):
        serve_line([level.pk], now=NOW)
    assert states(teller) == ["SERVED"]
    message = Message.objects.get(customer=teller.customer)
    assert (message.kind, message.facts["store"]) == ("back-in-stock", level.store.name)
    assert counters(level) == (2, 1)


def test_who_has_one_already_waits_on() -> None:
    here = shelf(1)
    there = make_level(product=here.product)
    customer = somebody()
    entry = make_wait(customer=customer, product=here.product, stores=[there.store])
    second = wait(there)
    Hold.objects.create(
        level=here, store=here.store, customer=customer, because="STAFF", placed_at=NOW, expires_at=LATER
    )
    StockLevel.objects.filter(pk=here.pk).update(held=F("held") + 1)
    deliver(there, 1)
    serve_line([there.pk], now=NOW)
    assert states(entry, second) == ["WAITING", "OFFERED"]


def test_a_hold_on_the_page_is_what_he_waited_for() -> None:
    here = shelf(0)
    there = make_level(product=here.product, on_hand=1)
    customer = somebody()
    entry = wait(here, customer=customer)
    taken = hold(there, customer)
    entry.refresh_from_db()
    assert (entry.state, entry.hold_id) == ("OFFERED", taken.pk)


def test_more_wanted_than_is_there_keeps_nobody_from_the_rest() -> None:
    level = shelf(0)
    two = make_wait(customer=somebody(), product=level.product, stores=[level.store], quantity=2)
    one = wait(level, now=NOW + timedelta(minutes=1))
    deliver(level, 1)
    serve_line([level.pk], now=NOW)
    assert states(two, one) == ["WAITING", "OFFERED"]
    deliver(level, 2)
    serve_line([level.pk], now=NOW)
    assert states(two) == ["OFFERED"]


def test_a_level_below_zero_serves_nobody() -> None:
    level = shelf(-2)
    entry = wait(level)
    deliver(level, 1)
    assert serve_line([level.pk], now=NOW) == []
    assert states(entry) == ["WAITING"]


def test_it_costs_one_statement_when_nobody_waits() -> None:
    level = shelf(5)
    with CaptureQueriesContext(connection) as seen:
        assert serve_line([level.pk], now=NOW) == []
    assert len(seen) == 1


def test_what_was_left_behind_is_found() -> None:
    level = shelf(1)
    entry = make_wait(customer=somebody(), product=level.product, stores=[level.store])
    assert serve_left_behind(NOW) == 1
    assert states(entry) == ["OFFERED"]
    assert serve_left_behind(NOW) == 0
