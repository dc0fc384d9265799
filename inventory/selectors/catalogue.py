"""Finding a product, and finding a place."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db import connection
from django.db.models import Count

from customers.models import Store
from inventory.geo import Point, parse_point
from inventory.gtin import is_gtin
from inventory.models import Product, Synonym
from inventory.spelling import Vocabulary

SEARCH_LIMIT = 24
MOST_WORDS = 6
MOST_TYPED = 120
# The likest by words, of which those that most stores have come first.
MOST_RANKED = 200
# Stores are counted up to here: how many more there are helps nobody to choose.
MOST_COUNTED = 100
# A word that more products have ("oz") tells nothing: which of them are ranked is left to chance, the answer is quick.
MOST_HITS = 800
WORDS_KEPT_S = 600
SYNONYMS_KEPT_S = 30
WORD = re.compile(r"[^\W_]+")
# In this form, unlike \m, the trigram index serves the beginning of a word.
BEGINS = "(^|[^[:alnum:]])"
ENDS = "($|[^[:alnum:]])"
# The name above what is around it; a whole word above the beginning of one.
WORD_RANK = """
CASE WHEN upper(name) ~ %s THEN 1040 WHEN upper(name) ~ %s THEN 1030 WHEN upper(search_text) ~ %s THEN 1010 ELSE 0 END
+ CASE WHEN upper(category) ~ %s THEN 5 ELSE 0 END
"""
A_WORD = 1000
FIND = """
WITH hit AS MATERIALIZED (
  SELECT *, true AS is_number FROM inventory_product WHERE is_active AND ({by_number})
  UNION ALL (SELECT *, false FROM inventory_product WHERE is_active AND ({having}) LIMIT {hits})
), likest AS (
  SELECT *, {rank} + CASE WHEN upper(name) ~ %s THEN 3 ELSE 0 END AS rank FROM hit
  ORDER BY is_number DESC, rank DESC, id LIMIT {ranked}
)
SELECT likest.*, free.stores FROM likest CROSS JOIN LATERAL (
  SELECT count(*) AS stores FROM (
    SELECT FROM inventory_stocklevel level JOIN customers_store store ON store.id = level.store_id
    WHERE level.product_id = likest.id AND level.on_hand > level.held AND store.closed_date IS NULL LIMIT {counted}
  ) having_it
) free
ORDER BY is_number DESC, rank DESC, stores DESC, name, sku LIMIT %s
"""
TEXTS = """
SELECT upper(replace(name, size, '')), count(*) FROM inventory_product WHERE is_active GROUP BY 1
UNION ALL SELECT upper(category), count(*) FROM inventory_product WHERE is_active GROUP BY 1
UNION ALL SELECT upper(brand), count(*) FROM inventory_product WHERE is_active GROUP BY 1
"""
# Written out: every look at a product asks these, and building them from querysets cost ten times their answers.
VARIANTS = """
SELECT * FROM inventory_product WHERE is_active AND (id = %(parent)s OR variant_of_id = %(parent)s)
ORDER BY name, size, sku LIMIT %(limit)s
"""
MIDDLE = """
SELECT avg(latitude), avg(longitude),
  max(CASE upper(%(wanted)s) WHEN upper(city) THEN city WHEN upper(name) THEN name ELSE postcode END)
FROM customers_store
WHERE closed_date IS NULL
  AND (upper(city) = upper(%(wanted)s) OR postcode = %(wanted)s OR upper(name) = upper(%(wanted)s))
