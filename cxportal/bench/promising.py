"""How fast a piece is promised: beside raw SQL, beside other projects, and with eight clients at once."""

import multiprocessing
import random
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections

from cxportal.bench import turns
from cxportal.bench.figures import Figure, note, percentile
from cxportal.bench.holds import Rush
from cxportal.bench.peers import Peer, ask, with_oversold
from cxportal.bench.raw_hold import RawHold, place, wording
from cxportal.bench.raw_till import Statement
from cxportal.bench.wishes import People, Wish, Wishes, free_levels

CLIENTS = 8
BLOCKS = 4
LONGEST_SECONDS = 120
# More than any writer needs in one course.
MOST_PER_S = 1_000


@dataclass(frozen=True)
class Queue:
    """How many calls each client makes, one after the other."""

    calls: int = 250


def versus_raw(name: str, people: People, writers: int, course: turns.Course) -> Figure:
    """The service beside the same statements over plain psycopg2, spread over all shelves of the chain."""
    draw = random.Random(name)
    each = min(len(people.left) // writers // 2, round(2 * course.pairs * course.block_seconds * MOST_PER_S))
    wishes = [Wish(*pair) for pair in zip(people.take(each * writers), free_levels(each * writers, draw), strict=True)]
    first = Wishes(people.take(2), free_levels(2, draw))
    place(first.next())
    statements = wording(first.next())
    prepare = partial(_sides, statements, [wishes[number::writers] for number in range(writers)])
    return turns.versus_raw(turns.Match(name, "holds", prepare), writers, course)


def _sides(statements: list[Statement], dealt: list[list[Wish]], number: int) -> turns.Sides:
    raw = RawHold(statements)
    own = dealt[number]
    wishes = Wishes([wish.customer for wish in own], [wish.level for wish in own])
    return turns.Sides(lambda: place(wishes.next()), lambda: raw.place(wishes.next()), raw.close)


def slowest(people: People, queue: Queue) -> Figure:
    """The 99th percentile of one promise while eight clients ask at once, each a process."""
    count = CLIENTS * queue.calls
    wishes = [Wish(*pair) for pair in zip(people.take(count), free_levels(count, random.Random("p99")), strict=True)]
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(CLIENTS), context.Queue()
    clients = [
        context.Process(target=_ask, args=(wishes[number::CLIENTS], gate, results), daemon=True)
        for number in range(CLIENTS)
    ]
    started = time.perf_counter()
    for client in clients:
        client.start()
    heard = [results.get(timeout=LONGEST_SECONDS) for _ in clients]
    passed = time.perf_counter() - started
    for client in clients:
        client.join()
    latencies_ms = [seconds * 1000 for latencies, _ in heard for seconds in latencies]
    refused = sum(refusals for _, refusals in heard)
    middle, late = (percentile(latencies_ms, share) for share in (0.5, 0.99))
    note(
        f"holds by {CLIENTS} clients: p50 {middle:.1f} ms, p99 {late:.1f} ms, {count / passed:.0f}/s, {refused} refused"
    )
    more = {"p50_ms": middle, "highest_ms": max(latencies_ms), "clients": CLIENTS, "refused": refused}
    return Figure("hold_p99_ms", late, n=len(latencies_ms), is_sound=refused == 0, more=more)


def _ask(wishes: list[Wish], gate: Any, results: Any) -> None:
    """One client; its first promise pays for the connection, before the others begin."""
    latencies, refused = [], 0
    _is_placed(wishes[0])
    gate.wait(LONGEST_SECONDS)
    for wish in wishes[1:]:
        started = time.perf_counter()
        refused += not _is_placed(wish)
        latencies.append(time.perf_counter() - started)
    results.put((latencies, refused))
    connections.close_all()


def _is_placed(wish: Wish) -> bool:
    try:
        place(wish)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True)
class Pace:
    """What one client gets alone: statements and CPU are of one call, CPU of this process only."""

    statements: int
    calls_per_s: float
    quiet_calls_per_s: float
    cpu_ms: float


def pace(people: People, calls: int) -> Pace:
    """One client, one call after the other, in blocks. ValidationError when any is refused."""
    size = calls // BLOCKS
    wishes = Wishes(people.take(calls + 2), free_levels(calls + 2, random.Random(calls)))
    place(wishes.next())
    statements = len(wording(wishes.next()))
    blocks, spent = [], time.process_time()
    for _ in range(BLOCKS):
        started = time.perf_counter()
        for _ in range(size):
            place(wishes.next())
        blocks.append(time.perf_counter() - started)
    cpu_ms = (time.process_time() - spent) * 1000 / (BLOCKS * size)
    return Pace(statements, BLOCKS * size / sum(blocks), size / min(blocks), cpu_ms)


def versus_peer(name: str, peer: Peer, people: People, rush: Rush) -> Figure:
    """Our promise with all its rows beside what `peer` writes when a piece is taken; ours before and after the peer.

    Both by their quietest block: a neighbour on the same core makes some blocks slower, none faster.
    """
    before = pace(people, rush.calls)
    answer = with_oversold(ask(peer, what="sell", **asdict(rush)), rush.pieces)
    after = pace(people, rush.calls)
    ours = max(before, after, key=lambda one: one.quiet_calls_per_s)
    note(f"{name}: ours {ours}; peer: {answer}")
    ratio = ours.quiet_calls_per_s / answer["quiet_calls_per_s"] if answer else None
    cpu = answer["cpu_ms"] / min(before.cpu_ms, after.cpu_ms) if answer else None
    return Figure(name, ratio, n=2 * rush.calls, peer=answer, ratio=ratio, more={"cpu_ratio": cpu, **asdict(ours)})
