"""Loading the demo: one transaction, and COPY for whatever is many."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from customers import wellknown
from customers.bootstrap import login
from customers.models import Source, Store
from cxportal.models import ImportBatch

from .accounts import make_accounts, make_till_keys
from .book import Book, join_events, keep_book, make_plan, stock_events
from .clock import Clock, Numbers
from .drawings import write_drawings
from .extra import data_file
from .goods import write_goods
from .holds import Drawn, draw_holds, hold_events, write_holds
from .people import make_people, write_people
from .places import make_stores
from .progress import Out, Progress, peak_mb
from .receipts import write_ledger, write_lines, write_sales
from .report import Choice, LoadReport
from .shelves import Ids, write_counts, write_discrepancies, write_levels, write_movements
from .slices import Slice, read_slice
from .state import FILE_NAME, SOURCE, SOURCE_NAME
from .stories import write_stories

STEPS = 12
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
        """In the order of the slice's stores."""
        return np.array([store.pk for store in self.stores])


def load_all(choice: Choice, *, accounts: bool, now: datetime, out: Out | None, quiet: bool) -> LoadReport:
    """Load everything and say how it went; nothing is left behind when it fails."""
    progress = Progress(STEPS, out, quiet=quiet)
    began = time.monotonic()
    wellknown.create_all()
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
        with progress.step("read the till lines") as step:
            part = read_slice(Clock.at(now), stores=choice.stores, weeks=choice.weeks)
            step(len(part))
        till_seconds = time.monotonic() - began
        ground = _lay_ground(cursor, part, choice, now, progress)
        tills_began = time.monotonic()
        rows = _write_tills(cursor, part, ground, choice.seed, progress)
        till_seconds += time.monotonic() - tills_began
        _finish(part, ground, choice, accounts, now, progress)
    with progress.step("statistics for the planner"):
        _analyse()
    return LoadReport(len(part), rows, time.monotonic() - began, till_seconds, peak_mb())


def _lay_ground(cursor: CursorWrapper, part: Slice, choice: Choice, now: datetime, progress: Progress) -> Ground:
    """Stores, products and customers."""
    source = Source.objects.create(code=SOURCE, name=SOURCE_NAME, kind=Source.Kind.DEMO, trust=0)
    stores = Store.objects.bulk_create(make_stores(part.stores, seed=choice.seed, today=now.date()))
    with progress.step("products", len(part.products)) as step:
        product = write_goods(cursor, part.products, part.product_cents, step)
    with progress.step("customers") as step:
        people = make_people(map(int, part.households), seed=choice.seed, now=now)
        homes = np.array([store.pk for store in stores])[part.home_stores()].tolist()
        customer = write_people(cursor, people, home_stores=homes, source_id=source.pk, seed=choice.seed, done=step)
    return Ground(stores, product, customer, source.pk)


def _write_tills(cursor: CursorWrapper, part: Slice, ground: Ground, seed: int, progress: Progress) -> int:
    """Receipts with all their rows; returns how many rows."""
    with progress.step("simulate the book of stock") as step:
        book, holds = _simulate(part, ground, seed)
        step(len(book.events))
    stores = ground.store_ids
    with progress.step("levels", len(part.level_store)) as step:
        level = write_levels(cursor, part, book, stores, ground.product, step)
    with progress.step("ledger", len(part.sale_basket)) as step:
        codes = [store.code for store in ground.stores]
        entry = write_ledger(cursor, part, codes, stores, ground.customer, step)
    with progress.step("receipts", len(part.sale_basket)) as step:
        sale = write_sales(cursor, part, stores, ground.customer, entry, step)
    with progress.step("receipt lines", len(part)) as step:
        line = write_lines(cursor, part, sale, ground.product, step)
    ids = Ids(ground.product, level, sale, line, stores)
    hold_ids = write_holds(part, holds, ids, customer=ground.customer, source_id=ground.source_id)
    with progress.step("movements", len(book.events)) as step:
        moved = write_movements(cursor, book, ids, hold_ids, step)
    with progress.step("counts and discrepancies") as step:
        counted = write_counts(cursor, book, ids, step) + write_discrepancies(cursor, part, book, ids, step)
    return len(part.level_store) + 2 * len(part.sale_basket) + len(part) + moved + counted


def _simulate(part: Slice, ground: Ground, seed: int) -> tuple[Book, list[Drawn]]:
    demand = part.demand()
    plan = make_plan(demand, seed)
    hours = np.array([store.hold_hours for store in ground.stores])
    holds = draw_holds(part, plan, hours, seed)
    return keep_book(join_events([stock_events(demand, plan), hold_events(holds)]), demand.levels), holds


def _finish(part: Slice, ground: Ground, choice: Choice, accounts: bool, now: datetime, progress: Progress) -> None:
    """The few rows around the tills, and the mark that the demo is there."""
    with progress.step("logins, messages, cases") as step:
        if accounts:
            step(make_accounts(ground.stores[0]))
        step(make_till_keys(ground.stores, now))
        step(write_stories(source_id=ground.source_id, seed=choice.seed, now=now))
        write_drawings(now)
    ImportBatch.objects.create(
        source_id=ground.source_id,
        file_name=FILE_NAME,
        digest=f"{data_file('transactions').stat().st_size:x}",
        mapping=choice.as_json(),
        state=ImportBatch.State.DONE,
        rows_total=len(part),
        rows_new=len(part),
        created_at=now,
        finished_at=now,
    )


def _analyse() -> None:
    """Let the planner know what came in; only the owner may, elsewhere autovacuum does it within a minute."""
    if settings.DATABASE_OWNER:
        with login(settings.DATABASE_OWNER), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("ANALYZE")
