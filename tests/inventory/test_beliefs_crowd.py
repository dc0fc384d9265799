"""Several workers think about the same shelves at once: none waits in a circle, and no sale is thought of twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from inventory.models import ShelfBelief, StockMovement
from inventory.services.beliefs import update_beliefs
from inventory.services.stock import Move, move_stock
from tests.factories import NOW, make_level, make_store

WORKERS, TURNS = 4, 10


@pytest.mark.django_db(transaction=True)
def test_workers_on_the_same_shelves_end_as_one_would() -> None:
    store = make_store()
    levels = [make_level(store=store) for _ in range(6)]
    for level in levels:
        move_stock([Move(level.pk, StockMovement.Kind.DELIVERY, 30)], occurred_at=NOW - timedelta(days=1), now=NOW)
    ids = [level.pk for level in levels]

    def work(number: int) -> None:
        try:
            for turn in range(TURNS):
                at = NOW - timedelta(hours=10) + timedelta(minutes=turn, seconds=number)
                move_stock([Move(ids[turn % 6], StockMovement.Kind.SALE, -1)], occurred_at=at, now=NOW)
                update_beliefs(ids[::-1] if number % 2 else ids, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    update_beliefs(ids, now=NOW)
    together = {belief.pk: belief.mean for belief in ShelfBelief.objects.all()}
    ShelfBelief.objects.all().delete()
    update_beliefs(ids, now=NOW)
    alone = {belief.pk: belief.mean for belief in ShelfBelief.objects.all()}
    assert together == pytest.approx(alone, abs=0.3)
