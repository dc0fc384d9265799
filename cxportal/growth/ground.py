"""Stores, products and customers by the thousand; each says that it is simulated."""

from datetime import datetime
from typing import Any

from django.db import connection

from .words import BRANDS, COLOURS, KINDS, MAKES, SIZES

# Their codes and SKUs: nobody's own begin so.
STORE, PRODUCT = "SIM", "SIM-"

STORES = """
INSERT INTO customers_store (code, name, street, postcode, city, region, country, phone, latitude, longitude,
  time_zone, currency, hours, holidays, hold_hours)
SELECT %(mark)s || n, 'Simulated store ' || n, n || ' High Street', lpad((n %% 90000)::text, 5, '0'),
  'Simulated town ' || n %% 800, 'Simulated', 'US', '+1 555 0100',
  -- Towns over half a continent, stores around their town.
  30 + (n %% 800 * 7919 %% 1600) / 100.0 + (n * 31 %% 97) / 1000.0,
  -115 + (n %% 800 * 104729 %% 3900) / 100.0 + (n * 17 %% 89) / 1000.0,
  'America/New_York', 'USD', %(hours)s::jsonb, '{}'::jsonb, 24
FROM generate_series(%(first)s, %(last)s) n
"""
HOURS = """{"mon": ["08:00", "21:00"], "tue": ["08:00", "21:00"], "wed": ["08:00", "21:00"],
"thu": ["08:00", "21:00"], "fri": ["08:00", "22:00"], "sat": ["08:00", "22:00"], "sun": ["10:00", "18:00"]}"""
PRODUCTS = """
INSERT INTO inventory_product (sku, gtin, name, brand, category, size, colour, price, currency, search_text, is_active)
SELECT %(mark)s || n, '', name, brand, category, size, colour, 1 + n %% 400 * 0.25, 'USD',
  concat_ws(' ', name, brand, category, size, colour), true
FROM (
  SELECT n, make || ' ' || kind || ', ' || size AS name, brand, kind AS category, size, colour
  FROM generate_series(%(first)s, %(last)s) n
  CROSS JOIN LATERAL (SELECT
    (%(brands)s::text[])[1 + n * 7 %% %(n_brands)s] AS brand, (%(makes)s::text[])[1 + n * 11 %% %(n_makes)s] AS make,
    (%(kinds)s::text[])[1 + n * 13 %% %(n_kinds)s] AS kind, (%(sizes)s::text[])[1 + n * 3 %% %(n_sizes)s] AS size,
    (%(colours)s::text[])[1 + n * 5 %% %(n_colours)s] AS colour) words
) named
"""
CUSTOMERS = """
INSERT INTO customers_customer (public_id, masked_name, initials, masked_phone, masked_email, open_complaints,
  is_erased, created_at)
SELECT gen_random_uuid(), 'Simulated C.', 'S. C.', '', '', 0, false, %(now)s FROM generate_series(1, %(count)s)
"""


def write_stores(first: int, last: int) -> None:
    """Stores number `first` to `last`."""
    with connection.cursor() as cursor:
        cursor.execute(STORES, {"mark": STORE, "hours": HOURS, "first": first, "last": last})


def write_products(first: int, last: int) -> None:
    """Products number `first` to `last`, with the words that catalogues have."""
    lists: dict[str, tuple[str, ...]] = {
        "brands": BRANDS,
        "makes": MAKES,
        "kinds": KINDS,
        "sizes": SIZES,
        "colours": COLOURS,
    }
    lengths = {f"n_{name}": len(words) for name, words in lists.items()}
    given: dict[str, Any] = {"mark": PRODUCT, "first": first, "last": last}
    given |= {name: list(words) for name, words in lists.items()}
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, given | lengths)


def write_customers(count: int, now: datetime) -> None:
    """Customers without contacts and without a line in the vault: nobody can be told anything."""
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"count": count, "now": now})
