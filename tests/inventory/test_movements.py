"""Movements in bulk: each once in the book, in whatever order and how often they come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Store
from inventory.models import Discrepancy, StockLevel, StockMovement
from inventory.services.counts import post_count
from inventory.services.ledger_check import check_ledger
from inventory.services.movements import MovementRow, RowResult, post_movements
from tests.factories import NOW, make_level, make_product, make_store

pytestmark = pytest.mark.django_db
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def row(event: str, sku: str = "TEA", kind: str = "DELIVERY", quantity: int = 1, **values: object) -> MovementRow:
    return MovementRow(event, sku, kind, quantity, values.pop("occurred_at", NOW), **values)  # type: ignore[arg-type]


def post(store: Store, rows: Sequence[MovementRow], now: datetime = NOW) -> list[int]:
    return [result.status for result in post_movements(store=store, rows=rows, now=now)]


def shop(sizes: int = 1) -> tuple[Store, list[str]]:
    store = make_store()
    skus = [f"SKU{number:03}" for number in range(sizes)]
    for sku in skus:
        make_level(store=store, product=make_product(sku=sku), on_hand=10)
    return store, skus


def test_each_kind_moves_its_way() -> None:
    level = make_level(on_hand=10, product=make_product(sku="TEA"))
    kinds = ("DELIVERY", "TRANSFER_IN", "RETURN", "TRANSFER_OUT", "DAMAGE", "THEFT", "DISPLAY")
    rows = [row(kind, kind=kind, quantity=2**place) for place, kind in enumerate(kinds)]

    assert post(level.store, rows) == [201] * len(kinds)

    level.refresh_from_db()
    assert level.on_hand == 10 + 1 + 2 + 4 - 8 - 16 - 32 - 64
    assert level.last_received_at == NOW
    assert check_ledger().wrong == 0


def test_a_product_new_to_the_store_gets_a_level() -> None:
    store = make_store()
    make_product(sku="TEA")
    assert post(store, [row("1", quantity=3)]) == [201]
    assert StockLevel.objects.get(store=store).on_hand == 3


def test_rows_are_refused_one_by_one() -> None:
    level = make_level(on_hand=10, product=make_product(sku="TEA"))
    wrong = {
        "UNKNOWN_SKU": row("1", sku="NIX"),
        "KIND": row("2", kind="SALE"),
        "QUANTITY": row("3", quantity=-1),
        "FUTURE": row("4", occurred_at=NOW + timedelta(hours=1)),
        "TOO_OLD": row("5", occurred_at=NOW - timedelta(days=4000)),
        "EVENT_ID": row(""),
        "REASON": row("7", reason="x" * 161),
    }
    results = post_movements(store=level.store, rows=[*wrong.values(), row("8")], now=NOW)
    assert [result.code for result in results] == [*wrong, ""]
    assert [result.status for result in results] == [422] * len(wrong) + [201]
    assert results[-1] == RowResult("8", 201)
    level.refresh_from_db()
    assert level.on_hand == 11


def test_an_event_stands_for_one_movement() -> None:
    level = make_level(on_hand=10, product=make_product(sku="TEA"))
    make_product(sku="MILK")
    assert post(level.store, [row("1"), row("1"), row("1", quantity=2)]) == [201, 200, 422]
    assert post(level.store, [row("1"), row("1", sku="MILK")]) == [200, 422]
    assert post(make_store(), [row("1")]) == [201]
    level.refresh_from_db()
    assert level.on_hand == 11


def test_the_same_batch_three_times_and_shuffled_ends_the_same() -> None:
    store, skus = shop(20)
    random = Random(7)
    rows = [
        row(
            str(number),
            sku=random.choice(skus),
            kind=random.choice(("DELIVERY", "DAMAGE", "RETURN", "TRANSFER_OUT")),
            quantity=random.randint(1, 9),
            occurred_at=NOW - timedelta(minutes=random.randint(0, 900)),
        )
        for number in range(200)
    ]
    for sku in skus[:5]:
        level = StockLevel.objects.get(store=store, product__sku=sku)
        post_count(level=level, counted=9, counted_at=NOW - timedelta(minutes=450), now=NOW)
    post(store, rows)
    first = ends(store)
    for _ in range(2):
        random.shuffle(rows)
        assert set(post(store, rows)) == {200}
    assert ends(store) == first
    assert check_ledger().wrong == 0


def test_another_order_ends_the_same() -> None:
    """The same events told to two stores, in two orders, with a count between them."""
    both = []
    for seed in (1, 2):
        store = make_store()
        for sku in ("A", "B"):
            make_level(store=store, product=make_product(sku=f"{sku}{seed}"), on_hand=4)
        rows = [
            row(f"{sku}{n}", sku=f"{sku}{seed}", kind=kind, quantity=n, occurred_at=NOW - timedelta(hours=n))
            for sku in ("A", "B")
            for n, kind in enumerate(("DELIVERY", "DAMAGE", "RETURN", "THEFT"), 1)
        ]
        Random(seed).shuffle(rows)
        half = len(rows) // 2
        post(store, rows[:half])
        for level in StockLevel.objects.filter(store=store):
            # Who is surprised counts again; what surprises depends on what was told before.
            for minutes in (150, 149):
                post_count(level=level, counted=3, counted_at=NOW - timedelta(minutes=minutes), now=NOW)
        post(store, rows[half:])
        both.append([end[1:] for end in ends(store)])
    assert both[0] == both[1]


def ends(store: Store) -> list[tuple[object, ...]]:
    """What the store's levels say."""
    return list(
        StockLevel.objects.filter(store=store)
        .order_by("product__sku")
        .values_list("product__sku", "on_hand", "held", "last_received_at", "last_counted_at")
    )


def test_statements_do_not_grow_with_rows() -> None:
    store, skus = shop(300)
    counts = []
    for size in (2, 300):
        rows = [row(f"{size}-{sku}", sku=sku) for sku in skus[:size]]
        with CaptureQueriesContext(connection) as captured:
            post(store, rows)
        counts.append(len([query for query in captured if not query["sql"].startswith(NOT_COUNTED)]))
    assert counts[0] == counts[1]


def test_a_delivery_settles_what_was_missing() -> None:
    level = make_level(on_hand=0, product=make_product(sku="TEA"))
    post(level.store, [row("1", kind="THEFT", quantity=2)])
    assert Discrepancy.objects.get().missing == 2
    post(level.store, [row("2", quantity=1)])
    assert Discrepancy.objects.get().settled_at is None
    post(level.store, [row("3", quantity=1)])
    found = Discrepancy.objects.get()
    assert (found.settled_at, found.explanation) == (NOW, "Stock came that the book had not had.")


def test_balances_stand_on_each_row() -> None:
    level = make_level(on_hand=10, product=make_product(sku="TEA"))
    post(level.store, [row("1", quantity=2), row("2", kind="DAMAGE", quantity=5)])
    moved = StockMovement.objects.exclude(kind="OPENING").order_by("pk")
    assert list(moved.values_list("quantity", "on_hand_after")) == [(2, 12), (-5, 7)]
    assert moved[0].event_id == f"{level.store.code}:1"
