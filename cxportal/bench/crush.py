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

Take = Callable[[Customer, StockLevel], bool]


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


def figures(people: People, crush: Crush) -> list[Figure]:
    """Both crushes through the service, then the proof of the whole book."""
    apart, together = _apart(people, crush), _together(people, crush)
    note(f"crush: one on each shelf {apart}; all on one shelf {together}")
    checked = check_ledger()
    note(f"crush: {checked.wrong} of {checked.levels:,} levels do not add up")
    asked = apart.asked + together.asked
    more = {
        "pieces": 2 * crush.pieces,
        "processes": PROCESSES,
        "asked_per_s": round(asked / (apart.seconds + together.seconds)),
        "wrong_levels": checked.wrong,
    }
    return [
        Figure("oversold", apart.over + together.over, n=asked, is_sound=not checked.wrong, more=more),
        Figure("unsold", apart.unsold + together.unsold, n=asked, is_sound=not checked.wrong, more=more),
    ]


def _apart(people: People, crush: Crush) -> Outcome:
    """The last piece of each of many shelves: every process wants every one of them, in an order of its own."""
    levels = free_levels(crush.pieces, random.Random("apart"))
    set_free(levels, 1, timezone.now())
    customers = people.take(PROCESSES)
    orders = []
    for customer in customers:
        order = levels[:]
        random.Random(customer.pk).shuffle(order)
        orders.append([(customer, level) for level in order])
    return _outcome(orders, levels, 1)


def _together(people: People, crush: Crush) -> Outcome:
    """All pieces on one shelf: each process asks for one customer after the other until it is empty, and longer."""
    (level,) = free_levels(1, random.Random("together"))
    set_free([level], crush.pieces, timezone.now())
    share = crush.pieces * 3 // 2 // PROCESSES + 1
    customers = people.take(share * PROCESSES)
    return _outcome(
        [[(customer, level) for customer in customers[number::PROCESSES]] for number in range(PROCESSES)],
        [level],
        crush.pieces,
    )


def _outcome(orders: list[list[tuple[Customer, StockLevel]]], levels: list[StockLevel], pieces: int) -> Outcome:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(PROCESSES), context.Queue()
    clients = [context.Process(target=_buy, args=(order, gate, results), daemon=True) for order in orders]
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


def _buy(order: list[tuple[Customer, StockLevel]], gate: Any, results: Any) -> None:
    got = []
    gate.wait(LONGEST_SECONDS)
    started = time.perf_counter()
    for customer, level in order:
        if _take(customer, level):
            got.append(level.pk)
    results.put((got, time.perf_counter() - started))
    connections.close_all()


def _take(customer: Customer, level: StockLevel) -> bool:
    try:
        # Staff ask for him: a shopper's caps would stop the crush before the shelves are empty.
        place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=timezone.now())
    except ValidationError:
        return False
    return True
