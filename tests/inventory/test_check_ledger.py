"""The proof that the book adds up, and that it notices when it does not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Hold, StockLevel
from inventory.services.holds import place_hold
from inventory.services.ledger_check import check_ledger
from tests.factories import NOW, make_customer, make_hold, make_level, make_movement, make_wellknown

pytestmark = pytest.mark.django_db


def test_honest_book_adds_up() -> None:
    make_wellknown()
    make_level()
    level = make_level(on_hand=3)
    place_hold(customer=make_customer(), level=level, because=Hold.Because.STAFF, now=NOW)
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue() == "2 levels checked: all add up.\n"


def test_changed_counter_is_found() -> None:
    level = make_level(on_hand=3)
    make_level(on_hand=5)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=4)
    found = check_ledger()
    assert (found.levels, found.wrong) == (2, 1)
    assert (found.first[0].level_id, found.first[0].on_hand, found.first[0].moved) == (level.pk, 4, 3)


def test_movement_that_moved_no_counter_is_found() -> None:
    make_movement(make_level(on_hand=3), quantity=2)
    assert check_ledger().wrong == 1


def test_wrong_balance_after_is_found() -> None:
    level = make_level(on_hand=3)
    make_movement(level, quantity=1, on_hand_after=9)
    make_movement(level, quantity=-1, on_hand_after=2)
    assert [(one.moved, one.last_on_hand) for one in check_ledger().first] == [(3, 2)]


def test_hold_that_the_counter_does_not_know_is_found() -> None:
    make_hold(level=make_level(on_hand=3))
    assert [(one.held, one.active_holds) for one in check_ledger().first] == [(0, 1)]


def test_ended_hold_is_no_difference() -> None:
    make_hold(level=make_level(on_hand=3), state=Hold.State.EXPIRED, ended_at=NOW)
    assert check_ledger().wrong == 0


def test_hold_given_out_that_the_book_does_not_know_is_found() -> None:
    make_hold(level=make_level(on_hand=3), state=Hold.State.COLLECTED, in_hand_at=NOW, ended_at=NOW)
    assert [(one.given_out, one.moved_given) for one in check_ledger().first] == [(1, 0)]


def test_command_shows_twenty_and_fails() -> None:
    for _ in range(21):
        make_level(on_hand=1)
    StockLevel.objects.update(on_hand=2)
    out = StringIO()
    with pytest.raises(CommandError, match="21 of 21 levels don't add up"):
        call_command("check_ledger", stdout=out)
    assert out.getvalue().count("\n") == 20


def test_empty_house_adds_up() -> None:
    assert (check_ledger().levels, check_ledger().wrong) == (0, 0)
