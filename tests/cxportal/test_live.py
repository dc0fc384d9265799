"""From a changed row to an open page: notes, notifier, hub, tickets."""

import json
from typing import Any

import pytest
from django.core.signing import SignatureExpired
from django.db import connection
from django.utils import timezone

from cxportal.live.events import told
from cxportal.live.hub import QUEUE_LENGTH, RESYNC, Hub
from cxportal.live.notifier import PER_PAYLOAD, notify_changes, payloads, read_payload
from cxportal.live.stream import events
from inventory import tickets
from inventory.models import StockChange, StockMovement
from inventory.services.stock import Move, move_stock
from tests.eventloop import run_alone
from tests.factories import make_level


def data_of(chunk: bytes) -> dict[str, Any]:
    return dict(json.loads(chunk.decode().split("data: ", 1)[1]))


@pytest.mark.django_db
def test_change_is_noted_with_the_write_and_taken_once() -> None:
    level, now = make_level(on_hand=5), timezone.now()
    move_stock([Move(level.pk, StockMovement.Kind.SALE, -1)], occurred_at=now, now=now)
    assert StockChange.objects.count() == 1
    assert notify_changes() == 1
    assert (notify_changes(), StockChange.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_no_write_of_stock_notifies_by_itself() -> None:
    level, now = make_level(on_hand=5), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN cx_stock")
    move_stock([Move(level.pk, StockMovement.Kind.SALE, -1)], occurred_at=now, now=now)
    assert waiting_notes() == []
    notify_changes()
    assert waiting_notes() == [(level.pk, level.store_id, level.product_id)]


def waiting_notes() -> list[tuple[int, int, int]]:
    raw = connection.connection
    raw.poll()
    notes = [read_payload(note.payload) for note in raw.notifies]
    raw.notifies.clear()
    return [change for note in notes for change in note]


def test_payloads_fit_and_hold_ids_only() -> None:
    many = [(9_999_999_999 + n, 2_000_000_000, 2_000_000_000) for n in range(PER_PAYLOAD + 1)]
    written = list(payloads(many))
    assert len(written) == 2
    assert max(map(len, written)) < 8000
    assert [change for payload in written for change in read_payload(payload)] == many


@pytest.mark.django_db
def test_listeners_get_the_words_of_the_page() -> None:
    level, now = make_level(on_hand=5, last_sold_at=timezone.now()), timezone.now()
    change = (level.pk, level.store_id, level.product_id)
    channels = frozenset({tickets.product_channel(level.product_id), tickets.ledger_channel(level.store_id)})
    told_now = dict(told([change], channels, now=now))
    stock = data_of(told_now[tickets.product_channel(level.product_id)])
    assert (stock["level"], stock["state"]) == (level.pk, "sure")
    assert "Very likely there" in stock["html"]
    assert data_of(told_now[tickets.ledger_channel(level.store_id)]) == {"stores": [level.store_id]}


@pytest.mark.django_db
def test_nobody_listening_costs_no_statement(django_assert_num_queries: Any) -> None:
    level = make_level(on_hand=5)
    with django_assert_num_queries(0):
        assert told([(level.pk, level.store_id, level.product_id)], frozenset(), now=timezone.now()) == []


def test_hub_tells_listeners_and_nobody_else() -> None:
    async def story() -> None:
        hub = Hub()
        mine, other = hub.subscribe(["product:1"]), hub.subscribe(["product:2"])
        hub.tell("product:1", b"x")
        assert (mine.get_nowait(), other.empty()) == (b"x", True)
        hub.unsubscribe(mine, ["product:1"])
        assert hub.channels() == frozenset({"product:2"})

    run_alone(story())


def test_slow_reader_is_told_to_ask_again() -> None:
    async def story() -> None:
        hub = Hub()
        queue = hub.subscribe(["product:1"])
        for number in range(QUEUE_LENGTH + 1):
            hub.tell("product:1", str(number).encode())
        assert [queue.get_nowait() for _ in range(queue.qsize())] == [RESYNC]

    run_alone(story())


def answer_to(method: str, query: bytes) -> list[Any]:
    """What /events sends to one that leaves at once."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    run_alone(events({"type": "http", "method": method, "path": "/events", "query_string": query}, receive, send))
    return sent


def is_safe(headers: list[tuple[bytes, bytes]]) -> bool:
    return set(headers) >= {
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'"),
    }


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", [b"", b"ticket=forged", b"ticket=WyJsZWRnZXI6YWxsIl0:1abc:xyz"])
def test_stream_without_a_good_ticket_is_refused(query: bytes, method: str) -> None:
    started, said = answer_to(method, query)
    assert (started["status"], bool(said["body"])) == (403, method == "GET")
    assert is_safe(started["headers"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_stream_is_only_read(method: str) -> None:
    started = answer_to(method, f"ticket={tickets.write_ticket(['product:1'])}".encode())[0]
    assert (started["status"], dict(started["headers"])[b"allow"]) == (405, b"GET, HEAD")
    assert is_safe(started["headers"])


def test_head_gets_the_headers_and_no_stream() -> None:
    started, body = answer_to("HEAD", f"ticket={tickets.write_ticket(['product:1'])}".encode())
    assert (started["status"], body) == (200, {"type": "http.response.body", "body": b""})


def test_ticket_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = tickets.write_ticket(["ledger:all"])
    assert tickets.read_ticket(ticket) == ["ledger:all"]
    monkeypatch.setattr(tickets, "MAX_AGE_SECONDS", -1)
    with pytest.raises(SignatureExpired):
        tickets.read_ticket(ticket)
