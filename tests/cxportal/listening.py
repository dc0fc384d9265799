"""What the tests of live streams share: a loop beside the test, listeners in it, and ears on what they tell."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from cxportal.live.hub import Hub
from cxportal.live.listener import Listener
from cxportal.live.notifier import CHANNEL, notify_changes
from inventory.models import StockLevel, StockMovement
from inventory.services.stock import Move, move_stock
from tests.eventloop import WAIT_SECONDS, finish, loop_alone

Loop = asyncio.AbstractEventLoop
OPEN_LINES = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cx-listen'"


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while not (reached := true()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return reached


def ask(sql: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def lines() -> set[int]:
    """The server's ends of the lines that listen by now."""
    return set(ask(f"{OPEN_LINES} AND query = 'LISTEN {CHANNEL}' AND state = 'idle'"))


def cut_lines() -> None:
    """As a restart of the server, or an administrator, cuts them."""
    ask(f"SELECT pg_terminate_backend(pid)::int FROM ({OPEN_LINES}) AS line")


@contextmanager
def loop_with_listeners() -> Iterator[Loop]:
    """A loop in which listeners may be started; at the end of the block they are gone."""
    with loop_alone() as running:
        yield running
    # A listener whose loop is closed ends when it is next awake.
    cut_lines()
    assert eventually(lambda: not any(isinstance(thread, Listener) for thread in threading.enumerate()))


def listened(loop: Loop) -> Hub:
    """A hub whose listener is at work."""
    hub, before = Hub(), lines()
    Listener(hub, loop).start()
    assert eventually(lambda: bool(lines() - before))
    return hub


class Ear:
    """One queue of a hub, read from the test's thread."""

    def __init__(self, loop: Loop, hub: Hub, *channels: str) -> None:
        self.loop = loop
        self.queue = finish(loop, self._subscribe(hub, channels))

    async def _subscribe(self, hub: Hub, channels: tuple[str, ...]) -> "asyncio.Queue[bytes]":
        return hub.subscribe(channels)

    def next(self) -> bytes:
        return finish(self.loop, asyncio.wait_for(self.queue.get(), WAIT_SECONDS))

    def next_data(self) -> dict[str, Any]:
        return data_of(self.next())


def data_of(chunk: bytes) -> dict[str, Any]:
    return dict(json.loads(chunk.decode().split("data: ", 1)[1]))


def sell(level: StockLevel, pieces: int = 1) -> None:
    """Sold, committed, and told by the worker's job."""
    now = timezone.now()
    move_stock([Move(level.pk, StockMovement.Kind.SALE, -pieces)], occurred_at=now, now=now)
    notify_changes()


def notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
