"""Finding a product, and finding a place."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add, and_, or_

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Upper

from customers.models import Store
from inventory.geo import Point, parse_point
from inventory.gtin import is_gtin
from inventory.models import Product

SEARCH_LIMIT = 24
MOST_WORDS = 6
# Written out: every look at a product asks these, and building them from querysets cost ten times their answers.
VARIANTS = """
SELECT * FROM inventory_product WHERE is_active AND (id = %(parent)s OR variant_of_id = %(parent)s)
ORDER BY name, size, sku LIMIT %(limit)s
"""
MIDDLE = """
SELECT avg(latitude), avg(longitude) FROM customers_store
WHERE closed_date IS NULL
  AND (upper(city) = upper(%(wanted)s) OR postcode = %(wanted)s OR upper(name) = upper(%(wanted)s))
"""


@dataclass(frozen=True)
class Place:
    """Where the shopper is: the words to show, and the point."""

    name: str
    point: Point


def find_products(text: str, *, limit: int = SEARCH_LIMIT) -> list[Product]:
    """Products by SKU or GTIN (exact) or by words (typing errors allowed), the likest first; each carries `stores`,
    the number of stores whose book has one free.
    """
    wanted = " ".join(text.split())[:120]
    if not wanted:
        return []
    exact = _with_stores().filter(_code(wanted))
    for products in (exact, _by_words(wanted, and_), _by_words(wanted, or_)):
        found = list(products[:limit])
        if found:
            return found
    return []


def _code(wanted: str) -> Q:
    return Q(sku=wanted) | Q(gtin=wanted) if is_gtin(wanted) else Q(sku=wanted)


def _by_words(wanted: str, join: Callable[[Q, Q], Q]) -> QuerySet[Product]:
    """Products that have something like all (or any) of the words typed, in whatever order."""
    typed = wanted.upper().split()[:MOST_WORDS]
    likeness: list[Combinable] = [TrigramWordSimilarity(word, Upper("search_text")) for word in typed]
    return (
        _with_stores()
        .annotate(words=Upper("search_text"), likeness=reduce(add, likeness))
        .filter(reduce(join, [Q(words__trigram_word_similar=word) for word in typed]))
        .order_by("-likeness", "-stores", "name", "sku")
    )


def _with_stores() -> QuerySet[Product]:
    free = Q(levels__on_hand__gt=F("levels__held"), levels__store__closed_date=None)
    return Product.objects.on_sale().annotate(stores=Count("levels", filter=free))


def variants(product: Product) -> list[Product]:
    """The product and its sisters in other sizes and colours; empty when it has none."""
    parent = product.variant_of_id or product.pk
    found = list(Product.objects.raw(VARIANTS, {"parent": parent, "limit": SEARCH_LIMIT}))
    return found if len(found) > 1 else []


def find_place(text: str) -> Place | None:
    """A place from coordinates, or from a town, postcode or store name of the chain; None when it is not known.

    PointError when the coordinates are not on the globe.
    """
    wanted = " ".join(text.split())[:120]
    if not wanted:
        return None
    point = parse_point(wanted)
    if point:
        return Place("where you are", point)
    with connection.cursor() as cursor:
        cursor.execute(MIDDLE, {"wanted": wanted})
        latitude, longitude = cursor.fetchone()
    return None if latitude is None else Place(wanted, Point(latitude, longitude))


def towns(*, limit: int = 12) -> list[str]:
    """Towns with a trading store, those with most stores first."""
    counted = Store.objects.trading().exclude(city="").values_list("city").annotate(n=Count("pk"))
    return [city for city, _ in counted.order_by("-n", "city")[:limit]]
