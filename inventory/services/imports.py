"""Counts and deliveries from a file: what each row would change, and booking them. Each row once, however often."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from customers.models import Store
from inventory.locks import lock_levels
from inventory.models import Delivery, Product, StockLevel
from inventory.services.counts import post_count, surprises
from inventory.services.deliveries import expect_delivery, receive_delivery
from inventory.services.levels import level_ids_for


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "NEW"
    AGAIN = "AGAIN"
    SAME = "SAME"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class CountRow:
    """One counted product. `product` is its SKU or GTIN."""

    line: int
    product: str
    counted: int
    counted_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class DeliveryRow:
    """One product of a delivery. `received` is empty when it is still to come."""

    line: int
    product: str
    number: str
    expected: int
    expected_at: datetime
    received: int | None = None


@dataclass(frozen=True)
class Plan:
    """What one row would do, in words. `product_id` is 0 where there is none."""

    line: int
    fate: Fate
    name: str
    words: str
    product_id: int = 0


def products_of(names: Iterable[str]) -> dict[str, Product]:
    """The products by SKU or GTIN, whichever was written."""
    wanted = sorted(set(names))
    rows = Product.objects.filter(Q(sku__in=wanted) | Q(gtin__in=[name for name in wanted if name]))
    found = {product.gtin: product for product in rows if product.gtin}
    return {**found, **{product.sku: product for product in rows}}


# What the book would have said at the moment of each count.
BOOKS = """
SELECT d.place, coalesce(l.on_hand, 0), coalesce(l.on_hand - coalesce((
    SELECT sum(m.quantity) FROM inventory_stockmovement m WHERE m.level_id = l.id AND m.occurred_at > d.counted_at
  ), 0), 0)::int, b.weights,
  EXISTS (SELECT FROM inventory_stockcount c
    WHERE c.level_id = l.id AND c.counted_at = d.counted_at AND c.counted = d.counted),
  EXISTS (SELECT FROM inventory_stockcount c
    WHERE c.level_id = l.id AND c.state = 'SURPRISE' AND c.counted_at < d.counted_at)
FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::timestamptz[]) AS d (place, product, counted, counted_at)
LEFT JOIN inventory_stocklevel l ON l.product_id = d.product AND l.store_id = %s
LEFT JOIN inventory_shelfbelief b ON b.level_id = l.id
"""


@dataclass(frozen=True)
class Book:
    """What the book says of one counted product: now, at the moment of the count, and whether the count is known."""

    on_hand: int
    said: int
    weights: bytes | None
    is_same: bool
    is_second: bool


def plan_counts(*, store: Store, rows: Sequence[CountRow], now: datetime) -> list[Plan]:
    """What each row would change in this store's book, in the order of the rows. Reads only."""
    products = products_of(row.product for row in rows)
    known = [row for row in rows if row.product in products]
    with connection.cursor() as cursor:
        values = [(row.line, products[row.product].pk, row.counted, row.counted_at) for row in known]
        if values:
            cursor.execute(BOOKS, [*map(list, zip(*values, strict=True)), store.pk])
        books = {line: Book(*book) for line, *book in (cursor.fetchall() if values else ())}
    first: dict[int, int] = {}
    plans = []
    for row in rows:
        product = products.get(row.product)
        earlier = first.setdefault(product.pk, row.line) if product else row.line
        plans.append(_plan_count(row, product, earlier, books.get(row.line), now))
    return plans


def _plan_count(row: CountRow, product: Product | None, earlier: int, book: Book | None, now: datetime) -> Plan:
    if product is None or book is None:
        return Plan(row.line, Fate.REFUSED, row.product, "No product has this SKU or GTIN.")
    if earlier != row.line:
        return Plan(row.line, Fate.REFUSED, product.name, f"Line {earlier} counts this product too. Add them up.")
    if row.counted_at > now:
        return Plan(row.line, Fate.REFUSED, product.name, "This time is in the future.")
    if book.is_same:
        return Plan(row.line, Fate.SAME, product.name, "In the book already.", product.pk)
    is_odd = surprises(counted=row.counted, book=book.said, on_hand=book.on_hand, weights=book.weights)
    if is_odd and not book.is_second:
        words = f"{row.counted} counted, {book.said} in the book: to be counted again first."
        return Plan(row.line, Fate.AGAIN, product.name, words, product.pk)
    return Plan(row.line, Fate.NEW, product.name, _difference(row.counted, book.said), product.pk)


