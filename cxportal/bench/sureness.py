"""What beliefs cost, and how right they are."""

import importlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from cxportal.bench import shelves
from cxportal.bench.figures import Figure, note
from cxportal.bench.worlds import NATURES
from cxportal.demo.extra import is_installed
from inventory import shelf_filter
from inventory.services.beliefs import update_beliefs
from inventory.services.sweep import sweep
from inventory.shelf_filter import Floats
from inventory.shelf_replay import Event, Events, Shelves, replay

MILLION = 1_000_000
BATCH = 500
SOLD = """
WITH sold AS (
  UPDATE inventory_stocklevel SET on_hand = on_hand - 1, last_sold_at = %(now)s WHERE id = ANY(%(ids)s)
  RETURNING id, on_hand, held
)
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, reason,
  occurred_at, recorded_at)
SELECT id, 'SALE', -1, 0, on_hand, held, 'simulated', %(now)s, %(now)s FROM sold
"""
# Set-based, because thinking a million shelves through for the first time would take longer than what is measured.
BELIEVED = """
INSERT INTO inventory_shelfbelief (level_id, store_id, weights, believed_at, movement_id, observation_id, pace_per_day,
  loss_per_day, chance, mean, count_worth)
SELECT l.id, l.store_id, decode(repeat('0000', least(greatest(l.on_hand, 0), 200)) || 'ffff', 'hex'), %(then)s, 0, 0,
  0.1, 0.006, (l.on_hand > 0)::int, greatest(l.on_hand, 0), 0
FROM inventory_stocklevel l ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Doubt:
    """How many levels change, how large the worlds are, and for how many days they turn."""

    levels: int = 10_000
    world_levels: int = 1_500
    warm_up: int = 240
    days: int = 480


def updates(doubt: Doubt) -> Figure:
    """Beliefs brought up to date in a second by one worker, a sale each; reading and writing the rows included."""
    now = timezone.now()
    ids = _some_levels(doubt.levels)
    _update(ids, now - timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute(SOLD, {"ids": ids, "now": now})
    seconds = _update(ids, now)
    pure = _pure(doubt.levels)
    note(f"beliefs: {len(ids) / seconds:.0f} updates/s with the database, {pure:.0f} in memory")
    return Figure("confidence_updates_per_s", len(ids) / seconds, n=len(ids), more={"in_memory_per_s": round(pure)})


def _some_levels(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM inventory_stocklevel ORDER BY id")
        known = [pk for (pk,) in cursor.fetchall()]
    return random.Random().sample(known, min(count, len(known)))


def _update(ids: list[int], now: datetime) -> float:
    started = time.perf_counter()
    for first in range(0, len(ids), BATCH):
        update_beliefs(ids[first : first + BATCH], now=now)
    return time.perf_counter() - started


def _pure(count: int) -> float:
    """One sale at each of so many shelves, in memory."""
    start, draw = np.zeros(count), np.random.default_rng()
    known = Shelves(
        weights=shelf_filter.counted(draw.integers(1, 10, count), 16),
        at=start.copy(),
        trading_at=start.copy(),
        silent_from=start.copy(),
        aside=np.zeros(count, np.int64),
        lost_per_day=np.full(count, 0.01),
        pace_per_day=np.full(count, 0.5),
    )
    when = draw.random(count)
    sales = Events(
        level=np.arange(count),
        at=when,
        trading_at=when,
        kind=np.full(count, Event.SOLD, np.int64),
        pieces=np.ones(count, np.int64),
        book=np.zeros(count, np.int64),
        aside=np.zeros(count, np.int64),
    )
    started = time.perf_counter()
    for first in range(0, count, BATCH):
        replay(known, sales.rows(np.arange(first, min(count, first + BATCH))))
    return count / (time.perf_counter() - started)


def sweeping() -> Figure:
    """The nightly sweep of all levels, scaled to a million where there are fewer; all of them are thought of before."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(BELIEVED, {"then": now - timedelta(days=5)})
    started = time.perf_counter()
    count = sweep(now)
    seconds = time.perf_counter() - started
    note(f"sweep of {count:,} levels: {seconds:.1f} s")
    more = {"levels": count, "seconds": seconds, "scaled": count < MILLION}
    return Figure("sweep_1m_s", seconds * MILLION / max(1, count), n=count, more=more)


def rightness(doubt: Doubt) -> Iterator[Figure]:
    """All worlds, with fresh seeds: the mean of them as the figure, the worst world beside it."""
    seed = random.SystemRandom().randrange(2**32)
    draw = np.random.default_rng(seed)
    demand, source = _paces()
    reports = []
    for place, nature in enumerate(NATURES):
        pace = draw.choice(demand, doubt.world_levels)
        report = shelves.visit(nature, pace, seed + place, days=doubt.days, warm_up=doubt.warm_up)
        reports.append(report)
        note(
            f"world {nature.name!r} (breaks: {nature.breaks or 'nothing'}): phantoms {report.phantoms:.1%},"
            f" worst decile {report.worst_decile:.1f} points, Brier {report.brier_ratio:.2f} of the book's,"
            f" wasted trips {report.wasted:.2f} of today's, found {report.found:.0%} (oldest {report.oldest:.0%})"
        )
    yield from _figures(reports, {"seed": seed, "demand": source, "worlds": len(reports)})


def _paces() -> tuple[Floats, str]:
    """Pieces a day of levels that sell at least monthly: the data set's, or drawn where it is not installed."""
    if not is_installed():
        return np.random.default_rng().lognormal(np.log(1 / 20), 0.7, 10_000), "drawn"
    # By name: it needs packages that only the demo has.
    return importlib.import_module("cxportal.demo.paces").yearly_paces(), "data set"


def _figures(reports: list[shelves.Report], common: dict[str, object]) -> Iterator[Figure]:
    looks = sum(report.looks for report in reports)

    def figure(name: str, values: list[float], worst: float, **more: object) -> Figure:
        world = reports[values.index(worst)].nature.name
        return Figure(
            name,
            sum(values) / len(values),
            n=looks,
            more={"worst": worst, "worst_world": world, **more, **common},
        )

    decile = [report.worst_decile for report in reports]
    brier = [report.brier_ratio for report in reports]
    wasted = [report.wasted for report in reports]
    yield figure("calibration_worst_decile", decile, max(decile))
    phantoms = [report.phantoms for report in reports]
    yield figure(
        "brier_vs_book",
        brier,
        max(brier),
        wasted_trips=sum(wasted) / len(wasted),
        wasted_trips_worst=max(wasted),
        wasted_trips_goal=0.4,
        phantoms=sum(phantoms) / len(phantoms),
    )
    by_chance = [report.found / shelves.COUNTED_A_WEEK for report in reports]
    by_age = [report.found / max(report.oldest, 1e-9) for report in reports]
    found = sum(report.found for report in reports) / len(reports)
    yield figure("phantom_found_7d_vs_random", by_chance, min(by_chance), found=found)
    yield figure("phantom_found_7d_vs_oldest", by_age, min(by_age), found=found)
