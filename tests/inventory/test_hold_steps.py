"""From the request over the clerk's look at the shelf to the end; each step once, each shopper told once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from customers.models import Interaction, Message
from inventory.models import Discrepancy, Hold, HoldEvent, ShelfObservation, StockLevel, StockMovement
from inventory.services.holds import (
    collect_hold,
    expire_due,
    extend_hold,
    find_hold,
    miss_hold,
    place_hold,
    release_hold,
)
from tests.factories import NOW, make_hold, make_level, make_staff
from tests.inventory.shop import counters, hold, shelf, somebody, told

pytestmark = pytest.mark.django_db

# The first closing time after a day, in New York's clock.
UNTIL = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
OVER = UNTIL + timedelta(minutes=1)
SOON = NOW + timedelta(minutes=10)


def refused(step: Callable[..., Hold], **values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        step(**values)
    return str(caught.value.code)


def find(one: Hold, now: datetime = SOON) -> Hold:
    return find_hold(hold=one, staff=make_staff(), now=now)


def kinds(one: Hold) -> list[str]:
    """Its moments; each has its row in the ledger."""
    events = HoldEvent.objects.filter(hold=one).order_by("id")
    assert Interaction.objects.filter(subject=f"hold:{one.pk}", kind="HOLD").count() == len(events)
    return [event.kind for event in events]


def test_only_what_somebody_has_in_hand_says_come() -> None:
    level, customer = shelf(2), somebody()
    asked = hold(level, customer)
    assert (asked.state, told(customer)) == ("REQUESTED", [])
    found = find(asked)
    message = Message.objects.get(customer=customer)
    assert (found.state, found.in_hand_at, message.kind) == ("IN_HAND", SOON, "hold-in-hand")
    assert message.facts["code"] == found.code
    # A day from when he was told, and on to closing time.
    assert (found.expires_at, message.facts["until"]) == (UNTIL, "20:00 tomorrow")
    assert ShelfObservation.objects.values_list("was_there", "hold").get() == (True, found.pk)
    assert kinds(found) == ["PLACED", "FOUND"]
    assert counters(level) == (2, 1)


def test_collected_leaves_the_book() -> None:
    level, customer = shelf(2), somebody()
    found = find(hold(level, customer))
    done = collect_hold(hold=found, staff=make_staff(), now=SOON)
    moved = StockMovement.objects.get(kind="HOLD_COLLECTED")
    assert (done.state, done.ended_at) == ("COLLECTED", SOON)
    assert (moved.quantity, moved.held_change, moved.on_hand_after, moved.held_after) == (-1, -1, 1, 0)
    assert kinds(done) == ["PLACED", "FOUND", "COLLECTED"]
    assert (counters(level), told(customer)) == ((1, 0), ["hold-in-hand"])


def test_collected_straight_from_the_shelf() -> None:
    level = shelf(1)
    done = collect_hold(hold=hold(level), staff=make_staff(), now=SOON)
    assert (done.state, done.in_hand_at) == ("COLLECTED", SOON)
    assert ShelfObservation.objects.get().was_there
    assert counters(level) == (0, 0)


def test_what_is_given_out_and_was_sold_too_opens_a_discrepancy() -> None:
    level = shelf(1)
    asked = hold(level)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=0)
    collect_hold(hold=asked, staff=make_staff(), now=SOON)
    level.refresh_from_db()
    assert (level.on_hand, Discrepancy.objects.get().missing) == (-1, 1)


def test_not_found_says_where_else_and_doubts_the_shelf() -> None:
    level, customer = shelf(2), somebody()
    near = make_level(product=level.product, on_hand=1)
    done = miss_hold(hold=hold(level, customer), staff=make_staff(), now=SOON)
    message = Message.objects.get(customer=customer)
    assert (done.state, message.kind, message.facts["next_store"]) == ("NOT_FOUND", "hold-not-found", near.store.name)
    assert counters(level) == (2, 0)
    assert level.last_missed_at == SOON
    assert not ShelfObservation.objects.get().was_there
    # Nobody else is promised from this shelf until somebody has counted.
    assert (
        refused(place_hold, customer=somebody(), level=level, because=Hold.Because.SHOPPER, now=SOON) == "NOTHING_FREE"
    )
    level.last_counted_at = SOON + timedelta(minutes=1)
    level.save()
    assert hold(level, now=SOON + timedelta(minutes=2)).state == "REQUESTED"


def test_what_no_other_store_has_is_said_too() -> None:
    level, customer = shelf(1), somebody()
    make_level(product=level.product)
    miss_hold(hold=hold(level, customer), staff=make_staff(), now=SOON)
    assert Message.objects.get(customer=customer).facts["next_store"] == ""


def test_given_back_is_free_again() -> None:
    level = shelf(1)
    done = release_hold(hold=hold(level), now=SOON)
    assert (done.state, counters(level), kinds(done)) == ("RELEASED", (1, 0), ["PLACED", "RELEASED"])


def test_kept_longer_once() -> None:
    asked = hold(shelf(1))
    longer = extend_hold(hold=asked, now=SOON)
    assert (longer.extended_at, longer.expires_at) == (SOON, UNTIL + timedelta(days=1))
    assert extend_hold(hold=asked, now=SOON).expires_at == longer.expires_at
    assert kinds(longer) == ["PLACED", "EXTENDED"]


def test_what_is_over_is_not_kept_longer() -> None:
    assert refused(extend_hold, hold=hold(shelf(1)), now=OVER) == "NOT_LIVE"


STEPS: dict[str, Callable[[Hold], Hold]] = {
    "IN_HAND": find,
    "NOT_FOUND": lambda one: miss_hold(hold=one, staff=make_staff(), now=SOON),
    "COLLECTED": lambda one: collect_hold(hold=one, staff=make_staff(), now=SOON),
    "RELEASED": lambda one: release_hold(hold=one, now=SOON),
}


@pytest.mark.parametrize("state", STEPS)
def test_the_same_step_again_changes_nothing(state: str) -> None:
    level = shelf(1)
    once = STEPS[state](hold(level))
    before = (counters(level), kinds(once), Message.objects.count(), ShelfObservation.objects.count())
    again = STEPS[state](once)
    assert (again.state, again.ended_at, again.expires_at) == (state, once.ended_at, once.expires_at)
    assert (counters(level), kinds(once), Message.objects.count(), ShelfObservation.objects.count()) == before


@pytest.mark.parametrize("ended", ["NOT_FOUND", "COLLECTED", "RELEASED"])
def test_what_has_ended_takes_no_other_step(ended: str) -> None:
    level = shelf(1)
    done = STEPS[ended](hold(level))
    for state, step in STEPS.items():
        if state != ended:
            with pytest.raises(ValidationError, match="ended already"):
                step(done)
    assert refused(extend_hold, hold=done, now=SOON) == "NOT_LIVE"
    assert counters(level)[1] == 0


def test_what_is_in_hand_can_not_be_missed() -> None:
    assert refused(miss_hold, hold=find(hold(shelf(1))), staff=make_staff(), now=SOON) == "NOT_LIVE"


# --- Time runs out --------------------------------------------------------------------------------------------------


def test_not_collected_in_time_goes_back_and_counts_as_a_no_show() -> None:
    level, customer = shelf(2), somebody()
    found = find(hold(level, customer))
    assert expire_due(UNTIL - timedelta(seconds=1)) == 0
    assert expire_due(OVER) == 1
    found.refresh_from_db()
    assert (found.state, found.ended_at, kinds(found)) == ("EXPIRED", OVER, ["PLACED", "FOUND", "EXPIRED"])
    assert (counters(level), told(customer)) == ((2, 0), ["hold-in-hand"])
    assert expire_due(OVER) == 0


def test_what_the_store_never_looked_for_is_told_and_no_no_show() -> None:
    level, customer = shelf(2), somebody()
    asked = hold(level, customer)
    assert expire_due(OVER) == 1
    asked.refresh_from_db()
    assert (asked.in_hand_at, told(customer)) == (None, ["hold-not-looked"])


def test_several_of_one_level_end_in_one_batch_with_a_balance_after_each() -> None:
    level, other = shelf(5), shelf(5)
    for _ in range(3):
        hold(level)
    hold(other)
    assert expire_due(OVER, limit=3) + expire_due(OVER, limit=3) == 4
    assert (counters(level), counters(other)) == ((5, 0), (5, 0))
    freed = StockMovement.objects.filter(level=level, kind="HOLD_RELEASED").order_by("id")
    assert [row.held_after for row in freed] == [2, 1, 0]


def test_a_hold_that_is_over_is_freed_before_anybody_is_refused() -> None:
    level = shelf(1)
    over = hold(level)
    assert hold(level, now=OVER).state == "REQUESTED"
    over.refresh_from_db()
    assert (over.state, counters(level)) == ("EXPIRED", (1, 1))


# --- Caps -----------------------------------------------------------------------------------------------------------


def ask(level: StockLevel, customer: object, **values: object) -> str:
    given = {"because": Hold.Because.SHOPPER, "now": NOW, **values}
    try:
        place_hold(customer=customer, level=level, **given)  # type: ignore[arg-type]
    except ValidationError as error:
        return str(error.code)
    return "placed"


def test_one_of_a_product_and_three_in_all_and_two_in_a_store() -> None:
    customer, first = somebody(), shelf(5)
    here = [first, *(make_level(store=first.store, on_hand=5) for _ in range(2))]
    same = make_level(product=first.product, on_hand=5)
    elsewhere = [make_level(on_hand=5) for _ in range(2)]
    assert ask(first, customer) == "placed"
    assert ask(same, customer) == "ALREADY_HELD"
    assert ask(here[1], customer) == "placed"
    assert ask(here[2], customer) == "TOO_MANY_IN_STORE"
    assert ask(elsewhere[0], customer) == "placed"
    assert ask(elsewhere[1], customer) == "TOO_MANY_HOLDS"
    # Staff may.
    assert ask(elsewhere[1], customer, because=Hold.Because.STAFF, staff=make_staff()) == "placed"


def test_two_pieces_at_most() -> None:
    level = shelf(5)
    assert ask(level, somebody(), quantity=3) == "TOO_MANY_PIECES"
    assert ask(level, somebody(), quantity=2) == "placed"
    assert ask(level, somebody(), quantity=3, because=Hold.Because.STAFF) == "placed"


def test_who_let_three_lie_asks_the_staff() -> None:
    level, customer = shelf(5), somebody()
    values: dict[str, Any] = {"customer": customer, "state": "EXPIRED", "ended_at": NOW}
    for number in range(3):
        placed = NOW - timedelta(days=30 * number + 1)
        make_hold(level=level, placed_at=placed, in_hand_at=placed, **values)
    assert ask(level, customer) == "NO_SHOWS"
    assert ask(level, customer, now=NOW + timedelta(days=150)) == "placed"
    assert ask(level, customer, because=Hold.Because.STAFF, staff=make_staff(), now=NOW) == "ALREADY_HELD"


def test_a_store_that_has_forty_to_look_for_gets_no_more_from_shoppers() -> None:
    level = shelf(90)
    for _ in range(40):
        make_hold(level=level)
    StockLevel.objects.filter(pk=level.pk).update(held=F("held") + 40)
    assert ask(level, somebody()) == "STORE_BUSY"
    assert ask(make_level(on_hand=1), somebody()) == "placed"
    assert ask(level, somebody(), because=Hold.Because.STAFF, staff=make_staff()) == "placed"
    Hold.objects.filter(pk=Hold.objects.filter(level=level).values("pk")[:1]).update(state="IN_HAND", in_hand_at=NOW)
    assert ask(level, somebody()) == "placed"


# --- When he is told ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked_before", "decision"), [(timedelta(minutes=30), "SEND"), (timedelta(hours=3), "HOLD")])
def test_who_waits_for_the_answer_is_told_at_night(asked_before: timedelta, decision: str) -> None:
    night = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    level = shelf(1)
    customer = somebody(home_store=level.store)
    found = find(hold(level, customer, now=night - asked_before), night)
    message = Message.objects.get(customer=customer)
    assert message.decision == decision
    # Told at nine in the morning, he has a day from then.
    assert found.expires_at == datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