def _difference(counted: int, said: int) -> str:
    if counted == said:
        return f"{counted} counted, as the book says."
    return f"{counted} counted, {said} in the book: {abs(counted - said)} {'more' if counted > said else 'fewer'}."


@transaction.atomic
def book_counts(*, store: Store, rows: Sequence[CountRow], now: datetime, staff: Any = None) -> list[Plan]:
    """Book what can be booked of these counts; the plans say what became of each row."""
    wanted = {product.pk for product in products_of(row.product for row in rows).values()}
    levels = level_ids_for(store.pk, wanted)
    lock_levels(levels.values())
    plans = plan_counts(store=store, rows=rows, now=now)
    for row, plan in zip(rows, plans, strict=True):
        if plan.fate in (Fate.NEW, Fate.AGAIN):
            post_count(
                level=StockLevel(pk=levels[plan.product_id]),
                counted=row.counted,
                counted_at=row.counted_at,
                now=now,
                staff=staff,
                reason=row.reason,
            )
    return plans


def plan_deliveries(*, store: Store, rows: Sequence[DeliveryRow]) -> list[Plan]:
    """What each row would add, in the order of the rows. A delivery with a wrong row is refused whole. Reads only."""
    products = products_of(row.product for row in rows)
    known = _known_deliveries(store, {row.number for row in rows})
    notes = defaultdict(list)
    for row in rows:
        notes[row.number].append(row)
    fates = {number: _plan_note(number, note, products, known.get(number)) for number, note in notes.items()}
    return [_plan_row(row, products.get(row.product), *fates[row.number]) for row in rows]


def _known_deliveries(store: Store, numbers: set[str]) -> dict[str, dict[int, int]]:
    """The lines (pieces by product id) of the deliveries that are known already."""
    known: dict[str, dict[int, int]] = {}
    for delivery in Delivery.objects.filter(store=store, number__in=numbers).prefetch_related("lines"):
        known[delivery.number] = {line.product_id: line.expected for line in delivery.lines.all()}
    return known


def _plan_note(
    number: str, rows: list[DeliveryRow], products: dict[str, Product], known: dict[int, int] | None
) -> tuple[Fate, str]:
    """What becomes of one delivery note."""
    found = [products[row.product].pk for row in rows if row.product in products]
    wrong = next((row.line for row in rows if row.product not in products), None)
    if wrong is not None:
        return Fate.REFUSED, f"Line {wrong} of this delivery names no product."
    if len(set(found)) < len(found):
        return Fate.REFUSED, "This delivery names a product twice. Add them up."
    if known is not None:
        is_same = known == {products[row.product].pk: row.expected for row in rows}
        words = "Known already." if is_same else f"Delivery {number} is known with other lines."
        return (Fate.SAME if is_same else Fate.REFUSED), words
    came = [row.received is not None for row in rows]
    if any(came) and not all(came):
        return Fate.REFUSED, "Some lines of this delivery say what came, others do not."
    if not any(row.expected for row in rows):
        return Fate.REFUSED, "There is nothing in this delivery."
    return Fate.NEW, "Received" if all(came) else "Expected"


def _plan_row(row: DeliveryRow, product: Product | None, fate: Fate, words: str) -> Plan:
    if product is None:
        return Plan(row.line, Fate.REFUSED, row.product, "No product has this SKU or GTIN.")
    if fate is Fate.NEW:
        words = f"{words}: {row.expected if row.received is None else row.received} with delivery {row.number}."
    return Plan(row.line, fate, product.name, words, product.pk)


@transaction.atomic
def book_deliveries(*, store: Store, rows: Sequence[DeliveryRow], now: datetime, staff: Any = None) -> list[Plan]:
    """Expect, or receive, what is new; the plans say what became of each row."""
    # All at once and in order: one note after the other would lock levels against tills that sell the same products.
    wanted = {product.pk for product in products_of(row.product for row in rows).values()}
    lock_levels(level_ids_for(store.pk, wanted).values())
    plans = plan_deliveries(store=store, rows=rows)
    notes: dict[str, list[tuple[DeliveryRow, int]]] = defaultdict(list)
    for row, plan in zip(rows, plans, strict=True):
        if plan.fate is Fate.NEW:
            notes[row.number].append((row, plan.product_id))
    for number, note in notes.items():
        delivery = expect_delivery(
            store=store,
            number=number,
            expected_at=note[0][0].expected_at,
            lines={product_id: row.expected for row, product_id in note},
            now=now,
            staff=staff,
        )
        received = {product_id: row.received for row, product_id in note if row.received is not None}
        if received:
            receive_delivery(delivery=delivery, received=received, now=now, staff=staff)
    return plans
