"""Forty buyers want the last ten pieces at once: how many of them are told that they have one?"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from customers.models import Customer
from cxportal.bench import scratch
from cxportal.bench.figures import Figure, note
from cxportal.bench.raw_till import statements_of
from cxportal.bench.shape import PLENTY, SCARCE
from inventory.models import Hold, StockLevel
from inventory.services.holds import place_hold

PEER_SCRIPT = Path(__file__).with_name("peer_oscar.py")
PEER_SECONDS = 90


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
    peer = oscar(rush)
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
        place_hold(customer=customer, level=level, because=Hold.Because.SHOPPER, now=timezone.now())
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


def oscar(rush: Rush) -> dict[str, Any] | None:
    """The same rush at django-oscar, on the same server; None where it is not installed."""
    python = os.environ.get("CX_BENCH_PYTHON") or str(settings.CX_LOCAL / "bench-venv" / "bin" / "python")
    if not Path(python).exists():
        note("django-oscar is not installed (make bench does it): no peer")
        return None
    owner = {key: value for key, value in settings.DATABASE_OWNER.items() if key != "OPTIONS"}
    with scratch.database(scratch.PEERS):
        given = {"database": {**owner, "NAME": scratch.PEERS}, **asdict(rush)}
        # -P: this folder's modules are not the peer's.
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            [python, "-P", str(PEER_SCRIPT)],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=PEER_SECONDS,
            check=False,
        )
    if done.returncode:
        note(f"django-oscar failed, no peer: {done.stderr[-600:]}")
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    over = sum(max(0, sold - rush.pieces) for sold in answer["sold"])
    return answer | {"oversold": over}
