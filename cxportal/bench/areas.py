"""What each area measures, one part after the other; a part that fails spoils only its own figures."""

import queue
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPException

import psycopg2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import Error
from django.utils import timezone

from customers.bootstrap import login
from cxportal.bench import (
    crush,
    curve,
    flow,
    holds,
    live,
    load,
    looks,
    pages,
    promising,
    reads,
    sales,
    scratch,
    server,
    shape,
    sureness,
    turns,
)
from cxportal.bench.figures import Figure, note
from cxportal.bench.peers import OSCAR, PRETIX
from cxportal.bench.web_shop import WebShop
from cxportal.bench.wishes import People

# What a measurement may fail of: a server that does not start, a process that is late, a service that refuses.
UNMEASURED = (
    *(Error, psycopg2.Error, ValidationError, CommandError, HTTPException, subprocess.SubprocessError, queue.Empty),
    *(ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, TypeError, ValueError),
)


@dataclass(frozen=True)
class Plan:
    """How much of everything is done."""

    size: shape.Size = field(default_factory=shape.Size)
    course: turns.Course = field(default_factory=turns.Course)
    rush: holds.Rush = field(default_factory=holds.Rush)
    crowd: live.Crowd = field(default_factory=live.Crowd)
    requests: int = 400
    load: tuple[str, ...] = ("default",)
    scale: curve.Scale = field(default_factory=curve.Scale)
    queue: promising.Queue = field(default_factory=promising.Queue)
    squeeze: crush.Crush = field(default_factory=crush.Crush)
    bulk: flow.Flow = field(default_factory=flow.Flow)
    shoppers: looks.Shoppers = field(default_factory=looks.Shoppers)
    doubt: sureness.Doubt = field(default_factory=sureness.Doubt)


# Shows that everything works; its figures say nothing.
SMALL = Plan(
    size=shape.SMALL,
    course=turns.Course(pairs=1, block_seconds=0.1),
    rush=holds.Rush(rounds=1, calls=20),
    crowd=live.Crowd(streams=20, sales=5),
    requests=16,
    load=("1", "1"),
    scale=curve.Scale(stages=(10_000, 60_000), stores=50, customers=4_000, calls=10),
    queue=promising.Queue(calls=5),
    squeeze=crush.Crush(pieces=20),
    bulk=flow.Flow(holds=100, batches=3, rows=50),
    shoppers=looks.Shoppers(asked=16, looks=2),
    doubt=sureness.Doubt(levels=100, world_levels=100, warm_up=20, days=60),
)
FULL_LOAD = ("full",)


def _selling(plan: Plan) -> Iterator[Figure]:
    yield sales.statements(plan.size)
    yield sales.versus_raw("post_sale_vs_raw_sql", plan.size, 1, plan.course)
    yield sales.versus_raw("post_sale_vs_raw_sql_8", plan.size, 8, plan.course)


def _looking(plan: Plan) -> Iterator[Figure]:
    yield reads.availability_everywhere()


def _holding(plan: Plan) -> Iterator[Figure]:
    yield holds.oversold(plan.rush)


def _loading(plan: Plan) -> Iterator[Figure]:
    yield from load.figures(list(plan.load))


def _pages(plan: Plan) -> Iterator[Figure]:
    with server.serving(scratch.environment(scratch.OURS)) as running:
        yield from pages.cpu(running, plan.requests)


def _live(plan: Plan) -> Iterator[Figure]:
    env = scratch.environment(scratch.OURS)
    with server.serving(env) as running:
        yield from live.figures(running, env, plan.crowd)


def _growing(plan: Plan) -> Iterator[Figure]:
    yield from curve.figures(plan.scale)


def _finding(plan: Plan) -> Iterator[Figure]:
    yield looks.nearest(plan.shoppers)
    yield looks.search(plan.shoppers)
    yield looks.versus_oscar(plan.shoppers)


