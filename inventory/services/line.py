"""The waiting line: whatever makes a piece free serves it in the same transaction, first come, first served.

Order of locks: levels by primary key, then entries by product and place. Every caller takes them so, and no customer
is locked here; a unique constraint refuses the second hold on one shelf instead. Two deliveries at the same moment may
so bring one person a hold more than the cap; what he does himself can't.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from customers.governance import Purpose
from customers.models import Store
from customers.services.messages import Saying, send_many
from inventory.links import link_fact, product_link
from inventory.models import Hold, Product
from inventory.models.stock import FREE
from inventory.promises import hold_until
from inventory.services.caps import refusal
from inventory.services.placing import Wish, put_aside

# Where something is free and somebody waits. What others are just freeing they serve themselves.
LINES = f"""
SELECT l.id FROM inventory_stocklevel l
WHERE l.id = ANY(%s) AND {FREE} > 0 AND EXISTS (
  SELECT FROM inventory_waitlistentry w
  JOIN inventory_waitlistentry_stores s ON s.waitlistentry_id = w.id AND s.store_id = l.store_id
  WHERE w.product_id = l.product_id AND w.state = 'WAITING')
"""  # noqa: S608 - made of our own words
LOCK = f"""
SELECT l.id, l.store_id, l.product_id, {FREE} FROM inventory_stocklevel l
WHERE l.id = ANY(%s) AND {FREE} > 0
ORDER BY l.id FOR NO KEY UPDATE OF l
"""  # noqa: S608 - made of our own words
# Who has one of it already waits on, with his place; so does who has as many as a person may have (put_aside).
NEXT = """
SELECT w.id, w.customer_id, w.quantity, w.joined_at,
  ARRAY(SELECT s.store_id FROM inventory_waitlistentry_stores s WHERE s.waitlistentry_id = w.id)
FROM inventory_waitlistentry w
WHERE w.product_id = %(product)s AND w.state = 'WAITING' AND w.wants = 'HOLD' AND w.quantity <= %(most)s
  AND (w.joined_at, w.id) > (%(after_at)s, %(after_id)s)
  AND EXISTS (SELECT FROM inventory_waitlistentry_stores s
    WHERE s.waitlistentry_id = w.id AND s.store_id = ANY(%(stores)s))
  AND NOT EXISTS (SELECT FROM inventory_hold h JOIN inventory_stocklevel hl ON hl.id = h.level_id
    WHERE h.customer_id = w.customer_id AND h.state IN ('REQUESTED', 'IN_HAND') AND hl.product_id = w.product_id)
ORDER BY w.joined_at, w.id LIMIT %(limit)s FOR NO KEY UPDATE OF w
"""
TELL = """
WITH told AS MATERIALIZED (
  SELECT w.id FROM inventory_waitlistentry w
  WHERE w.product_id = %(product)s AND w.state = 'WAITING' AND w.wants = 'TELL'
    AND EXISTS (SELECT FROM inventory_waitlistentry_stores s
      WHERE s.waitlistentry_id = w.id AND s.store_id = ANY(%(stores)s))
  ORDER BY w.joined_at, w.id FOR NO KEY UPDATE OF w
)
UPDATE inventory_waitlistentry AS w SET state = 'SERVED', ended_at = %(now)s FROM told WHERE w.id = told.id
RETURNING w.id, w.customer_id, (SELECT min(s.store_id) FROM inventory_waitlistentry_stores s
  WHERE s.waitlistentry_id = w.id AND s.store_id = ANY(%(stores)s))
"""
# Somebody waits, something is free, and nothing has happened to that level since: what a crash or a late entry left.
LEFT_BEHIND = f"""
SELECT DISTINCT l.id FROM inventory_waitlistentry w
JOIN inventory_waitlistentry_stores s ON s.waitlistentry_id = w.id
JOIN inventory_stocklevel l ON l.product_id = w.product_id AND l.store_id = s.store_id
WHERE w.state = 'WAITING' AND {FREE} >= w.quantity
  AND (w.wants = 'TELL' OR ({refusal("w.customer_id", is_line=True)}) IS NULL)
ORDER BY l.id LIMIT %(limit)s
"""  # noqa: S608 - made of our own words


@dataclass(frozen=True)
class Shelf:
    """A level with something free."""

    level_id: int
    store_id: int
    product_id: int
    free: int


@dataclass(frozen=True)
class Waiting:
    """Who is next, and where he would fetch it."""

    entry_id: int
    customer_id: int
    quantity: int
    joined_at: datetime
    store_ids: list[int]


BEFORE_ALL = Waiting(0, 0, 0, datetime(1, 1, 1, tzinfo=UTC), [])


def serve_line(level_ids: Iterable[int], *, now: datetime) -> list[Hold]:
    """Promise what is free on these levels to those who wait for it, then tell who only wanted to be told.

    Returns the holds placed. Joins the caller's transaction; one statement when nobody waits. Levels in doubt serve
    with what came in since. Somebody who wants more than is there does not keep those behind him from it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LINES, [sorted(set(level_ids))])
        found = [row[0] for row in cursor.fetchall()]
    return _serve(found, now) if found else []


