"""Writing the till lines in slices side by side, each over its own connection, committed together or not at all."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from customers.models import Store

from .book import Book, join_events, keep_book, make_plan, stock_events
from .clock import Numbers
from .copying import Done
from .holds import Drawn, draw_holds, hold_events, write_holds
from .receipts import write_ledger, write_lines, write_sales
from .shelves import Ids, write_counts, write_discrepancies, write_levels, write_movements
from .slices import Slice

Item = TypeVar("Item")
Result = TypeVar("Result")

# A page's limits are no measure for a load. Keys are checked at the end of each COPY, not piled up until COMMIT.
SETTINGS = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET CONSTRAINTS ALL IMMEDIATE",
)


@dataclass(frozen=True)
class Ground:
    """What the till lines point at: the stores, and the first ids of products and customers."""

    stores: Sequence[Store]
    product: int
    customer: int
    source_id: int

    @property
    def store_ids(self) -> Numbers:
        """In the order of the catalogue's stores."""
        return np.array([store.pk for store in self.stores])


@dataclass(frozen=True)
class Simulated:
    """A slice and all that is made up around it."""

    part: Slice
    book: Book
    holds: list[Drawn]

    @property
    def rows(self) -> int:
        """How many rows it will be, but for a few."""
        return len(self.part.level_store) + 2 * len(self.part.sale_basket) + len(self.part) + len(self.book.events)


@contextmanager
def long_transaction() -> Iterator[CursorWrapper]:
    """A transaction that may take its time."""
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
        yield cursor


def simulate(part: Slice, ground: Ground, seed: int) -> Simulated:
    """The book of stock of one slice."""
    demand = part.demand()
    plan = make_plan(demand, seed)
    hours = np.array([store.hold_hours for store in ground.stores])
    holds = draw_holds(part, plan, hours, seed)
    events = [stock_events(demand, plan)] + ([hold_events(holds)] if holds else [])
    return Simulated(part, keep_book(join_events(events), demand.levels), holds)


def write_all(halves: Sequence[Simulated], ground: Ground, done: Done) -> int:
    """Write the slices, one thread each; returns how many rows. When one fails, none is committed."""
    together = threading.Barrier(len(halves))

    def write(half: Simulated) -> int:
        try:
            with long_transaction() as cursor:
                rows = _write(cursor, half, ground, done)
                # All have written everything: only then does each of them commit.
                together.wait()
            return rows
        except BaseException:
            together.abort()
            raise
        finally:
            connection.close()

    return sum(_side_by_side(write, halves))


def _side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """The results in order; of several errors the one that caused the others."""
    with ThreadPoolExecutor(len(items)) as pool:
        futures = [pool.submit(work, item) for item in items]
    errors = [error for future in futures if (error := future.exception())]
    for error in sorted(errors, key=lambda one: isinstance(one, threading.BrokenBarrierError)):
        raise error
    return [future.result() for future in futures]


def _write(cursor: CursorWrapper, half: Simulated, ground: Ground, done: Done) -> int:
    part, book, stores = half.part, half.book, ground.store_ids
    level = write_levels(cursor, part, book, stores, ground.product, done)
    codes = [store.code for store in ground.stores]
    entry = write_ledger(cursor, part, codes, stores, ground.customer, done)
    sale = write_sales(cursor, part, stores, ground.customer, entry, done)
    line = write_lines(cursor, part, sale, ground.product, done)
    ids = Ids(ground.product, level, sale, line, stores)
    hold_ids = write_holds(part, half.holds, ids, customer=ground.customer, source_id=ground.source_id)
    moved = write_movements(cursor, book, ids, hold_ids, done)
    counted = write_counts(cursor, book, ids, done) + write_discrepancies(cursor, part, book, ids, done)
    return len(part.level_store) + 2 * len(part.sale_basket) + len(part) + moved + counted
