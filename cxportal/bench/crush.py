"""Eight processes want the same last pieces: is each promised once, none twice, and does the book still add up?"""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from customers.models import Customer
from cxportal.bench.figures import Figure, note
from cxportal.bench.wishes import People, free_levels, set_free
from inventory.models import Hold, StockLevel
from inventory.services.holds import place_hold
from inventory.services.ledger_check import check_ledger

PROCESSES = 8
LONGEST_SECONDS = 300

# Asks for one piece; True when it was promised.
Take = Callable[[Customer, StockLevel], bool]
# Made anew in each process: a line to whoever is asked.
Door = Callable[[], Take]


@dataclass(frozen=True)
class Crush:
    """How many last pieces there are, each on a shelf of its own and once more all on one shelf."""

    pieces: int = 1_000


@dataclass(frozen=True)
class Outcome:
    """Pieces promised beyond what was there, pieces that nobody got, and how many were asked for in how long."""

    over: int
    unsold: int
    asked: int
    seconds: float


def figures(people: People, crush: Crush, http: Door | None = None) -> list[Figure]:
    """Both crushes through the service, the first one through HTTP too, then the proof of the whole book."""
    rounds = {
        "apart": apart(people, crush.pieces, through_service),
        "together": together(people, crush.pieces, through_service),
    }
    if http:
        rounds["http"] = apart(people, crush.pieces, http)
    checked = check_ledger()
    note(f"crush: {rounds}; {checked.wrong} of {checked.levels:,} levels do not add up")
    asked = sum(outcome.asked for outcome in rounds.values())
    rates = {f"{name}_per_s": round(outcome.asked / outcome.seconds) for name, outcome in rounds.items()}
    more = {"pieces": len(rounds) * crush.pieces, "processes": PROCESSES, "wrong_levels": checked.wrong} | rates
    over, unsold = (
        sum(outcome.over for outcome in rounds.values()),
        sum(outcome.unsold for outcome in rounds.values()),
    )
    return [
        Figure("oversold", over, n=asked, is_sound=not checked.wrong, more=more),
        Figure("unsold", unsold, n=asked, is_sound=not checked.wrong, more=more),
    ]


def apart(people: People, pieces: int, door: Door) -> Outcome:
    """The last piece of each of many shelves: every process wants every one of them, in an order of its own.

    Each time for somebody else: a shopper's caps would stop the crush before the shelves are empty.
    """
    levels = free_levels(pieces, random.Random(repr(door)))
    set_free(levels, 1, timezone.now())
    orders = []
    for _ in range(PROCESSES):
        order = list(zip(people.take(pieces), levels, strict=True))
        random.Random(order[0][0].pk).shuffle(order)
        orders.append(order)
    return _outcome(orders, levels, 1, door)


def together(people: People, pieces: int, door: Door) -> Outcome:
    """All pieces on one shelf: each process asks for one customer after the other until it is empty, and longer."""
    (level,) = free_levels(1, random.Random("together"))
    set_free([level], pieces, timezone.now())
    share = pieces * 3 // 2 // PROCESSES + 1
    customers = people.take(share * PROCESSES)
    orders = [[(customer, level) for customer in customers[number::PROCESSES]] for number in range(PROCESSES)]
    return _outcome(orders, [level], pieces, door)


def _outcome(
    orders: list[list[tuple[Customer, StockLevel]]], levels: list[StockLevel], pieces: int, door: Door
) -> Outcome:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(PROCESSES), context.Queue()
    clients = [context.Process(target=_buy, args=(order, door, gate, results), daemon=True) for order in orders]
    for client in clients:
        client.start()
    promised: Counter[int] = Counter()
    seconds = 0.0
    for _ in clients:
        got, passed = results.get(timeout=LONGEST_SECONDS)
        promised.update(got)
        seconds = max(seconds, passed)
    for client in clients:
        client.join()
    booked = dict(StockLevel.objects.filter(pk__in=[level.pk for level in levels]).values_list("pk", "held"))
    # What people were told and what the book says: the worse of both.
    most = [max(promised[level.pk], booked[level.pk] - level.held) for level in levels]
    least = [min(promised[level.pk], booked[level.pk] - level.held) for level in levels]
    return Outcome(
        over=sum(max(0, count - pieces) for count in most),
        unsold=sum(max(0, pieces - count) for count in least),
        asked=sum(map(len, orders)),
        seconds=seconds,
    )


def _buy(order: list[tuple[Customer, StockLevel]], door: Door, gate: Any, results: Any) -> None:
    take, got = door(), []
    gate.wait(LONGEST_SECONDS)
    started = time.perf_counter()
    for customer, level in order:
        if take(customer, level):
            got.append(level.pk)
    results.put((got, time.perf_counter() - started))
    connections.close_all()


def through_service() -> Take:
    """The service itself."""
    return _take


def _take(customer: Customer, level: StockLevel) -> bool:
    try:
        # Staff ask for him: a store's cap would stop the crush before the shelf is empty.
        place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=timezone.now())
    except ValidationError:
        return False
    return True
