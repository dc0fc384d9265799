"""The nearest first: stores around a place, and those of them that keep a product."""

from math import copysign, pi
from typing import Any

from django.db import connection

from customers.models.store import ON_MAP
from inventory.geo import Point, on_map

# The map's order is the globe's among near things; among far ones it may differ, so more are taken, and the globe
# decides (haversine, as inventory.geo.distance_km has it).
SPARE = 3
# So many stores are looked at one by one. The index would be walked in vain past thousands that do not keep a product
# of another region.
FEW = 1_000
WALK = """
  ({wanted} ORDER BY {on_map} <-> point(%(x)s, %(y)s) LIMIT %(taken)s)
  UNION
  ({wanted} AND %(is_near_edge)s ORDER BY {on_map} <-> point(%(x_beyond)s, %(y)s) LIMIT %(taken)s)
"""
NEAREST = """
SELECT id FROM around
ORDER BY sin(radians(latitude - %(latitude)s) / 2) ^ 2
  + cos(radians(latitude)) * cos(radians(%(latitude)s)) * sin(radians(longitude - %(longitude)s) / 2) ^ 2, id
LIMIT %(limit)s
"""
STORES = "SELECT s.id, s.latitude, s.longitude FROM customers_store s WHERE s.closed_date IS NULL"
# Where many stores keep the product, the index of places is walked outwards from the shopper.
LEVELS = """SELECT l.id, s.latitude, s.longitude FROM customers_store s
JOIN inventory_stocklevel l ON l.store_id = s.id AND l.product_id = %(product)s
WHERE s.closed_date IS NULL AND (SELECT count(*) FROM kept) > %(few)s"""
KEPT = """
WITH kept AS MATERIALIZED (
  SELECT id, store_id FROM inventory_stocklevel WHERE product_id = %(product)s LIMIT %(few)s + 1
), around AS (
  SELECT kept.id, s.latitude, s.longitude FROM kept JOIN customers_store s ON s.id = kept.store_id
  WHERE s.closed_date IS NULL AND (SELECT count(*) FROM kept) <= %(few)s
  UNION ALL
"""
NEAREST_STORES = "WITH around AS (" + WALK.format(wanted=STORES, on_map=ON_MAP) + ")" + NEAREST
NEAREST_LEVELS = KEPT + "(" + WALK.format(wanted=LEVELS, on_map=ON_MAP) + "))" + NEAREST
BY_NAME = """
SELECT l.id FROM inventory_stocklevel l JOIN customers_store s ON s.id = l.store_id
WHERE l.product_id = %(product)s AND s.closed_date IS NULL ORDER BY s.name, s.id LIMIT %(limit)s
"""


def nearest_stores(point: Point, *, limit: int) -> list[int]:
    """The trading stores nearest to `point`, by id, the nearest first; one statement."""
    return _ids(NEAREST_STORES, {**_around(point), **_taken(limit)})


def nearest_levels(product_id: int, point: Point | None, *, limit: int) -> list[int]:
    """The levels of a product in the trading stores nearest to `point`, by id, the nearest first; one statement.

    Without a place those first by the store's name.
    """
    given = {"product": product_id, "few": FEW, **_taken(limit)}
    return _ids(BY_NAME, given) if point is None else _ids(NEAREST_LEVELS, {**given, **_around(point)})


def _taken(limit: int) -> dict[str, Any]:
    return {"limit": limit, "taken": SPARE * limit}


def _around(point: Point) -> dict[str, Any]:
    """The place on the map, and once more beyond the date line, where the map's other edge follows."""
    x, y = on_map(point)
    return {
        "latitude": point.latitude,
        "longitude": point.longitude,
        "x": x,
        "y": y,
        "x_beyond": x - copysign(2 * pi, x),
        "is_near_edge": abs(x) > pi / 2,
    }


def _ids(sql: str, given: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [pk for (pk,) in cursor.fetchall()]
