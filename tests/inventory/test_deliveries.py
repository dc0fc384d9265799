"""Deliveries and transfers: nothing is in a book while it is on its way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models import Store
from inventory.models import Delivery, Discrepancy, Hold, StockLevel, StockMovement, WaitlistEntry
from inventory.services.counts import post_count
from inventory.services.deliveries import cancel_delivery, expect_delivery, receive_delivery, send_transfer
from inventory.services.ledger_check import check_ledger
from inventory.services.waitlist import join_waitlist
from tests.factories import NOW, make_customer, make_level, make_product, make_store

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def expect(store: Store, lines: dict[int, int], number: str = "D1") -> Delivery:
    return expect_delivery(store=store, number=number, expected_at=LATER, lines=lines, now=NOW)


def refusal(call: Any, **values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        call(**values)
    return str(caught.value.code)


def on_hand(level: StockLevel) -> int:
    return StockLevel.objects.get(pk=level.pk).on_hand


def test_what_is_expected_is_in_no_book() -> None:
    level = make_level(on_hand=1)
    delivery = expect(level.store, {level.product_id: 6})
    assert (delivery.state, delivery.lines.get().expected, on_hand(level)) == ("EXPECTED", 6, 1)


def test_short_and_over_are_kept_on_their_lines() -> None:
    store = make_store()
    short, over, none = (make_level(store=store).product_id for _ in range(3))
    delivery = expect(store, {short: 6, over: 6, none: 6})
    done = receive_delivery(delivery=delivery, received={short: 4, over: 7}, now=LATER)
    assert (done.state, done.ended_at) == ("RECEIVED", LATER)
    assert dict(done.lines.values_list("product_id", "received")) == {short: 4, over: 7, none: 0}
    levels = dict(StockLevel.objects.values_list("product_id", "on_hand"))
    assert levels == {short: 4, over: 7, none: 0}
    moved = StockMovement.objects.filter(kind="DELIVERY").order_by("pk").values_list("quantity", "reason")
    assert list(moved) == [(4, "Delivery D1"), (7, "Delivery D1")]
    assert check_ledger().wrong == 0


def test_it_is_received_once() -> None:
    level = make_level()
    delivery = expect(level.store, {level.product_id: 6})
    for pieces in (6, 3):
        receive_delivery(delivery=delivery, received={level.product_id: pieces}, now=LATER)
    assert on_hand(level) == 6
    assert refusal(cancel_delivery, delivery=delivery, now=LATER) == "NOT_EXPECTED"


def test_what_is_not_on_it_is_refused() -> None:
    level = make_level()
    delivery = expect(level.store, {level.product_id: 6})
    other = make_product().pk
    assert refusal(receive_delivery, delivery=delivery, received={other: 1}, now=LATER) == "NOT_ON_DELIVERY"
    assert refusal(receive_delivery, delivery=delivery, received={level.product_id: -1}, now=LATER) == "TOO_MANY_PIECES"
    assert refusal(expect, store=level.store, lines={level.product_id: 1}) == "NUMBER_EXISTS"
    assert refusal(expect, store=level.store, lines={}, number="D2") == "NOTHING_IN_IT"
    delivery.refresh_from_db()
    assert delivery.state == "EXPECTED"


def test_a_delivery_settles_what_was_missing_and_serves_the_line() -> None:
    level = make_level()
    StockLevel.objects.filter(pk=level.pk).update(on_hand=-1)
    Discrepancy.objects.create(level=level, missing=1, opened_at=NOW)
    join_waitlist(
        customer=make_customer(), product=level.product, stores=[level.store], wants=WaitlistEntry.Wants.HOLD, now=NOW
    )
    receive_delivery(delivery=expect(level.store, {level.product_id: 2}), received={level.product_id: 2}, now=LATER)
    assert Discrepancy.objects.get().explanation == "A delivery came that the book had not had."
    assert Hold.objects.get().level_id == level.pk


def test_on_the_way_between_stores_it_is_nowhere() -> None:
    level, other = make_level(on_hand=5), make_store()
    sent = send(level, other, 3)
    assert (on_hand(level), StockLevel.objects.filter(store=other).exists()) == (2, False)
    receive_delivery(delivery=sent, received={level.product_id: 2}, now=LATER)
    there = StockLevel.objects.get(store=other)
    assert (on_hand(level), there.on_hand, there.last_received_at) == (2, 2, LATER)
    kinds = StockMovement.objects.exclude(kind="OPENING").order_by("pk").values_list("kind", "quantity", "reason")
    assert list(kinds) == [("TRANSFER_OUT", -3, "Transfer T1"), ("TRANSFER_IN", 2, "Transfer T1")]
    assert check_ledger().wrong == 0


def send(level: StockLevel, to: Store, pieces: int, now: datetime = NOW) -> Delivery:
    lines = {level.product_id: pieces}
    return send_transfer(sender=level.store, receiver=to, number="T1", expected_at=LATER, lines=lines, now=now)


def test_a_transfer_called_off_goes_back_to_its_sender() -> None:
    level = make_level(on_hand=5)
    sent = send(level, make_store(), 3)
    for _ in range(2):
        assert cancel_delivery(delivery=sent, now=LATER).state == "CANCELLED"
    assert on_hand(level) == 5
    assert refusal(receive_delivery, delivery=sent, received={}, now=LATER) == "NOT_EXPECTED"


def test_what_is_put_aside_is_not_sent_away() -> None:
    level = make_level(on_hand=3, held=1)
    assert refusal(send, level=level, to=make_store(), pieces=3) == "NOT_FREE"
    assert refusal(send, level=level, to=level.store, pieces=1) == "SAME_STORE"
    assert (on_hand(level), Delivery.objects.count()) == (3, 0)


def test_a_delivery_told_after_the_count_that_saw_it_changes_nothing() -> None:
    level = make_level()
    delivery = expect(level.store, {level.product_id: 2})
    counted = post_count(level=level, counted=2, counted_at=LATER, now=LATER)
    received = {level.product_id: 2}
    receive_delivery(delivery=delivery, received=received, received_at=NOW, now=LATER + timedelta(hours=1))
    counted.refresh_from_db()
    assert (on_hand(level), counted.book) == (2, 2)
    assert check_ledger().wrong == 0
