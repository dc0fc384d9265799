"""kill -9 of a worker in the middle of expiry and allocation: no hold is lost, none is double, each is told once."""

import os
import random
import signal
import subprocess
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count

from customers.models import Customer, Interaction, Message
from inventory.models import Hold, HoldEvent, StockLevel, StockMovement, WaitlistEntry
from inventory.services.holds import expire_due
from inventory.services.ledger_check import check_ledger
from tests.factories import NOW, make_level, make_wellknown
from tests.inventory.shop import hold
from tests.processes import hear, start, tell

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 50
# Each worker has another batch of another size and dies at another place; none of them can end all there is.
LEVELS, IN_LINE, BATCH, PAUSE = 200, 100, 3, 0.01
OVER = NOW + timedelta(days=9)


def chain() -> list[StockLevel]:
    """Levels with their last piece kept aside; at half of them somebody waits for it."""
    make_wellknown()
    first = make_level(on_hand=1)
    levels = [first, *(make_level(store=first.store, on_hand=1) for _ in range(LEVELS - 1))]
    people = Customer.objects.bulk_create([Customer(created_at=NOW) for _ in range(LEVELS + IN_LINE)])
    for level, customer in zip(levels, people, strict=False):
        hold(level, customer, because=Hold.Because.STAFF)
    for level, customer in zip(levels, people[LEVELS:], strict=False):
        entry = WaitlistEntry.objects.create(customer=customer, product=level.product, joined_at=NOW)
        entry.stores.add(level.store)
    return levels


def kill_one(workers: subprocess.Popen[str], draw: random.Random) -> bool:
    """Let a worker begin and kill it at some moment of its work; whether it died of that."""
    tell(workers, str(draw.randint(1, BATCH)))
    pid = int(hear(workers))
    for _ in range(draw.randint(1, 5)):
        said = hear(workers)
        assert said == "busy", said
    time.sleep(draw.uniform(0, PAUSE))
    os.kill(pid, signal.SIGKILL)
    while (said := hear(workers)) == "busy":
        pass
    return said == f"over {signal.SIGKILL:d}"


def check() -> None:
    """At any moment: all of a batch or nothing of it."""
    connection.close()
    assert check_ledger().wrong == 0
    ended = Hold.objects.filter(state="EXPIRED").count()
    live = Hold.objects.filter(state__in=Hold.LIVE)
    assert HoldEvent.objects.filter(kind="EXPIRED").count() == ended
    assert StockMovement.objects.filter(kind="HOLD_RELEASED").count() == ended
    assert Message.objects.filter(kind="hold-not-looked").count() == ended
    assert Interaction.objects.filter(kind="HOLD").count() == Hold.objects.count() + ended
    assert not live.values("level").annotate(holds=Count("id")).filter(holds__gt=1).exists()
    offered = WaitlistEntry.objects.filter(state="OFFERED")
    assert offered.count() == live.filter(because="WAITLIST").count()


def kill_many(times: int, *options: str) -> None:
    """One after the other."""
    draw = random.Random(3)
    workers = start("tests.inventory.expirer", OVER.isoformat(), PAUSE, *options)
    try:
        assert hear(workers) == "ready"
        for _ in range(times):
            assert kill_one(workers, draw)
    finally:
        workers.kill()
        workers.communicate()


def test_without_the_transaction_the_same_kills_leave_halves() -> None:
    """Control."""
    chain()
    kill_many(KILLS // 5, "torn")
    ended, told = Hold.objects.filter(state="EXPIRED"), Message.objects.filter(kind="hold-not-looked")
    assert ended.count() > told.count()


def test_killed_in_the_middle_nothing_is_lost_and_nothing_double() -> None:
    chain()
    kill_many(KILLS)
    check()
    # Some were in the middle, and left something to do.
    assert Hold.objects.filter(state__in=Hold.LIVE, expires_at__lte=OVER).exists()
    while expire_due(OVER):
        pass
    check()
    assert Hold.objects.filter(state="EXPIRED").count() == LEVELS
    assert WaitlistEntry.objects.filter(state="OFFERED").count() == IN_LINE
    assert set(StockLevel.objects.values_list("on_hand", "held")) == {(1, 0), (1, 1)}
