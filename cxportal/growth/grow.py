"""Growing a chain, over two connections: one PostgreSQL process that checks foreign keys is what takes the time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, connections, transaction

from customers.bootstrap import login
from inventory.services.ledger_check import LedgerCheck, check_ledger

from .book import Stretch, write_levels
from .ground import write_customers, write_products, write_stores
from .size import Size
from .state import check_place, mark

Told = Callable[[str], object]


@dataclass(frozen=True)
class Growth:
    """What came of it; `seconds` until the last row was in, without the planner's statistics and the proof."""

    rows: int
    seconds: float
    check: LedgerCheck

    @property
    def rows_per_s(self) -> float:
        """Rows of all kinds in a second."""
        return self.rows / self.seconds


def grow(size: Size, *, now: datetime, told: Told) -> Growth:
    """Let a chain of `size` grow, prove its book, and say how it went. NotOursError where it may not grow."""
    check_place()
    began = time.monotonic()
    with transaction.atomic():
        # First, so that a growth that broke off is known as one.
        mark(size.levels, size.movements, now)
        write_stores(1, size.stores)
        write_products(1, size.products)
        write_customers(size.customers, now)
    told(f"{size.stores:,} stores, {size.products:,} products, {size.customers:,} customers")
    widen(Stretch(1, size.products, size.stores_of_product, size.movements), now=now)
    seconds = time.monotonic() - began
    told(f"{size.levels:,} levels, {size.movements:,} movements")
    analyse()
    check = check_ledger()
    rows = size.stores + size.products + size.customers + size.levels + size.movements
    return Growth(rows, seconds, check)


def widen(stretch: Stretch, *, now: datetime) -> None:
    """Add the levels and movements of `stretch`, half of them over each of two connections."""
    halves = stretch.halves()
    with ThreadPoolExecutor(len(halves)) as hands:
        for done in [hands.submit(_write, half, now) for half in halves]:
            done.result()


def _write(stretch: Stretch, now: datetime) -> None:
    try:
        write_levels(stretch, now)
    finally:
        connections.close_all()


def analyse() -> None:
    """Let the planner know what came in; only the owner may, elsewhere autovacuum does it within a minute."""
    if settings.DATABASE_OWNER:
        with login(settings.DATABASE_OWNER), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE")