def _promising(plan: Plan) -> Iterator[Figure]:
    people = People.all()
    # A thousand refusals are what is wanted, and no news.
    with server.serving(scratch.environment(scratch.OURS), is_silent=True) as running:
        yield from crush.figures(people, plan.squeeze, WebShop(running, timezone.now()).door)
    yield promising.slowest(people, plan.queue)
    yield promising.versus_raw("hold_vs_raw_sql", people, 1, plan.course)
    yield promising.versus_raw("hold_vs_raw_sql_8", people, 8, plan.course)
    yield promising.versus_peer("hold_vs_oscar", OSCAR, people, plan.rush)
    yield promising.versus_peer("hold_vs_pretix", PRETIX, people, plan.rush)


def _flowing(plan: Plan) -> Iterator[Figure]:
    yield flow.expiry(People.all(), plan.bulk)
    yield flow.ingest(plan.bulk)


def _believing(plan: Plan) -> Iterator[Figure]:
    yield sureness.updates(plan.doubt)
    yield sureness.sweeping()


def _doubting(plan: Plan) -> Iterator[Figure]:
    yield from sureness.rightness(plan.doubt)


@dataclass(frozen=True)
class Part:
    """Some figures that are measured together."""

    names: tuple[str, ...]
    measure: Callable[[Plan], Iterator[Figure]]


PAGES = Part(("page_cpu_ms", "json_cpu_ms"), _pages)
LIVE = Part(("live_p99_ms", "live_lost"), _live)
# Reads come before the sales, which fill the tables.
STOCK = (
    Part(("availability_500_statements",), _looking),
    PAGES,
    LIVE,
    Part(("post_sale_statements", "post_sale_vs_raw_sql", "post_sale_vs_raw_sql_8"), _selling),
    Part(("oversold",), _holding),
    Part(("load_lines_per_s", "load_peak_mb"), _loading),
)
# The chain grows first: everything after it is measured in the large one.
INVENTORY = (
    Part(("growth_1e5_to_1e7",), _growing),
    Part(("nearest_p95_ms", "search_p95_ms", "availability_vs_oscar"), _finding),
    Part(
        (
            *("oversold", "unsold", "hold_p99_ms", "hold_vs_raw_sql", "hold_vs_raw_sql_8"),
            *("hold_vs_oscar", "hold_vs_pretix"),
        ),
        _promising,
    ),
    Part(("expiry_per_s", "ingest_per_s"), _flowing),
    Part(("confidence_updates_per_s", "sweep_1m_s"), _believing),
    Part(
        (
            *("calibration_worst_decile", "brier_vs_book"),
            *("phantom_found_7d_vs_random", "phantom_found_7d_vs_oldest"),
        ),
        _doubting,
    ),
)
AREAS: dict[str, tuple[Part, ...]] = {"stock": STOCK, "inventory": INVENTORY, "pages": (PAGES,), "live": (LIVE,)}
# Where the chain grows anyway, its seed is small.
SEED = {"stores_with_range": 20, "products": 50}


def measure(area: str, plan: Plan) -> Iterator[Figure]:
    """The figures of `area` as they are found; a figure that could not be measured comes with the value None."""
    with scratch.portal_in(scratch.OURS):
        note("filling a database of the bench's own")
        size = replace(plan.size, **SEED) if area == "inventory" else plan.size
        shape.fill(size, timezone.now())
        with login(settings.DATABASE_OWNER):
            shape.analyse()
        for part in AREAS[area]:
            yield from _figures(part, plan)


def _figures(part: Part, plan: Plan) -> Iterator[Figure]:
    missing = dict.fromkeys(part.names)
    try:
        for figure in part.measure(plan):
            missing.pop(figure.name)
            yield figure
    except UNMEASURED as error:
        note(f"{', '.join(missing)}: {type(error).__name__}: {error}")
        yield from (Figure(name, None, n=0) for name in missing)
