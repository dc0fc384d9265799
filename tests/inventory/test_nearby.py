"""The nearest come first, wherever on the globe."""

import random

import pytest
from django.db import connection

from customers.models import Store
from inventory.geo import Point, distance_km, on_map
from inventory.selectors import nearby
from inventory.selectors.nearby import nearest_levels, nearest_stores
from tests.factories import NOW, make_level, make_product, make_store

pytestmark = pytest.mark.django_db


def scatter(count: int, seed: int) -> dict[int, Point]:
    """Stores all over the globe, by id."""
    draw = random.Random(seed)
    stores = [
        Store(
            code=f"X{seed}-{number}",
            name=f"X{number}",
            latitude=draw.uniform(-70, 70),
            longitude=draw.uniform(-180, 180),
        )
        for number in range(count)
    ]
    return {store.pk: Point(store.latitude, store.longitude) for store in Store.objects.bulk_create(stores)}


@pytest.mark.parametrize("seed", range(8))
def test_nearest_stores_are_those_of_the_globe(seed: int) -> None:
    there = scatter(400, seed)
    here = Point(random.Random(seed).uniform(-60, 60), random.Random(-seed).uniform(-180, 180))
    by_globe = sorted(there, key=lambda pk: distance_km(here, there[pk]))
    assert nearest_stores(here, limit=5) == by_globe[:5]


def test_degrees_alone_would_be_wrong_in_the_north() -> None:
    """The control: two degrees east of Oslo is nearer than one and a half degrees north."""
    east = make_store(latitude=60.0, longitude=12.0)
    make_store(latitude=61.5, longitude=10.0)
    assert nearest_stores(Point(60.0, 10.0), limit=1) == [east.pk]


def test_the_date_line_is_no_border() -> None:
    beyond = make_store(latitude=-17.0, longitude=-179.9)
    make_store(latitude=-17.0, longitude=178.0)
    assert nearest_stores(Point(-17.0, 179.9), limit=1) == [beyond.pk]
    assert nearest_stores(Point(-17.0, -179.99), limit=1) == [beyond.pk]


def test_poles_are_on_the_map() -> None:
    pole = make_store(latitude=-90.0, longitude=0.0)
    assert nearest_stores(Point(-90, 0), limit=3) == [pole.pk]
    assert on_map(Point(90, 0))[1] == on_map(Point(89.6, 0))[1]


def test_levels_of_a_product_nearest_first_without_closed_stores() -> None:
    product = make_product()
    far = make_level(product=product, store=make_store(latitude=41.0, longitude=-88.0))
    near = make_level(product=product, store=make_store(latitude=40.1, longitude=-88.0))
    make_level(product=product, store=make_store(latitude=40.0, longitude=-88.0, closed_date=NOW.date()))
    make_level(store=make_store(latitude=40.0, longitude=-88.0))
    assert nearest_levels(product.pk, Point(40, -88), limit=9) == [near.pk, far.pk]
    assert nearest_levels(product.pk, Point(40, -88), limit=1) == [near.pk]


def test_without_a_place_by_name() -> None:
    product = make_product()
    last = make_level(product=product, store=make_store(name="Z"))
    first = make_level(product=product, store=make_store(name="A"))
    assert nearest_levels(product.pk, None, limit=9) == [first.pk, last.pk]


def test_the_index_is_walked_not_the_stores() -> None:
    scatter(2000, 1)
    given = {**nearby._around(Point(40, -88)), **nearby._taken(20)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_store")
        cursor.execute(f"EXPLAIN {nearby.NEAREST_STORES}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "store_on_map" in plan
    assert "Seq Scan" not in plan


def test_few_stores_looked_at_one_by_one_are_those_of_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_product()
    for number in range(30):
        make_level(product=product, store=make_store(latitude=40 + number % 7 / 9, longitude=-88 + number / 11))
    one_by_one = nearest_levels(product.pk, Point(40.3, -87), limit=9)
    monkeypatch.setattr(nearby, "FEW", 0)
    assert nearest_levels(product.pk, Point(40.3, -87), limit=9) == one_by_one
    assert len(one_by_one) == 9
