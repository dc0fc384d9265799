"""When none has it: what else would do, and is there."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Store
from inventory.models import Product, ShelfBelief, StockLevel
from inventory.selectors.alternatives import MOST, alternatives
from tests.factories import NOW, make_level, make_product, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store(name="Mill Lane")


@pytest.fixture
def wanted(store: Store) -> Product:
    product = make_product(category="Tea", price=Decimal(5))
    make_level(product=product, store=store)
    return product


def there(store: Store, **values: Any) -> StockLevel:
    """Another tea that was counted today."""
    product = make_product(**{"category": "Tea", **values})
    return make_level(product=product, store=store, on_hand=3, last_counted_at=NOW)


def skus(product: Product, *stores: Store) -> list[str]:
    return [other.sku for other in alternatives(product, [store.pk for store in stores], now=NOW)]


def test_the_same_sort_nearest_in_price_first(wanted: Product, store: Store) -> None:
    dear, near = there(store, price=Decimal(9)), there(store, price=Decimal(6))
    there(store, category="Coffee")
    assert skus(wanted, store) == [near.product.sku, dear.product.sku]


def test_no_variant_of_the_same_and_one_of_each_family(wanted: Product, store: Store) -> None:
    there(store, variant_of=wanted)
    big = there(store, price=Decimal(6))
    there(store, price=Decimal(7), variant_of=big.product)
    assert skus(wanted, store) == [big.product.sku]


def test_only_what_is_free_and_sure(wanted: Product, store: Store) -> None:
    held = there(store)
    StockLevel.objects.filter(pk=held.pk).update(held=3)
    old = there(store)
    StockLevel.objects.filter(pk=old.pk).update(last_counted_at=NOW - timedelta(days=30))
    there(make_store())
    assert skus(wanted, store) == []


def test_a_belief_speaks_louder_than_the_book(wanted: Product, store: Store) -> None:
    doubted, believed = there(store), there(store)
    StockLevel.objects.filter(pk=believed.pk).update(last_counted_at=None)
    for level, chance in ((doubted, 0.4), (believed, 0.95)):
        ShelfBelief.objects.create(
            level=level,
            store=store,
            weights=b"\0\0",
            believed_at=NOW,
            pace_per_day=1,
            loss_per_day=0.01,
            chance=chance,
            mean=chance,
        )
    assert skus(wanted, store) == [believed.product.sku]


def test_the_nearest_store_that_has_it_is_named(wanted: Product, store: Store) -> None:
    near = make_store(name="Near")
    level = there(store)
    make_level(product=level.product, store=near, on_hand=2, last_sold_at=NOW)
    assert [other.store for other in alternatives(wanted, [near.pk, store.pk], now=NOW)] == ["Near"]


def test_four_in_one_statement(wanted: Product, store: Store, django_assert_num_queries: Any) -> None:
    for _ in range(MOST + 2):
        there(store)
    with django_assert_num_queries(1):
        assert len(skus(wanted, store)) == MOST
    unsorted = make_product()
    with django_assert_num_queries(0):
        assert skus(unsorted, store) == []
