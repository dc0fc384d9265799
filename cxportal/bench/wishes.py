"""Shelves and people of the grown chain, drawn at random: whoever measures a promise needs many of both."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from customers.models import Customer, Store
from inventory.models import StockLevel

SIMULATED_STORE, SIMULATED_PRODUCT = "SIM", "SIM-"

# Counted down or up, with a line in the book: the proof at the end is about these levels too.
SET_FREE = """
WITH was AS (
  SELECT id, on_hand FROM inventory_stocklevel WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
), counted AS (
  UPDATE inventory_stocklevel l SET on_hand = l.held + %(pieces)s FROM was WHERE l.id = was.id
  RETURNING l.id, l.on_hand, l.held, l.on_hand - was.on_hand AS change
)
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, reason,
  occurred_at, recorded_at)
SELECT id, 'COUNT', change, 0, on_hand, held, 'simulated', %(now)s, %(now)s FROM counted WHERE change <> 0
"""
FREE_LEVELS = """
SELECT l.id FROM inventory_stocklevel l JOIN customers_store s ON s.id = l.store_id
WHERE l.id = ANY(%s) AND l.on_hand > l.held + 1 AND l.held = 0 AND starts_with(s.code, %s)
"""
RANGE = "SELECT min(id), max(id) FROM inventory_stocklevel"
# Some levels are sold out, of some a piece is put aside already.
SPARE = 8


def free_levels(count: int, draw: random.Random) -> list[StockLevel]:
    """So many levels with a free piece and nothing put aside, drawn from all of the chain; RuntimeError when it is
    too small.
    """
    with connection.cursor() as cursor:
        cursor.execute(RANGE)
        first, last = cursor.fetchone()
        asked = draw.sample(range(first, last + 1), min(SPARE * count, last + 1 - first))
        cursor.execute(FREE_LEVELS, [asked, SIMULATED_STORE])
        found = [pk for (pk,) in cursor.fetchall()]
    if len(found) < count:
        raise RuntimeError(f"Only {len(found)} of {count} levels with a free piece: the chain is too small.")
    draw.shuffle(found)
    return list(StockLevel.objects.select_related("store").filter(pk__in=found[:count]))


def set_free(levels: Sequence[StockLevel], pieces: int, now: datetime) -> None:
    """From now on exactly so many are free on each."""
    with connection.cursor() as cursor:
        cursor.execute(SET_FREE, {"ids": [level.pk for level in levels], "pieces": pieces, "now": now})


@dataclass(frozen=True)
class Wish:
    """Somebody wants a piece from one shelf."""

    customer: Customer
    level: StockLevel


class Wishes:
    """Wishes that nobody has had yet: each customer has one, each level is wanted once."""

    def __init__(self, customers: Sequence[Customer], levels: Sequence[StockLevel]) -> None:
        self.left: Iterator[Wish] = (Wish(*pair) for pair in zip(customers, levels, strict=False))

    def next(self) -> Wish:
        """The next one. RuntimeError when there are no more."""
        wish = next(self.left, None)
        if wish is None:
            raise RuntimeError("There are more calls than customers or free levels.")
        return wish


@dataclass
class People:
    """Who may wish, in turn: who was served once has what he may have, and is not asked again."""

    left: list[int]

    @classmethod
    def all(cls) -> "People":
        """Every customer of the bench."""
        return cls(list(Customer.objects.order_by("pk").values_list("pk", flat=True)))

    def take(self, count: int) -> list[Customer]:
        """So many who have not been taken. RuntimeError when there are no more."""
        if len(self.left) < count:
            raise RuntimeError(f"{count} customers are needed, {len(self.left)} are left.")
        taken, self.left = self.left[:count], self.left[count:]
        return list(Customer.objects.filter(pk__in=taken))


def random_stores(count: int, draw: random.Random) -> list[Store]:
    """So many stores of the grown chain, with their ranges."""
    return draw.sample(list(Store.objects.filter(code__startswith=SIMULATED_STORE)), count)
