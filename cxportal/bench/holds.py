"""Forty buyers want the last ten pieces at once: how many of them are told that they have one?"""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from customers.models import Customer
from cxportal.bench.figures import Figure, note
from cxportal.bench.peers import OSCAR, ask, with_oversold
from cxportal.bench.raw_till import statements_of
from cxportal.bench.shape import PLENTY, SCARCE
from inventory.models import Hold, StockLevel
from inventory.services.holds import place_hold


@dataclass(frozen=True)
class Rush:
    """Who wants what; `calls` are made one after the other, for the speed."""

    buyers: int = 40
    pieces: int = 10
    rounds: int = 3
    calls: int = 200


def oversold(rush: Rush) -> Figure:
    """Ours, and django-oscar's beside it where it is installed."""
    level = StockLevel.objects.select_related("store").get(product__sku=PLENTY)
    customers = list(Customer.objects.order_by("pk")[: max(rush.buyers, rush.calls + 1)])
    statements = len(statements_of(lambda: hold(customers[0], level)))
    speed = _calls_per_s(customers[1:], level)
    sold = [_sold(rush, customers) for _ in range(rush.rounds)]
    over, unsold = (sum(max(0, sign * (count - rush.pieces)) for count in sold) for sign in (1, -1))
    peer = with_oversold(ask(OSCAR, what="sell", **asdict(rush)), rush.pieces)
    note(f"holds: {sold} of {rush.pieces} to {rush.buyers} buyers, {speed:.0f} calls/s; peer: {peer}")
    ours = {"buyers": rush.buyers, "pieces": rush.pieces, "sold": sold, "unsold": unsold}
    return Figure(
        "oversold",
        over,
        n=rush.buyers * rush.rounds,
        peer=peer,
        ratio=speed / peer["calls_per_s"] if peer else None,
        is_sound=unsold == 0,
        more=ours | {"statements": statements, "calls_per_s": round(speed)},
    )


def hold(customer: Customer, level: StockLevel) -> bool:
    """One buyer wants one piece; True when he was promised it."""
    try:
        # Staff ask for him: a shopper's caps would stop the rush before the shelf is empty.
        place_hold(customer=customer, level=level, because=Hold.Because.STAFF, now=timezone.now())
    except ValidationError:
        return False
    return True


def _calls_per_s(customers: list[Customer], level: StockLevel) -> float:
    started = time.perf_counter()
    for customer in customers:
        hold(customer, level)
    return len(customers) / (time.perf_counter() - started)


def _sold(rush: Rush, customers: list[Customer]) -> int:
    """All want a piece of the scarce level at once; what they were promised, which the book must bear out."""
    level = StockLevel.objects.select_related("store").get(product__sku=SCARCE)
    before = level.held
    StockLevel.objects.filter(pk=level.pk).update(on_hand=before + rush.pieces)
    # Buyers of an earlier round who hold one already would be refused for that reason.
    chosen = [pk for pk in customers if not Hold.objects.filter(level=level, customer=pk).exists()][: rush.buyers]
    promised = at_once([partial(hold, customer, level) for customer in chosen])
    booked = StockLevel.objects.values_list("held", flat=True).get(pk=level.pk) - before
    return max(sum(promised), booked)


def at_once(calls: list[Callable[[], bool]]) -> list[bool]:
    """Each call in a thread with a connection of its own, all let go together."""
    gate = threading.Barrier(len(calls))
    answers: list[bool] = []

    def run(call: Callable[[], bool]) -> None:
        connections["default"].ensure_connection()
        gate.wait()
        try:
            answers.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
