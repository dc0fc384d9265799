"""What else would do: things of the same sort that a near store has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory.confidence import SURE
from inventory.models import Product

MOST = 4
# Of one sort, those nearest in price; what costs five times as much would not do.
MOST_ALIKE = 60
# How long a belief, or without one a proof, speaks for itself.
BELIEF_HOURS = 48
# Where nothing is believed yet: a book of two or more that somebody has proven in these days.
PROOF_DAYS = 3
PIECES = 2

ALTERNATIVES = """
WITH alike AS MATERIALIZED (
  SELECT id, sku, name, size, colour, price, currency, coalesce(variant_of_id, id) AS family
  FROM inventory_product
  WHERE is_active AND category = %(category)s AND coalesce(variant_of_id, id) <> %(family)s AND currency = %(currency)s
  ORDER BY abs(price - %(price)s), id LIMIT %(most_alike)s
), there AS (
  SELECT alike.*, s.name AS store, s.id AS store_id, near.place,
    row_number() OVER (PARTITION BY alike.family ORDER BY near.place, abs(alike.price - %(price)s), alike.id) AS nth
  FROM alike
  JOIN inventory_stocklevel l ON l.product_id = alike.id AND l.store_id = ANY(%(stores)s) AND l.on_hand > l.held
  JOIN unnest(%(stores)s) WITH ORDINALITY AS near (store_id, place) ON near.store_id = l.store_id
  JOIN customers_store s ON s.id = l.store_id
  LEFT JOIN inventory_shelfbelief b ON b.level_id = l.id AND b.believed_at > %(now)s - make_interval(hours => %(hours)s)
  WHERE CASE WHEN b.level_id IS NULL
    THEN l.on_hand - l.held >= %(pieces)s
      AND greatest(l.last_counted_at, l.last_sold_at, l.last_received_at) > %(now)s - make_interval(days => %(days)s)
    ELSE b.chance >= %(sure)s END
)
SELECT sku, name, size, colour, price, currency, store FROM there
WHERE nth = 1 ORDER BY abs(price - %(price)s), place, id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Alternative:
    """Another product of the same sort, and the nearest of the stores that is sure to have it."""

    sku: str
    name: str
    size: str
    colour: str
    price: Decimal
    currency: str
    store: str


def alternatives(product: Product, store_ids: Sequence[int], *, now: datetime) -> list[Alternative]:
    """Up to four products of the same category, none of them a variant of `product`, that one of these stores
    (nearest first) very likely has; one statement.
    """
    if not product.category or not store_ids:
        return []
    given: dict[str, Any] = {
        "category": product.category,
        "family": product.variant_of_id or product.pk,
        "price": product.price,
        "currency": product.currency,
        "stores": list(store_ids),
        "now": now,
        "most_alike": MOST_ALIKE,
        "most": MOST,
        "hours": BELIEF_HOURS,
        "days": PROOF_DAYS,
        "pieces": PIECES,
        "sure": SURE,
    }
    with connection.cursor() as cursor:
        cursor.execute(ALTERNATIVES, given)
        return [Alternative(*row) for row in cursor.fetchall()]
