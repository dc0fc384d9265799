"""The chain that the bench sells in: 500 stores, of which 200 keep 500 products, and customers with numbers.

Everything that the pages' queries look at is there: opening stock in the book, four weeks of sales, counts.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from customers.lookup import hash_of
from customers.models import Customer, Identifier, Store
from customers.wellknown import source
from cxportal.keys import hash_key, new_key
from cxportal.models import ApiKey
from inventory.models import Product, StockLevel

# SKUs with a meaning; the others are BENCH-1 ...
EVERYWHERE, ON_PAGE, SCARCE, PLENTY = "BENCH-ALL", "BENCH-PAGE", "BENCH-SCARCE", "BENCH-PLENTY"
PAGE_STORES = 50
TOWN = "Benchfield"
HOURS = {day: ["08:00", "21:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat")} | {"sun": ["10:00", "18:00"]}
SALES_PER_LEVEL = 20
# Pieces on a shelf that the sellers of the bench don't empty.
ENOUGH = 1000


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    stores: int = 500
    stores_with_range: int = 200
    products: int = 500
    customers: int = 2000


SMALL = Size(stores=60, stores_with_range=10, products=20, customers=50)

LEVELS = """
INSERT INTO inventory_stocklevel (store_id, product_id, on_hand, held, last_sold_at, last_received_at,
  last_counted_at, last_counted_quantity)
SELECT s.id, p.id, %(least)s + s.id %% 12, 0, %(now)s - (s.id %% 9) * interval '30 hours',
  %(now)s - (s.id %% 9 + 8) * interval '1 day', %(now)s - (s.id %% 30 + 1) * interval '1 day', 8
FROM customers_store s CROSS JOIN inventory_product p
WHERE s.id = ANY(%(stores)s) AND p.id = ANY(%(products)s)
"""
OPENING = """
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, reason,
  occurred_at, recorded_at)
SELECT id, 'OPENING', on_hand + %(sold)s, 0, on_hand + %(sold)s, 0, '', %(now)s - interval '60 days', %(now)s
FROM inventory_stocklevel WHERE product_id = ANY(%(products)s) AND on_hand + %(sold)s > 0
"""
SOLD = """
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, reason,
  occurred_at, recorded_at)
SELECT l.id, 'SALE', -1, 0, l.on_hand + %(sold)s - n, 0, '', l.last_sold_at - (%(sold)s - n) * interval '20 hours',
  %(now)s
FROM inventory_stocklevel l CROSS JOIN generate_series(1, %(sold)s) n WHERE l.product_id = ANY(%(products)s)
"""


@transaction.atomic
def fill(size: Size, now: datetime) -> None:
    """Write all rows; about 110,000 levels in the full size."""
    stores = _stores(size)
    common = _products([f"BENCH-{number}" for number in range(1, size.products + 1)])
    everywhere, on_page, scarce, plenty = _products([EVERYWHERE, ON_PAGE, SCARCE, PLENTY])
    _levels(stores[: size.stores_with_range], common, now, least=ENOUGH, sold=0)
    # From sold out to a dozen, so that every kind of statement is on the page.
    _levels(stores, [everywhere], now, least=0, sold=SALES_PER_LEVEL)
    _levels(stores[:PAGE_STORES], [on_page], now, least=0, sold=SALES_PER_LEVEL)
    _levels(stores[:1], [scarce, plenty], now, least=ENOUGH, sold=0)
    _customers(size.customers, now)


def analyse() -> None:
    """What autovacuum would have done by the time that anybody looks."""
    tables = [model._meta.db_table for model in (Store, Product, StockLevel, Customer, Identifier)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join([*tables, 'inventory_stockmovement'])}")


def _stores(size: Size) -> list[int]:
    made = Store.objects.bulk_create(
        [
            Store(
                code=f"B{number:03}",
                name=f"Store {number:03}",
                street=f"{number} High Street",
                city=TOWN if number <= PAGE_STORES else f"Town {number % 40}",
                phone="+1 555 0100",
                # A spiral round the town, so that every store is at a distance of its own.
                latitude=40 + number * 0.004,
                longitude=-88 + (number % 17) * 0.02,
                hours=HOURS,
            )
            for number in range(1, size.stores + 1)
        ]
    )
    return [store.pk for store in made]


def _products(skus: list[str]) -> list[int]:
    made = Product.objects.bulk_create(
        [
            Product(
                sku=sku,
                name=f"Product {sku}",
                brand="Bench",
                category="GROCERY",
                size="16 OZ",
                price=Decimal("9.99"),
                search_text=f"Product {sku}",
            )
            for sku in skus
        ]
    )
    return [product.pk for product in made]


def _levels(stores: list[int], products: list[int], now: datetime, *, least: int, sold: int) -> None:
    values: dict[str, Any] = {"stores": stores, "products": products, "now": now, "least": least, "sold": sold}
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, values)
        cursor.execute(OPENING, values)
        cursor.execute(SOLD, values)


def loyalty_number(number: int) -> str:
    """The loyalty number of the bench's customer `number`, from 0."""
    return f"L{number:07}"


def _customers(count: int, now: datetime) -> None:
    made = Customer.objects.bulk_create(
        [Customer(masked_name="Bench C.", initials="B. C.", created_at=now) for _ in range(count)]
    )
    Identifier.objects.bulk_create(
        [
            Identifier(
                customer=customer,
                kind=Identifier.Kind.LOYALTY,
                value_hash=hash_of(Identifier.Kind.LOYALTY, loyalty_number(number)),
                source_id=source("till"),
                created_at=now,
            )
            for number, customer in enumerate(made)
        ]
    )


@dataclass(frozen=True)
class PageLevel:
    """One level of the page's product, and the key of its store's till."""

    level_id: int
    key: str


def page_levels(now: datetime) -> list[PageLevel]:
    """The levels of the page's product with a new key for each of their tills."""
    found = StockLevel.objects.filter(product__sku=ON_PAGE).order_by("pk").values_list("pk", "store_id")
    keys = {store: new_key() for _, store in found}
    ApiKey.objects.bulk_create(
        [
            ApiKey(store_id=store, name="Bench", prefix=key[:6], key_hash=hash_key(key), created_at=now)
            for store, key in keys.items()
        ]
    )
    return [PageLevel(level, keys[store]) for level, store in found]