@transaction.atomic
def _serve(level_ids: list[int], now: datetime) -> list[Hold]:
    by_product: dict[int, list[Shelf]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [level_ids])
        for shelf in (Shelf(*row) for row in cursor.fetchall()):
            by_product[shelf.product_id].append(shelf)
    stores = Store.objects.in_bulk({shelf.store_id for shelves in by_product.values() for shelf in shelves})
    holds: list[Hold] = []
    # Entries are locked by product: two deliveries of the same goods meet in the same order.
    for product_id, shelves in sorted(by_product.items()):
        holds += _offer(product_id, shelves, stores, now)
        _tell(product_id, [shelf.store_id for shelf in shelves if shelf.free], stores, now)
    return holds


def _offer(product_id: int, shelves: list[Shelf], stores: dict[int, Store], now: datetime) -> list[Hold]:
    """Holds for the first in line until nothing is free or nobody waits; `shelves` are left as they are then."""
    holds: list[Hold] = []
    after = BEFORE_ALL
    while limit := sum(shelf.free for shelf in shelves):
        waiting = _next(product_id, shelves, after, limit)
        for one in waiting:
            for place in _places_for(one, shelves):
                if hold := _promise(one, shelves[place], stores, now):
                    shelves[place] = replace(shelves[place], free=shelves[place].free - one.quantity)
                    holds.append(hold)
                    break
        if len(waiting) < limit:
            break
        after = waiting[-1]
    return holds


def _places_for(one: Waiting, shelves: Sequence[Shelf]) -> list[int]:
    """Which of the shelves have enough for him, in stores of his."""
    return [
        place for place, shelf in enumerate(shelves) if shelf.free >= one.quantity and shelf.store_id in one.store_ids
    ]


def _next(product_id: int, shelves: Sequence[Shelf], after: Waiting, limit: int) -> list[Waiting]:
    values: dict[str, Any] = {
        "product": product_id,
        "most": max(shelf.free for shelf in shelves),
        "stores": [shelf.store_id for shelf in shelves if shelf.free],
        "after_at": after.joined_at,
        "after_id": after.entry_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEXT, values)
        return [Waiting(*row) for row in cursor.fetchall()]


def _promise(one: Waiting, shelf: Shelf, stores: dict[int, Store], now: datetime) -> Hold | None:
    """His hold; None when he has as many as a person may have, here or at all."""
    store = stores[shelf.store_id]
    wish = Wish(
        level_id=shelf.level_id,
        store_id=shelf.store_id,
        customer_id=one.customer_id,
        quantity=one.quantity,
        because=Hold.Because.WAITLIST,
        now=now,
        until=hold_until(now, store.hold_hours, store.hours, store.holidays, store.time_zone),
        has_caps=True,
        entry_id=one.entry_id,
    )
    # His entry becomes OFFERED with it.
    return put_aside(wish).hold


def _tell(product_id: int, store_ids: list[int], stores: dict[int, Store], now: datetime) -> None:
    """What is left after those who wait for it is news for those who only wanted to hear of it."""
    if not store_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"product": product_id, "stores": store_ids, "now": now})
        told = cursor.fetchall()
    if not told:
        return
    product = Product.objects.get(pk=product_id)
    known = {"product": product.name, **link_fact(product_link(product.sku))}
    send_many(
        [
            Saying(
                customer_id=customer_id,
                subject=f"wait:{entry_id}",
                facts={**known, "store": stores[store_id].name, "as_of": _as_of(stores[store_id], now)},
                dedupe_key=f"back-in-stock:{entry_id}",
            )
            for entry_id, customer_id, store_id in told
        ],
        purpose=Purpose.SERVICE,
        kind="back-in-stock",
        now=now,
    )


def _as_of(store: Store, now: datetime) -> str:
    local = now.astimezone(ZoneInfo(store.time_zone))
    return f"{local:%A} {local:%H:%M}"


def serve_left_behind(now: datetime, limit: int = 500) -> int:
    """Serve where somebody waits although something is free: a worker's net under those that serve at once."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LEFT_BEHIND, {"now": now, "limit": limit})
            found = [row[0] for row in cursor.fetchall()]
        return len(serve_line(found, now=now)) if found else 0
