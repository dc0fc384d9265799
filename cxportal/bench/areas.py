"""What each area measures, one part after the other; a part that fails spoils only its own figures."""

import queue
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException

import psycopg2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import Error
from django.utils import timezone

from customers.bootstrap import login
from cxportal.bench import holds, live, load, pages, reads, sales, scratch, server, shape, turns
from cxportal.bench.figures import Figure, note

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


# Shows that everything works; its figures say nothing.
SMALL = Plan(
    size=shape.SMALL,
    course=turns.Course(pairs=1, block_seconds=0.1),
    rush=holds.Rush(rounds=1, calls=20),
    crowd=live.Crowd(streams=20, sales=5),
    requests=16,
    load=("1", "1"),
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
AREAS: dict[str, tuple[Part, ...]] = {"stock": STOCK, "pages": (PAGES,), "live": (LIVE,)}


def measure(area: str, plan: Plan) -> Iterator[Figure]:
    """The figures of `area` as they are found; a figure that could not be measured comes with the value None."""
    with scratch.portal_in(scratch.OURS):
        note("filling a database of the bench's own")
        shape.fill(plan.size, timezone.now())
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
