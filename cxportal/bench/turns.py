"""Two sides that do the same work in turns: what is left of raw SQL's speed when work goes through a service."""

import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

from cxportal.bench.figures import Figure, note

WARM_UP = 20
START_SECONDS = 60

Work = Callable[[], object]


@dataclass(frozen=True)
class Course:
    """How long the two sides take turns: `pairs` times a block of each."""

    pairs: int = 6
    block_seconds: float = 0.7


@dataclass(frozen=True)
class Sides:
    """One writer's two ways of doing one piece of work, and what to do at the end."""

    ours: Work
    raw: Work
    close: Work


@dataclass(frozen=True)
class Match:
    """What is compared: the figure's name, the word for one piece of work, and how a writer (by number) gets ready."""

    name: str
    unit: str
    prepare: Callable[[int], Sides]


def versus_raw(match: Match, writers: int, course: Course) -> Figure:
    """Both sides in turns, `writers` processes each; the median of the ratios of neighbouring blocks."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(writers), context.Queue()
    people = [
        context.Process(target=_write, args=(number, match, course, gate, results), daemon=True)
        for number in range(writers)
    ]
    for person in people:
        person.start()
    counted = [results.get(timeout=START_SECONDS + 4 * course.pairs * course.block_seconds) for _ in people]
    for person in people:
        person.join()
    return figure_of(match, counted, safety())


def figure_of(match: Match, counted: list[list[tuple[int, float]]], safe: dict[str, str]) -> Figure:
    """`counted` has (pieces of work, seconds) per block, for each writer."""
    rates = [sum(count / seconds for count, seconds in blocks) for blocks in zip(*counted, strict=True)]
    ours = [rate for turn, rate in enumerate(rates) if not is_raw(turn)]
    raw = [rate for turn, rate in enumerate(rates) if is_raw(turn)]
    ratios = [mine / theirs for mine, theirs in zip(ours, raw, strict=True)]
    value = statistics.median(ratios)
    note(
        f"{match.name}: {statistics.median(ours):.0f} {match.unit}/s, raw SQL {statistics.median(raw):.0f},"
        f" {len(counted)} writers; {safe}"
    )
    per_s = f"{match.unit}_per_s"
    return Figure(
        match.name,
        value,
        n=sum(count for blocks in counted for count, _ in blocks),
        peer={"name": "raw SQL over psycopg2", per_s: round(statistics.median(raw))},
        ratio=value,
        is_sound=safe["fsync"] == safe["synchronous_commit"] == "on",
        more={
            per_s: round(statistics.median(ours)),
            "writers": len(counted),
            "lowest": min(ratios),
            "highest": max(ratios),
            "fsync": safe["fsync"],
        },
    )


def is_raw(turn: int) -> bool:
    """Service, raw, raw, service, ...: neither side always comes second, after the other's checkpoint."""
    return turn % 4 in (1, 2)


def safety() -> dict[str, str]:
    """A commit that need not reach the disk would flatter both sides."""
    found = {}
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            found[name] = str(cursor.fetchone()[0])
    return found


def _write(number: int, match: Match, course: Course, gate: Any, results: Any) -> None:
    """One writer, in a process of its own."""
    sides = match.prepare(number)
    both = (sides.ours, sides.raw)
    for work in both:
        for _ in range(WARM_UP):
            work()
    counted = []
    for turn in range(2 * course.pairs):
        gate.wait(START_SECONDS)
        counted.append(_block(both[is_raw(turn)], course.block_seconds))
    results.put(counted)
    sides.close()
    connections.close_all()


def _block(work: Work, seconds: float) -> tuple[int, float]:
    started = time.perf_counter()
    count, passed = 0, 0.0
    while passed < seconds:
        work()
        count += 1
        passed = time.perf_counter() - started
    return count, passed
