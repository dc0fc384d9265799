"""How much of raw SQL's speed is left when a sale goes through the service."""

import multiprocessing
import random
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from customers.models import Store
from cxportal.bench.figures import Figure, note
from cxportal.bench.raw_till import RawTill, SaleIn, post, statements_of
from cxportal.bench.shape import Size, loyalty_number

# One sale in ten is of the same product in the same store: tills do meet.
HOT_SHARE = 0.1
WARM_UP = 20
START_SECONDS = 60

TRIGGERS = """
SELECT c.relname, t.tgname FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT (t.tgisinternal AND p.proname LIKE 'RI\\_FKey\\_%%')
  AND ((c.relname = ANY(%s) AND t.tgtype & 4 > 0) OR (c.relname = 'inventory_stocklevel' AND t.tgtype & 16 > 0))
"""
WRITTEN = [
    "customers_interaction",
    "inventory_sale",
    "inventory_saleline",
    "inventory_stockmovement",
    "inventory_stockchange",
]


@dataclass(frozen=True)
class Course:
    """How long the two sides take turns: `pairs` times a block of each."""

    pairs: int = 6
    block_seconds: float = 0.7


def statements(size: Size) -> Figure:
    """What one sale of one line with a customer asks of the database, triggers included."""
    seen = texts(size)
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [WRITTEN])
        hidden = [f"{table}.{name}" for table, name in cursor.fetchall()]
    if hidden:
        note(f"triggers fire in a sale: {', '.join(hidden)}")
    return Figure("post_sale_statements", len(seen), n=1, is_sound=not hidden, more={"triggers": len(hidden)})


def texts(size: Size) -> list[str]:
    """The statements of one sale as the service wrote them; the second sale, so that nothing is looked up first."""
    receipts = Receipts(size, "first")
    post(receipts.next())
    return [text for text, _ in statements_of(lambda: post(receipts.next()))]


def versus_raw(name: str, size: Size, writers: int, course: Course) -> Figure:
    """Both sides in turns, `writers` processes each; the median of the ratios of neighbouring blocks."""
    wording = texts(size)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(writers), context.Queue()
    people = [
        context.Process(target=_write, args=(number, size, wording, course, gate, results), daemon=True)
        for number in range(writers)
    ]
    for person in people:
        person.start()
    counted = [results.get(timeout=START_SECONDS + 4 * course.pairs * course.block_seconds) for _ in people]
    for person in people:
        person.join()
    return _figure(name, counted, _settings())


def _figure(name: str, counted: list[list[tuple[int, float]]], safety: dict[str, str]) -> Figure:
    """`counted` has (sales, seconds) per block, for each writer."""
    rates = [sum(sales / seconds for sales, seconds in blocks) for blocks in zip(*counted, strict=True)]
    ours = [rate for turn, rate in enumerate(rates) if not _is_raw(turn)]
    raw = [rate for turn, rate in enumerate(rates) if _is_raw(turn)]
    ratios = [mine / theirs for mine, theirs in zip(ours, raw, strict=True)]
    value = statistics.median(ratios)
    note(f"{name}: {statistics.median(ours):.0f} sales/s, raw SQL {statistics.median(raw):.0f}; {safety}")
    return Figure(
        name,
        value,
        n=sum(sales for blocks in counted for sales, _ in blocks),
        peer={"name": "raw SQL over psycopg2", "sales_per_s": round(statistics.median(raw))},
        ratio=value,
        is_sound=safety["fsync"] == safety["synchronous_commit"] == "on",
        more={
            "sales_per_s": round(statistics.median(ours)),
            "writers": len(counted),
            "lowest": min(ratios),
            "highest": max(ratios),
            "fsync": safety["fsync"],
        },
    )


def _is_raw(turn: int) -> bool:
    """Service, raw, raw, service, ...: neither side always comes second, after the other's checkpoint."""
    return turn % 4 in (1, 2)


def _settings() -> dict[str, str]:
    """A commit that need not reach the disk would flatter both sides."""
    found = {}
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            found[name] = str(cursor.fetchone()[0])
    return found


class Receipts:
    """The receipts of one writer, the same kind for both sides; most of different levels."""

    def __init__(self, size: Size, writer: object) -> None:
        self.draw = random.Random(str(writer))
        self.stores = list(Store.objects.filter(code__startswith="B").order_by("code")[: size.stores_with_range])
        self.size = size
        # Two runs of one writer in one database must not write the same receipts.
        self.prefix = f"{writer}-{uuid.uuid4().hex[:8]}"
        self.count = 0

    def next(self) -> SaleIn:
        """The next receipt of this writer."""
        self.count += 1
        is_hot = self.draw.random() < HOT_SHARE
        return SaleIn(
            store=self.stores[0] if is_hot else self.draw.choice(self.stores),
            receipt=f"{self.prefix}-{self.count}",
            sku=f"BENCH-{1 if is_hot else self.draw.randrange(1, self.size.products + 1)}",
            loyalty_number=loyalty_number(self.draw.randrange(self.size.customers)),
            at=timezone.now(),
        )


def _write(number: int, size: Size, wording: list[str], course: Course, gate: Any, results: Any) -> None:
    """One writer, in a process of its own."""
    raw = RawTill(wording)
    receipts = Receipts(size, f"w{number}")
    sides = (post, raw.post)
    for side in sides:
        for _ in range(WARM_UP):
            side(receipts.next())
    counted = []
    for turn in range(2 * course.pairs):
        gate.wait(START_SECONDS)
        counted.append(_block(sides[_is_raw(turn)], receipts, course.block_seconds))
    results.put(counted)
    raw.close()
    connections.close_all()


def _block(side: Callable[[SaleIn], None], receipts: Receipts, seconds: float) -> tuple[int, float]:
    started = time.perf_counter()
    count, passed = 0, 0.0
    while passed < seconds:
        side(receipts.next())
        count += 1
        passed = time.perf_counter() - started
    return count, passed
