"""A shelf that somebody looked at in vain: what the book still says of it is promised to nobody, what comes in is."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from inventory.models import Hold, StockLevel
from inventory.services import placing
from inventory.services.counts import post_count
from inventory.services.holds import collect_hold, find_hold, miss_hold, release_hold
from tests.factories import NOW, make_staff
from tests.inventory.shop import counters, deliver, hold, shelf, states, wait

pytestmark = pytest.mark.django_db
LOOKED = NOW + timedelta(hours=1)
SINCE = LOOKED + timedelta(minutes=5)
BOOK_ALONE = "l.on_hand >= l.held + %(quantity)s"


def missed(on_hand: int) -> StockLevel:
    """A shelf of which the book says so many, and a clerk found none."""
    level = shelf(on_hand)
    miss_hold(hold=hold(level), staff=make_staff(), now=LOOKED)
    return level


def granted(level: StockLevel, wishes: int, now: datetime = SINCE) -> int:
    """How many of so many shoppers get one."""
    got = 0
    for _ in range(wishes):
        try:
            hold(level, now=now)
        except ValidationError as error:
            if error.code != "NOTHING_FREE":
                raise
        else:
            got += 1
    return got


def test_only_what_came_in_since_is_promised() -> None:
    level = missed(2)
    assert granted(level, 3) == 0
    deliver(level, 1, now=SINCE)
    assert granted(level, 3) == 1
    assert counters(level) == (3, 1)


def test_control_by_the_book_alone_three_get_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    level = missed(2)
    deliver(level, 1, now=SINCE)
    monkeypatch.setattr(placing, "ENOUGH", BOOK_ALONE)
    assert granted(level, 3) == 3


def test_those_who_wait_get_what_came_in_and_no_more() -> None:
    level = missed(2)
    first, second = wait(level, now=SINCE), wait(level, now=SINCE + timedelta(minutes=1))
    assert states(first, second) == ["WAITING", "WAITING"]
    deliver(level, 1, now=SINCE + timedelta(minutes=2))
    assert states(first, second) == ["OFFERED", "WAITING"]


def test_a_count_ends_the_doubt() -> None:
    level = missed(2)
    post_count(level=level, counted=2, counted_at=SINCE, now=SINCE)
    assert granted(level, 3) == 2


def test_what_a_clerk_had_in_hand_is_there_when_it_is_given_back() -> None:
    level = shelf(2)
    kept, looked_for = hold(level), hold(level)
    staff = make_staff()
    find_hold(hold=kept, staff=staff, now=NOW)
    miss_hold(hold=looked_for, staff=staff, now=LOOKED)
    assert granted(level, 1) == 0
    release_hold(hold=kept, now=SINCE)
    assert granted(level, 2) == 1


def test_what_was_found_and_given_out_frees_nothing() -> None:
    level = shelf(2)
    kept, looked_for = hold(level), hold(level)
    staff = make_staff()
    miss_hold(hold=looked_for, staff=staff, now=LOOKED)
    deliver(level, 1, now=SINCE)
    find_hold(hold=kept, staff=staff, now=SINCE)
    collect_hold(hold=kept, staff=staff, now=SINCE + timedelta(minutes=1))
    assert granted(level, 3, SINCE + timedelta(minutes=2)) == 1
    assert Hold.objects.get(pk=kept.pk).state == Hold.State.COLLECTED
