"""/events with real tickets: each browser hears what its ticket names, and nothing else."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cxportal.live import stream
from cxportal.live.stream import Streams, events
from cxportal.roles import Role
from inventory.tickets import write_ticket
from tests.cxportal.listening import Loop, data_of, eventually, lines, loop_with_listeners, sell
from tests.cxportal.people import signed_in
from tests.eventloop import WAIT_SECONDS, finish
from tests.factories import make_level, make_product, make_store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def loop() -> Iterator[Loop]:
    with loop_with_listeners() as running:
        yield running


class Reader:
    """A browser's EventSource on /events, as the server sees it."""

    def __init__(self, loop: Loop, ticket: str) -> None:
        self.loop, self.ticket = loop, ticket
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.left = asyncio.Event()
        self.serving = asyncio.run_coroutine_threadsafe(self._serve(), loop)

    async def _serve(self) -> None:
        scope = {"type": "http", "method": "GET", "path": "/events", "query_string": f"ticket={self.ticket}".encode()}
        await events(scope, self._receive, self.sent.put)

    async def _receive(self) -> dict[str, str]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    def next(self) -> Any:
        return finish(self.loop, asyncio.wait_for(self.sent.get(), WAIT_SECONDS))

    def opened(self) -> "Reader":
        assert self.next()["status"] == 200
        assert b": hello" in self.next()["body"]
        return self

    def leave(self) -> None:
        self.loop.call_soon_threadsafe(self.left.set)
        self.serving.result(WAIT_SECONDS)


@pytest.fixture
def streams(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> Streams:
    """Streams as a web process has them when it starts."""
    fresh = Streams()
    monkeypatch.setattr(stream, "streams", fresh)
    return fresh


def ticket_from(client: Client, name: str, *arguments: str) -> str:
    return str(client.get(reverse(name, args=arguments)).json()["ticket"])


def test_a_stores_ticket_hears_its_own_store_alone(loop: Loop, streams: Streams) -> None:
    mine, other = make_store(), make_store()
    here, there = make_level(on_hand=3, store=mine), make_level(on_hand=3, store=other)
    before = lines()
    clerk = Reader(loop, ticket_from(signed_in(Role.STORE_CLERK, store=mine), "today-ticket")).opened()
    head = Reader(loop, ticket_from(signed_in(Role.CX_HEAD), "today-ticket")).opened()
    assert eventually(lambda: bool(lines() - before))
    sell(there)
    assert data_of(head.next()["body"]) == {"stores": [other.pk]}
    sell(here)
    # The first thing that the clerk hears is his own store's, though the other's came before.
    assert data_of(clerk.next()["body"]) == {"stores": [mine.pk]}


def test_two_browsers_hear_of_their_own_product(loop: Loop, streams: Streams) -> None:
    kettle = make_level(on_hand=3, product=make_product(sku="KETTLE"))
    teapot = make_level(on_hand=3, product=make_product(sku="TEAPOT"))
    before = lines()
    one = Reader(loop, ticket_from(Client(), "stock-ticket", "KETTLE")).opened()
    two = Reader(loop, ticket_from(Client(), "stock-ticket", "TEAPOT")).opened()
    assert eventually(lambda: bool(lines() - before))
    sell(kettle)
    sell(teapot)
    assert data_of(one.next()["body"])["level"] == kettle.pk
    assert data_of(two.next()["body"])["level"] == teapot.pk
    assert (one.sent.empty(), two.sent.empty()) == (True, True)


def test_a_reader_who_leaves_leaves_nothing_behind(loop: Loop, streams: Streams) -> None:
    ticket = write_ticket(["product:1", "ledger:1"])
    readers = [Reader(loop, ticket).opened() for _ in range(2)]
    assert (streams.open, streams.hub.channels()) == (2, frozenset({"product:1", "ledger:1"}))
    readers[0].leave()
    assert (streams.open, streams.hub.channels()) == (1, frozenset({"product:1", "ledger:1"}))
    readers[1].leave()
    assert (streams.open, streams.hub.channels()) == (0, frozenset())


def test_all_streams_share_one_line(loop: Loop, streams: Streams) -> None:
    before = lines()
    for _ in range(3):
        Reader(loop, write_ticket(["product:1"])).opened()
    assert eventually(lambda: bool(lines() - before))
    assert len(lines() - before) == 1


def test_no_more_streams_than_the_process_bears(loop: Loop, streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_STREAMS", 1)
    first = Reader(loop, write_ticket(["product:1"])).opened()
    assert Reader(loop, write_ticket(["product:1"])).next()["status"] == 503
    first.leave()
    Reader(loop, write_ticket(["product:1"])).opened()


def test_a_stream_may_not_be_kept_or_read_as_something_else(loop: Loop, streams: Streams) -> None:
    headers = dict(Reader(loop, write_ticket(["product:1"])).next()["headers"])
    assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"content-security-policy"] == b"default-src 'none'"
