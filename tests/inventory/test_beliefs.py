"""What is believed of a shelf after sales, counts, looks, late tills and silence."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory import shelf_filter
from inventory.models import ShelfBelief, ShelfObservation, StockChange, StockLevel, StockMovement
from inventory.selectors.availability import availability_of
from inventory.services.beliefs import observe, update_beliefs
from inventory.services.counts import post_count
from inventory.services.stock import Move, move_stock
from tests.factories import NOW, make_hold, make_level, make_wellknown

pytestmark = pytest.mark.django_db
Kind = StockMovement.Kind


@pytest.fixture(autouse=True)
def wellknown() -> None:
    make_wellknown()


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def move(level: StockLevel, kind: Kind, quantity: int, at: datetime) -> None:
    move_stock([Move(level.pk, kind, quantity)], occurred_at=at, now=NOW)


def believed(level: StockLevel) -> dict[str, Any]:
    update_beliefs([level.pk], now=NOW)
    belief = ShelfBelief.objects.get(pk=level.pk)
    weights = shelf_filter.unpack([bytes(belief.weights)])[0]
    return {"belief": belief, "weights": weights, "likeliest": int(weights.argmax())}


def counted(count: int, at: datetime) -> StockLevel:
    level = make_level(on_hand=0)
    move(level, Kind.OPENING, count, at - timedelta(days=1))
    post_count(level=level, counted=count, counted_at=at, now=at)
    return level


def test_count_is_believed() -> None:
    level = counted(4, ago(days=2))
    known = believed(level)
    assert known["likeliest"] == 4
    assert known["belief"].believed_at == ago(days=2)
    assert known["belief"].chance > 0.99


def test_sales_and_deliveries_move_it() -> None:
    level = counted(4, ago(days=2))
    believed(level)
    move(level, Kind.SALE, -2, ago(days=1))
    assert believed(level)["likeliest"] == 2
    move(level, Kind.DELIVERY, 5, ago(hours=3))
    assert believed(level)["likeliest"] == 7


def test_again_changes_nothing() -> None:
    level = counted(4, ago(days=2))
    move(level, Kind.SALE, -1, ago(days=1))
    first = believed(level)["belief"]
    second = believed(level)["belief"]
    assert bytes(first.weights) == bytes(second.weights)
    assert (first.believed_at, first.movement_id) == (second.believed_at, second.movement_id)


def test_late_till_ends_as_if_it_had_never_been_offline() -> None:
    moves = [(-1, ago(days=4)), (-2, ago(days=3)), (6, ago(days=2)), (-1, ago(days=1))]
    in_order, late = counted(5, ago(days=5)), counted(5, ago(days=5))
    for quantity, at in moves:
        move(in_order, Kind.SALE if quantity < 0 else Kind.DELIVERY, quantity, at)
        believed(in_order)
    for quantity, at in [moves[0], moves[3], moves[2], moves[1]]:
        move(late, Kind.SALE if quantity < 0 else Kind.DELIVERY, quantity, at)
        believed(late)
    expected, found = believed(in_order)["weights"], believed(late)["weights"]
    assert found.tolist() == pytest.approx(expected.tolist(), abs=2e-3)


def test_sale_behind_a_count_is_not_seen_twice() -> None:
    level = counted(3, ago(days=1))
    believed(level)
    move(level, Kind.SALE, -1, ago(days=2))
    assert believed(level)["likeliest"] == 3


def test_not_found_drops_it_and_found_raises_it() -> None:
    level = counted(1, ago(days=20))
    before = believed(level)["belief"].chance
    observe(level_id=level.pk, kind=ShelfObservation.Kind.HOLD, was_there=False, now=ago(hours=2))
    dropped = believed(level)["belief"].chance
    observe(level_id=level.pk, kind=ShelfObservation.Kind.ANSWER, was_there=True, now=ago(hours=1))
    assert dropped < 0.4 < 0.7 < before
    assert believed(level)["belief"].chance > 0.9


def test_look_keeps_what_was_said_before_and_notes_the_level() -> None:
    level = counted(2, ago(days=1))
    believed(level)
    StockChange.objects.all().delete()
    seen = observe(level_id=level.pk, kind=ShelfObservation.Kind.ANSWER, was_there=True, now=NOW)
    assert seen.chance == pytest.approx(0.97, abs=0.03)
    assert seen.book == 2
    assert StockChange.objects.get().level_id == level.pk


def test_own_hold_is_no_reason_for_doubt() -> None:
    level = counted(1, ago(days=1))
    believed(level)
    hold = make_hold(level=level)
    StockLevel.objects.filter(pk=level.pk).update(held=1)
    another = observe(level_id=level.pk, kind=ShelfObservation.Kind.ANSWER, was_there=False, now=NOW)
    own = observe(level_id=level.pk, kind=ShelfObservation.Kind.HOLD, was_there=True, now=NOW, hold=hold)
    assert another.chance < 0.1
    assert own.chance > 0.9


def test_silence_of_a_seller_lowers_what_is_said() -> None:
    level = counted(33, ago(days=60))
    for day in range(50, 20, -1):
        move(level, Kind.SALE, -1, ago(days=day))
    believed(level)
    said = availability_of([level.pk], now=ago(days=20))[0].chance
    later = availability_of([level.pk], now=NOW)[0].chance
    assert said is not None
    assert later is not None
    assert later < 80 < 90 < said


def test_movement_later_than_anybody_looks_back_is_found_by_the_sum() -> None:
    level = make_level(on_hand=0)
    move(level, Kind.DELIVERY, 5, ago(days=25))
    move(level, Kind.SALE, -1, ago(days=1))
    before = believed(level)["belief"]
    move(level, Kind.SALE, -2, ago(days=24))
    move(level, Kind.SALE, -1, ago(hours=1))
    after = believed(level)["belief"]
    assert before.mean - after.mean == pytest.approx(3, abs=0.7)
    ShelfBelief.objects.all().delete()
    assert believed(level)["belief"].mean == pytest.approx(after.mean, abs=0.1)


def test_unknown_levels_are_no_fault() -> None:
    assert update_beliefs([], now=NOW) == 0
    assert update_beliefs([10**9], now=NOW) == 0
