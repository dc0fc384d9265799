"""The products of the slice: names from the data, GTINs of our own, sizes of one thing as its variants."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from django.db.backends.utils import CursorWrapper

from inventory.gtin import check_digit
from inventory.models import search_text

from .clock import Numbers
from .copying import Columns, Done, copy_columns, money, optional_ids, reserve_ids, texts
from .extra import data_file
from .words import plain_size, plain_words

COLUMNS = ["product_id", "manufacturer_id", "department", "brand", "product_category", "product_type", "package_size"]
# GS1 keeps the prefixes 20 to 29 for numbers that are valid inside one company: no real article can have ours.
IN_STORE_PREFIX = "29"
OWN_BRAND = "Store brand"
UNLISTED = ("Unlisted product", "", "Unlisted", "")
LARGEST_FAMILY = 12
# Kinds that say nothing without their category.
BARE = frozenset(
    {"Angus", "Basic", "Choice", "Economy", "Everyday", "Family", "Grinds", "Mainstream", "Other", "Premium"}
)
BARE |= {"Regular", "Seasonal", "Select", "Single", "Specialty", "Standard", "Super", "Traditional", "Value"}


@dataclass(frozen=True, slots=True)
class Goods:
    """One product in words; `family` is what its sizes share, None when it has no size."""

    name: str
    brand: str
    category: str
    size: str
    family: tuple[str, ...] | None = None


def describe(row: dict[str, Any]) -> Goods:
    """A product of the data set in words."""
    kind = plain_words(row["product_type"] or row["product_category"] or row["department"] or "")
    category = plain_words(row["product_category"] or row["department"] or "")
    size = plain_size(row["package_size"] or "")
    brand = OWN_BRAND if row["brand"] == "Private" else f"Maker {row['manufacturer_id']}"
    bare = kind.removesuffix(" other") in BARE and category and not category.lower().endswith(kind.lower())
    kind = kind if bare or kind.removesuffix(" other") not in BARE else category or kind
    name = ", ".join(filter(None, [category, kind.lower(), size] if bare else [kind, size]))
    return Goods(name or "Unlisted product", brand, category, size, (kind, category, brand) if size else None)


def read_goods(product_ids: Numbers) -> list[Goods]:
    """The goods of these ids, in their order. Ids that the data set does not describe are "unlisted"."""
    known: dict[int, Goods] = {}
    wanted = np.sort(product_ids)
    with pq.ParquetFile(data_file("products"), pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=16_384, columns=COLUMNS):
            chosen = np.isin(batch.column("product_id").to_numpy(), wanted)
            for row in batch.filter(chosen).to_pylist():
                known[row["product_id"]] = describe(row)
    return [known.get(int(pk)) or Goods(*UNLISTED) for pk in product_ids]


def gtin_of(product_id: int) -> str:
    """A valid GTIN-13 from the range for use inside a company."""
    body = f"{IN_STORE_PREFIX}{product_id:010d}"
    return body + check_digit(body)


def heads(goods: Sequence[Goods]) -> Numbers:
    """Per product the place, from 1, of the one it is a variant of; 0 for none.

    A family is the first product of each size of one kind and maker; further products of a size stand alone.
    """
    families: dict[tuple[str, ...], dict[str, int]] = {}
    for place, one in enumerate(goods, 1):
        if one.family:
            families.setdefault(one.family, {}).setdefault(one.size, place)
    head = np.zeros(len(goods), np.int64)
    for sizes in families.values():
        places = sorted(sizes.values())
        if 2 <= len(places) <= LARGEST_FAMILY:
            head[np.array(places[1:]) - 1] = places[0]
    return head


def write_goods(cursor: CursorWrapper, product_ids: Numbers, cents: Numbers, done: Done) -> int:
    """Write the products, in the order of `product_ids`, each with its price in cents; returns the first one's id."""
    goods = read_goods(product_ids)
    first = reserve_ids(cursor, "inventory_product", len(goods))
    head = heads(goods)

    def columns(rows: slice) -> Columns:
        some, skus = goods[rows], product_ids[rows].tolist()
        return {
            "id": np.arange(rows.start, rows.stop) + first,
            "sku": texts([str(sku) for sku in skus]),
            "gtin": texts([gtin_of(sku) for sku in skus]),
            "name": texts([one.name[:160] for one in some]),
            "brand": texts([one.brand for one in some]),
            "category": texts([one.category for one in some]),
            "size": texts([one.size for one in some]),
            "colour": "",
            # A head stands before its variants, so the key of each chunk holds when it is checked.
            "variant_of_id": optional_ids(np.where(head[rows], head[rows] + first - 1, 0)),
            "price": money(cents[rows]),
            "currency": "USD",
            "search_text": texts([search_text(one.name, one.brand, one.category, one.size) for one in some]),
            "is_active": True,
        }

    copy_columns(cursor, "inventory_product", columns, len(goods), done)
    return first
