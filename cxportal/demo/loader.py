"""Loading the demo: the ground (stores, products, customers), the till lines, and what stands around them.

The till lines go in over two connections, because one PostgreSQL process checking foreign keys is what takes the time.
Hence three transactions; an ImportBatch says how far a load came: one that broke off before the tills is swept away,
one that broke off behind them is finished by the next call.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db import connection

from customers import wellknown
from customers.bootstrap import login
from customers.models import Source, Store
from cxportal.models import ImportBatch

from .accounts import Hashes, hash_passwords, make_accounts, make_till_keys
from .arrivals import write_arrivals
from .clock import Clock
from .drawings import write_drawings
from .extra import data_file
from .goods import write_goods
from .halves import Ground, long_transaction, simulate, write_all
from .looks import write_looks
from .people import make_people, write_choices, write_people
from .places import make_stores
from .progress import Out, Progress, peak_mb
from .report import Choice, LoadReport
from .sayings import write_sayings
from .slices import Catalogue, read_slices
from .state import FILE_NAME, SOURCE, SOURCE_NAME, broken_batch, check_empty, has_tills, only_one, sweep
from .stories import write_stories

STEPS = 7
PARTS = 2


@dataclass(frozen=True)
class Load:
    """One load: what, when, and where it tells how far it is."""

    choice: Choice
    now: datetime
    progress: Progress


def load_all(choice: Choice, *, accounts: bool, now: datetime, out: Out | None, quiet: bool) -> LoadReport:
    """Load everything and say how it went. Raises NotEmptyError in a database with other data."""
    began = time.monotonic()
    load = Load(choice, now, Progress(STEPS, out, quiet=quiet))
    with only_one(), ThreadPoolExecutor(1) as aside:
        # Slow by design, and no business of the database: another thread's work.
        hashes = aside.submit(hash_passwords) if accounts else None
        wellknown.create_all()
        report = load_tills(load)
        _finish(load, hashes)
    with load.progress.step("statistics for the planner"):
        _analyse()
    return replace(report, seconds=time.monotonic() - began, peak_mb=peak_mb())


def load_tills(load: Load) -> LoadReport:
    """Ground and till lines, unless a load that broke off left them."""
    broken = broken_batch()
    if broken and has_tills():
        return LoadReport(broken.rows_total or 0, 0, 0.0, 0.0, 0.0)
    if broken:
        sweep()
    check_empty()
    began = time.monotonic()
    with load.progress.step("read the till lines") as step:
        clock = Clock.at(load.now)
        slices = read_slices(clock, stores=load.choice.stores, weeks=load.choice.weeks, parts=PARTS)
        lines = sum(map(len, slices))
        step(lines)
    reading_seconds = time.monotonic() - began
    ground = _lay_ground(load, slices[0].catalogue, lines)
    try:
        began = time.monotonic()
        with load.progress.step("simulate the book of stock") as step:
            halves = [simulate(slices.pop(), ground, load.choice.seed + place) for place in range(len(slices))]
            step(sum(half.rows for half in halves))
        with load.progress.step("receipts, movements, levels", sum(half.rows for half in halves)) as step:
            rows = write_all(halves, ground, step)
    except BaseException:
        sweep()
        raise
    return LoadReport(lines, rows, 0.0, reading_seconds + time.monotonic() - began, 0.0)


def _lay_ground(load: Load, catalogue: Catalogue, lines: int) -> Ground:
    """Stores, products and customers."""
    seed = load.choice.seed
    with long_transaction() as cursor:
        source = Source.objects.create(code=SOURCE, name=SOURCE_NAME, kind=Source.Kind.DEMO, trust=0)
        ImportBatch.objects.create(
            source=source,
            file_name=FILE_NAME,
            digest=f"{data_file('transactions').stat().st_size:x}",
            mapping=load.choice.as_json(),
            state=ImportBatch.State.RUNNING,
            rows_total=lines,
            created_at=load.now,
        )
        stores = Store.objects.bulk_create(_stores(catalogue, load))
        with load.progress.step("products", len(catalogue.products)) as step:
            product = write_goods(cursor, catalogue.products, catalogue.product_cents, step)
        with load.progress.step("customers", len(catalogue.households)) as step:
            people = make_people(map(int, catalogue.households), seed=seed, now=load.now)
            homes = np.array([store.pk for store in stores])[catalogue.home_stores].tolist()
            customer = write_people(cursor, people, home_stores=homes, source_id=source.pk, done=step)
    return Ground(stores, product, customer, source.pk)


def _stores(catalogue: Catalogue, load: Load) -> list[Store]:
    nights, today = catalogue.night_stores, load.now.date()
    return make_stores(catalogue.stores, nights=nights, seed=load.choice.seed, today=today)


def _finish(load: Load, hashes: "Future[Hashes] | None") -> None:
    """The few rows around the tills, and the mark that the demo is there."""
    source_id = Source.objects.get(code=SOURCE).pk
    stores = list(Store.objects.order_by("id"))
    seed, now = load.choice.seed, load.now
    with load.progress.step("consents, logins, messages, cases") as step, long_transaction():
        step(write_choices(source_id=source_id, seed=seed))
        if hashes:
            step(make_accounts(stores[0], hashes.result()))
        step(make_till_keys(stores, now))
        step(write_stories(source_id=source_id, seed=seed, now=now))
        step(write_arrivals(now=now))
        step(write_sayings())
        write_drawings(now)
        step(write_looks(now))
        running = ImportBatch.objects.filter(source=source_id, state=ImportBatch.State.RUNNING)
        running.update(state=ImportBatch.State.DONE, finished_at=now)


def _analyse() -> None:
    """Let the planner know what came in; only the owner may, elsewhere autovacuum does it within a minute."""
    if settings.DATABASE_OWNER:
        with login(settings.DATABASE_OWNER), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("ANALYZE")
