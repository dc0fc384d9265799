"""Caps bind persons, whichever way they come: by the page, by the line, under the record of before a merge."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from customers.models import Customer
from inventory.models import Hold, StockLevel
from inventory.promises import MOST_LIVE_PER_PERSON, MOST_PER_STORE, MOST_WAITS, NO_SHOWS
from inventory.services.holds import expire_due, find_hold, release_hold
from inventory.services.line import serve_left_behind
from inventory.services.waitlist import position
from tests.factories import NOW, make_level, make_staff
from tests.inventory.shop import Wants, counters, deliver, hold, shelf, somebody, states, wait

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def live(*people: Customer) -> int:
    return Hold.objects.filter(customer__in=people, state__in=Hold.LIVE).count()


def code_of(do: object) -> str:
    with pytest.raises(ValidationError) as refused:
        do()  # type: ignore[operator]
    return str(refused.value.code)


def merged() -> tuple[Customer, Customer]:
    """One person with two records."""
    old, person = somebody(email="old@example.org"), somebody(email="new@example.org")
    Customer.objects.filter(pk=old.pk).update(merged_into=person)
    return old, person


def test_the_line_is_no_way_around_the_cap_and_keeps_the_place() -> None:
    me, shelves = somebody(), [shelf(2) for _ in range(5)]
    entries = [wait(level, customer=me) for level in shelves]
    assert live(me) == MOST_LIVE_PER_PERSON
    assert states(*entries) == ["OFFERED"] * 3 + ["WAITING"] * 2
    # It is nobody's left-over as long as he has three; then it is his.
    assert serve_left_behind(LATER) == 0
    release_hold(hold=Hold.objects.get(level=shelves[0]), now=LATER)
    assert serve_left_behind(LATER) == 1
    assert states(*entries) == ["LEFT"] + ["OFFERED"] * 3 + ["WAITING"]


def test_who_may_have_no_more_does_not_keep_those_behind_him_from_it() -> None:
    me, level = somebody(), shelf(0)
    for _ in range(MOST_LIVE_PER_PERSON):
        hold(shelf(1), me)
    mine, next_one = wait(level, customer=me), wait(level, now=LATER)
    deliver(level, 1)
    assert states(mine, next_one) == ["WAITING", "OFFERED"]


def test_the_cap_of_one_store_leads_the_line_to_another() -> None:
    me, first = somebody(), shelf(1)
    for _ in range(MOST_PER_STORE):
        hold(make_level(store=first.store, on_hand=1), me)
    second = make_level(product=first.product, on_hand=1)
    entry = wait(first, second, customer=me)
    assert states(entry) == ["OFFERED"]
    assert Hold.objects.get(wait=entry).level_id == second.pk


def test_so_many_lines_and_no_more() -> None:
    me = somebody()
    entries = [wait(shelf(0), customer=me) for _ in range(MOST_WAITS)]
    assert code_of(lambda: wait(shelf(0), customer=me)) == "TOO_MANY_WAITS"
    # A line that he stands in already may be asked for again.
    assert wait(StockLevel.objects.get(product=entries[0].product_id), customer=me).pk == entries[0].pk


def test_who_lets_them_lie_may_be_told_but_gets_none_kept() -> None:
    me = somebody()
    for _ in range(NO_SHOWS):
        find_hold(hold=hold(shelf(1), me), staff=make_staff(), now=NOW)
    later = NOW + timedelta(days=3)
    assert expire_due(later) == NO_SHOWS
    level = shelf(0)
    assert code_of(lambda: wait(level, customer=me, now=later)) == "NO_SHOWS"
    told = wait(level, customer=me, now=later, wants=Wants.TELL)
    assert states(told) == ["WAITING"]
    assert code_of(lambda: wait(level, customer=me, now=later)) == "NO_SHOWS"


def test_holds_of_before_a_merge_count() -> None:
    old, person = merged()
    level = shelf(5)
    hold(level, old)
    assert code_of(lambda: hold(level, person)) == "ALREADY_HELD"
    assert code_of(lambda: hold(make_level(product=level.product, on_hand=5), person)) == "ALREADY_HELD"
    assert code_of(lambda: wait(make_level(product=level.product), customer=person)) == "ALREADY_HELD"
    hold(shelf(1), old)
    hold(shelf(1), person)
    assert code_of(lambda: hold(shelf(1), person)) == "TOO_MANY_HOLDS"
    # Who still has the former record at hand is the same person.
    assert code_of(lambda: hold(shelf(1), Customer.objects.get(pk=old.pk))) == "TOO_MANY_HOLDS"


def test_a_place_of_before_a_merge_is_his_place() -> None:
    old, person = somebody(email="old@example.org"), somebody(email="new@example.org")
    level = shelf(0)
    first = wait(level, customer=old)
    Customer.objects.filter(pk=old.pk).update(merged_into=person)
    again = wait(level, customer=person, now=LATER)
    assert (again.pk, position(again)) == (first.pk, 1)


def test_two_places_of_one_person_bring_one() -> None:
    one, other = somebody(email="old@example.org"), somebody(email="new@example.org")
    level = shelf(0)
    entries = [wait(level, customer=one), wait(level, customer=other, now=LATER)]
    Customer.objects.filter(pk=one.pk).update(merged_into=other)
    third = wait(level, now=LATER + timedelta(hours=1))
    deliver(level, 3)
    assert states(*entries, third) == ["OFFERED", "WAITING", "OFFERED"]
    assert live(one, other) == 1
    assert serve_left_behind(LATER) == 0


def test_what_he_takes_himself_ends_the_wait_of_before_a_merge() -> None:
    one, other = somebody(email="old@example.org"), somebody(email="new@example.org")
    level = shelf(0)
    entry = wait(level, customer=one)
    Customer.objects.filter(pk=one.pk).update(merged_into=other)
    hold(make_level(product=level.product, on_hand=1), other)
    assert states(entry) == ["OFFERED"]


@pytest.mark.django_db(transaction=True)
def test_who_is_given_one_at_the_moment_he_asks_elsewhere_gets_one() -> None:
    me, here = somebody(), shelf(0)
    there = make_level(product=here.product, on_hand=1)
    entry = wait(here, customer=me)
    codes: list[str] = []

    def ask() -> None:
        try:
            hold(there, me)
        except ValidationError as error:
            codes.append(str(error.code))
        finally:
            connection.close()

    asking = threading.Thread(target=ask)
    with transaction.atomic():
        deliver(here, 1)
        asking.start()
        # He has looked, and waits for his place in line to be free.
        until_somebody_waits()
    asking.join(10)
    assert (codes, states(entry), live(me)) == (["ALREADY_HELD"], ["OFFERED"], 1)
    assert counters(there) == (1, 0)


def until_somebody_waits() -> None:
    """Another session of this database waits for a lock."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")