"""
ALIKE = """
WITH place AS (
  SELECT 1 AS kind, city AS name, avg(latitude) AS latitude, avg(longitude) AS longitude
  FROM customers_store WHERE closed_date IS NULL AND city <> '' GROUP BY city
  UNION ALL
  SELECT 2, postcode, avg(latitude), avg(longitude)
  FROM customers_store WHERE closed_date IS NULL AND postcode <> '' GROUP BY postcode
  UNION ALL
  SELECT 3, name, latitude, longitude FROM customers_store WHERE closed_date IS NULL
), likeness AS (
  SELECT *, CASE
    WHEN starts_with(upper(%(wanted)s), upper(name) || ' ') THEN 1
    WHEN length(%(wanted)s) >= %(shortest)s AND starts_with(upper(name), upper(%(wanted)s)) THEN 1
    ELSE least(word_similarity(%(wanted)s, name), 0.99) END AS alike
  FROM place
)
SELECT kind, name, latitude, longitude, alike FROM likeness WHERE alike >= %(offered)s
ORDER BY alike DESC, kind, name LIMIT %(limit)s
"""
SHORTEST_START = 3
OFFERED = 0.35
# A town is taken for the one meant from here on, and when no rival of its kind comes this close.
TAKEN = 0.5
CLEAR_LEAD = 0.1
MOST_IDEAS = 6
IDEA_LAG = 0.3


@dataclass(frozen=True)
class Found:
    """What a search found: `is_called` says that it is called so, not only alike; `is_capped` that there is more."""

    products: list[Product]
    is_called: bool = True
    is_capped: bool = False


@dataclass(frozen=True)
class Place:
    """Where the shopper is: the words to show, and the point; `typed` holds what was taken for it, if not the same."""

    name: str
    point: Point
    typed: str = ""


def find_products(text: str, *, limit: int = SEARCH_LIMIT) -> Found:
    """Products by SKU or GTIN (exact), else by the beginnings of their words or of the catalogue's words for them;
    each carries `stores`, the number of stores (to 100) whose book has one free. When nothing is called so: the most
    alike, with a slip a word forgiven, in long words two.
    """
    wanted = _clean(text)
    words = WORD.findall(wanted.upper())[:MOST_WORDS]
    if not wanted:
        return Found([])
    rows = _find([_said(word) for word in words], wanted, limit)
    if rows and rows[0].is_number:
        return Found([row for row in rows if row.is_number])
    if rows or not words:
        return Found(rows[:limit], is_capped=len(rows) > limit)
    meant = [spellings for word in words if (spellings := _spellings(word))]
    rows = _find(meant, "", limit) if meant else []
    if not rows and len(meant) > 1:
        rows = _find(meant, "", limit, join=" OR ")
    # Whoever typed three words does not look for what shares one of them, while there is one that has two.
    best = [row for row in rows if row.rank // A_WORD == rows[0].rank // A_WORD]
    return Found(best[:limit], is_called=False, is_capped=len(best) > limit)


def _find(words: Sequence[Sequence[str]], number: str, limit: int, *, join: str = " AND ") -> list[Any]:
    """Products by number, or that have all (or any) of `words`, each given in the spellings to look for; one more
    than `limit` when there are more.
    """
    groups = ["|".join(spellings) for spellings in words]
    starts = [f"{BEGINS}({group})" for group in groups]
    ranks = [(f"{start}{ENDS}", start, start, start) for start in starts]
    phrase = f"^{'[^[:alnum:]]+'.join(f'({group})' for group in groups)}($|,)"
    # Most products of some chains have no GTIN: only a real one may be compared.
    numbers = {"sku = %s": bool(number), "gtin = %s": is_gtin(number)}
    by_number = " OR ".join(field for field, is_asked in numbers.items() if is_asked) or "false"
    having = join.join(["upper(search_text) ~ %s"] * len(starts)) or "false"
    sql = FIND.format(
        rank=" + ".join([WORD_RANK] * len(ranks)) or "0",
        by_number=by_number,
        having=having,
        hits=MOST_HITS,
        ranked=MOST_RANKED,
        counted=MOST_COUNTED,
    )
    asked = [number] * sum(numbers.values()) + starts
    ranking = [pattern for rank in ranks for pattern in rank]
    return list(Product.objects.raw(sql, [*asked, *ranking, phrase, limit + 1]))


def _spellings(word: str) -> list[str]:
    """The word itself when a product's word begins so, else the words that may be meant, with other words for them."""
    words = vocabulary(int(monotonic() // WORDS_KEPT_S))
    known = [word] if words.knows(word) else words.alike(word)
    return list(dict.fromkeys(meant for one in known for meant in _said(one)))


def _said(word: str) -> list[str]:
    """The word, and what the catalogue says for it."""
    return [word, *synonyms(int(monotonic() // SYNONYMS_KEPT_S)).get(word, ())]


@lru_cache(maxsize=1)
def synonyms(period: int) -> dict[str, list[str]]:
    """The catalogue's words for what shoppers say, both in capitals, read once in SYNONYMS_KEPT_S and process."""
    found: dict[str, list[str]] = {}
    for said, meant in Synonym.objects.order_by("meant").values_list("said", "meant"):
        words = WORD.findall(meant.upper())
        found.setdefault(said.upper().strip(), []).extend(words[:1])
    return found


@lru_cache(maxsize=1)
def vocabulary(period: int) -> Vocabulary:
    """Every word of the products' names, brands and categories, and those that shoppers say for them, read once in
    WORDS_KEPT_S and process: only slips of the keyboard wait that long for a new word. `period` is the cache's key.
    """
    counts: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        for text, products in cursor:
            counts.update(dict.fromkeys(WORD.findall(text), products))
    counts.update(synonyms(int(monotonic() // SYNONYMS_KEPT_S)).keys())
    return Vocabulary(counts)


def variants(product: Product) -> list[Product]:
    """The product and its sisters in other sizes and colours; empty when it has none."""
    parent = product.variant_of_id or product.pk
    found = list(Product.objects.raw(VARIANTS, {"parent": parent, "limit": SEARCH_LIMIT}))
    return found if len(found) > 1 else []


def bare_name(product: Product) -> str:
    """The name without the size that some catalogues put at its end."""
    return product.name.removesuffix(f", {product.size}") if product.size else product.name


def find_place(text: str) -> Place | None:
    """A place from coordinates, or from a town, postcode or store name of the chain; None when it is not known.

    PointError when the coordinates are not on the globe.
    """
    wanted = _clean(text)
    if not wanted:
        return None
    point = parse_point(wanted)
    if point:
        return Place("where you are", point)
    with connection.cursor() as cursor:
        cursor.execute(MIDDLE, {"wanted": wanted})
        latitude, longitude, name = cursor.fetchone()
    return None if latitude is None else Place(name, Point(latitude, longitude))


def guess_place(text: str) -> tuple[Place | None, list[str]]:
    """The place that an unknown name must mean, if one leaves the others behind; else those that it may mean."""
    wanted = _clean(text)
    asked: dict[str, str | float] = {
        "wanted": wanted,
        "shortest": SHORTEST_START,
        "offered": OFFERED,
        "limit": MOST_IDEAS,
    }
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, asked)
        rows = cursor.fetchall()
    if not rows:
        return None, []
    kind, name, latitude, longitude, alike = rows[0]
    # A town and its stores are alike in the same measure: the town stands for them, and is no rival of theirs.
    rivals = [row[-1] for row in rows[1:] if row[0] == kind]
    if alike >= TAKEN and all(alike - rival >= CLEAR_LEAD for rival in rivals):
        return Place(name, Point(latitude, longitude), typed=wanted), []
    return None, [row[1] for row in rows if row[0] == kind and alike - row[-1] < IDEA_LAG]


def towns(*, limit: int = 12) -> list[str]:
    """Towns with a trading store, those with most stores first."""
    counted = Store.objects.trading().exclude(city="").values_list("city").annotate(n=Count("pk"))
    return [city for city, _ in counted.order_by("-n", "city")[:limit]]


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:MOST_TYPED]
