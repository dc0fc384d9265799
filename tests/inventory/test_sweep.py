"""The night's work: rates from counts, beliefs of shelves nothing happened at, and the plan that follows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.models import LossRate, ShelfBelief, StockCount, StockLevel, StockMovement
from inventory.selectors.count_plan import Kind, count_plan, hidden, phantoms
from inventory.services.rates import learn_rates
from inventory.services.stock import Move, move_stock
from inventory.services.sweep import sweep, sweep_nightly
from tests.factories import NOW, make_level, make_product, make_store

pytestmark = pytest.mark.django_db


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def move(level: StockLevel, kind: StockMovement.Kind, quantity: int, days: float) -> None:
    move_stock([Move(level.pk, kind, quantity)], occurred_at=ago(days), now=NOW)


def opened(pieces: int, **values: Any) -> StockLevel:
    level = make_level(**values)
    move(level, StockMovement.Kind.OPENING, pieces, 100)
    return level


def counted(level: StockLevel, pieces: int, book: int, days: float) -> None:
    StockCount.objects.create(level=level, counted=pieces, book=book, counted_at=ago(days), recorded_at=ago(days))
    StockLevel.objects.filter(pk=level.pk).update(last_counted_at=ago(days), last_counted_quantity=pieces)


def silent_seller(store: object = None) -> StockLevel:
    """One a day for two months, then nothing for forty days though the book has more."""
    level = opened(70, store=store or make_store())
    for day in range(95, 40, -1):
        move(level, StockMovement.Kind.SALE, -1, day)
    return level


def test_rates_follow_what_counts_did_not_find() -> None:
    lossy, safe = make_product(category="Razors"), make_product(category="Salt")
    for product, found in ((lossy, 4), (safe, 10)):
        for _ in range(10):
            counted(opened(10, product=product), found, 10, 10)
    assert learn_rates(NOW) == 23
    rates = {rate.category: rate for rate in LossRate.objects.filter(store=None)}
    assert rates["Razors"].lost == 60
    assert rates["Razors"].level_days == pytest.approx(900)
    assert rates["Salt"].pieces_per_day < rates[""].pieces_per_day < rates["Razors"].pieces_per_day
    assert rates["Razors"].pieces_per_day == pytest.approx(60 / 900, rel=0.1)


def test_rates_again_replace_the_old_ones() -> None:
    counted(opened(3), 2, 3, 5)
    learn_rates(ago(1))
    learn_rates(NOW)
    assert set(LossRate.objects.values_list("learnt_at", flat=True)) == {NOW}


def test_sweep_thinks_of_every_level_and_of_silence() -> None:
    quiet, sold_out = silent_seller(), opened(1)
    assert sweep(NOW) == 2
    belief = ShelfBelief.objects.get(pk=quiet.pk)
    assert belief.pace_per_day == pytest.approx(0.95, abs=0.1)
    assert belief.count_worth > ShelfBelief.objects.get(pk=sold_out.pk).count_worth


def test_sweep_comes_once_a_day() -> None:
    opened(1)
    assert [sweep_nightly(NOW), sweep_nightly(NOW), sweep_nightly(NOW + timedelta(days=1))] == [1, 0, 1]


def test_plan_names_the_phantom_first_and_says_why_without_the_book() -> None:
    store = make_store()
    steady, phantom = opened(3, store=store), silent_seller(store)
    sweep(NOW)
    first, second = count_plan(store.pk, now=NOW)
    assert (first.level, first.kind, second.level, second.kind) == (phantom, Kind.PHANTOM, steady, Kind.OLD)
    assert first.chance < 0.3
    assert first.why == "None sold for 41 days where one sells every day."
    assert str(first.book) not in first.why.replace("41", "")
    assert [task.level for task in phantoms(store.pk, now=NOW)] == [phantom]


def test_plan_names_what_lies_there_unnoticed() -> None:
    level = opened(2)
    move(level, StockMovement.Kind.SALE, -2, 50)
    sweep(NOW)
    ShelfBelief.objects.filter(pk=level.pk).update(weights=b"\x01\x00\xff\xff", believed_at=ago(0))
    assert [task.kind for task in hidden(level.store_id, now=NOW)] == [Kind.HIDDEN]


def test_plan_of_a_store_without_beliefs_is_by_age() -> None:
    store = make_store()
    never, old = make_level(store=store), make_level(store=store, last_counted_at=ago(9))
    tasks = count_plan(store.pk, now=NOW)
    assert [(task.level, task.why) for task in tasks] == [
        (never, "Nobody has ever counted it here."),
        (old, "Not counted for 9 days."),
    ]
    assert count_plan(store.pk, now=NOW, limit=1)[0].level == never
