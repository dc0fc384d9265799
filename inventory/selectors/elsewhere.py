"""Where else: the stores around one store that have the same product free."""

from datetime import datetime

from customers.models import Store
from inventory.geo import Point, PointError, distance_km
from inventory.models import Product, StockLevel
from inventory.selectors.availability import StoreAvailability, availability_of
from inventory.selectors.catalogue import Place, find_place
from inventory.selectors.nearby import nearest_levels

LOOKED_AT = 25
MOST_TO_WAIT_IN = 12


def elsewhere(product: Product, store: Store, *, now: datetime, most: int = 3) -> list[StoreAvailability]:
    """Other stores whose book has one free and is not doubted, the surest words first, then the nearest."""
    here = Point(store.latitude, store.longitude)
    rows = availability_of(nearest_levels(product.pk, here, limit=LOOKED_AT), now=now)
    found = [row for row in rows if row.store.pk != store.pk and row.band in ("SURE", "ASK") and row.facts.free]
    return sorted(found, key=lambda row: (row.band != "SURE", km_from(store, row)))[:most]


def km_from(store: Store, row: StoreAvailability) -> float:
    """How far the other store is, in km."""
    return distance_km(Point(store.latitude, store.longitude), Point(row.store.latitude, row.store.longitude))


def places_to_wait(
    product: Product, near: Point | None, *, most: int = MOST_TO_WAIT_IN
) -> list[tuple[Store, float | None]]:
    """The stores that keep the product, the nearest first, with how far they are in km (None without a place)."""
    ids = nearest_levels(product.pk, near, limit=most)
    levels = {level.pk: level for level in StockLevel.objects.filter(pk__in=ids).select_related("store")}
    stores = [levels[pk].store for pk in ids]
    return [(store, _km(near, store) if near else None) for store in stores]


def known_place(near: str) -> Place | None:
    """The place that was typed; None when it is none that we know."""
    try:
        return find_place(near)
    except PointError:
        return None


def _km(point: Point, store: Store) -> float:
    return distance_km(point, Point(store.latitude, store.longitude))
