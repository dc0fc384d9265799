"""The LISTEN thread for real: a committed change reaches those who listen, and no fault ends their streams."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cxportal.live import listener
from cxportal.live.hub import RESYNC, Hub
from cxportal.live.listener import Listener, listen_parameters
from cxportal.live.notifier import CHANNEL, notify_changes
from inventory.models import StockMovement
from inventory.services.stock import Move, move_stock
from inventory.tickets import ledger_channel, product_channel
from tests.cxportal.listening import (
    Ear,
    Loop,
    ask,
    cut_lines,
    data_of,
    eventually,
    lines,
    listened,
    loop_with_listeners,
    sell,
)
from tests.eventloop import loop_alone
from tests.factories import make_level, make_store

pytestmark = pytest.mark.django_db(transaction=True)

SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def loop() -> Iterator[Loop]:
    with loop_with_listeners() as running:
        yield running


@pytest.fixture
def hub(loop: Loop) -> Hub:
    return listened(loop)


def notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def test_a_change_reaches_its_listener_in_the_words_of_the_page(loop: Loop, hub: Hub) -> None:
    level = make_level(on_hand=1)
    ear = Ear(loop, hub, product_channel(level.product_id))
    sell(level)
    chunk = ear.next()
    told = data_of(chunk)
    assert chunk.startswith(b"event: stock\n")
    assert chunk.endswith(b"\n\n")
    assert (told["level"], told["store"], told["state"]) == (level.pk, level.store.code, "gone")
    assert "Last sold just now" in told["html"]


def test_nobody_hears_of_what_he_did_not_ask_for(loop: Loop, hub: Hub) -> None:
    """Events come in order, so the first that an ear gets proves that the sale before it passed it by."""
    store, other = make_store(), make_store()
    milk, bread = make_level(on_hand=5, store=store), make_level(on_hand=5, store=other)
    sees_milk = Ear(loop, hub, product_channel(milk.product_id))
    sees_bread = Ear(loop, hub, product_channel(bread.product_id))
    clerk, colleague = Ear(loop, hub, ledger_channel(store.pk)), Ear(loop, hub, ledger_channel(other.pk))
    head = Ear(loop, hub, ledger_channel(None))
    sell(milk)
    sell(bread)
    assert (sees_milk.next_data()["level"], sees_bread.next_data()["level"]) == (milk.pk, bread.pk)
    assert (clerk.next_data(), colleague.next_data()) == ({"stores": [store.pk]}, {"stores": [other.pk]})
    assert [head.next_data() for _ in range(2)] == [{"stores": [store.pk]}, {"stores": [other.pk]}]
    assert all(ear.queue.empty() for ear in (sees_milk, sees_bread, clerk, colleague, head))


def test_one_page_may_listen_to_several_channels(loop: Loop, hub: Hub) -> None:
    level = make_level(on_hand=5)
    both = Ear(loop, hub, product_channel(level.product_id), ledger_channel(level.store_id))
    one = Ear(loop, hub, product_channel(level.product_id))
    sell(level)
    assert [both.next().split(b"\n")[0] for _ in range(2)] == [b"event: stock", b"event: ledger"]
    assert one.next_data()["level"] == level.pk
    assert one.queue.empty()


def test_a_burst_of_one_level_is_told_once(loop: Loop, hub: Hub) -> None:
    level, now = make_level(on_hand=9), timezone.now()
    ear = Ear(loop, hub, ledger_channel(level.store_id))
    for _ in range(5):
        move_stock([Move(level.pk, StockMovement.Kind.SALE, -1)], occurred_at=now, now=now)
    assert notify_changes() == 5
    assert ear.next_data() == {"stores": [level.store_id]}
    sell(make_level(on_hand=1, store=level.store))
    ear.next()
    assert ear.queue.empty()


def test_a_cut_line_is_mended_and_pages_are_told_to_ask_again(loop: Loop, hub: Hub) -> None:
    level = make_level(on_hand=5)
    ear, other = Ear(loop, hub, product_channel(level.product_id)), Ear(loop, hub, ledger_channel(None))
    before = lines()
    cut_lines()
    assert (ear.next(), other.next()) == (RESYNC, RESYNC)
    assert lines().isdisjoint(before)
    sell(level)
    assert ear.next_data()["level"] == level.pk


@pytest.mark.parametrize("payload", ['[["x", 1, {product}]]', "what is this", "[1, 2]", "[[1, 2]]", "{{}}[", "null"])
def test_what_can_not_be_read_ends_no_stream(
    loop: Loop, hub: Hub, payload: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever listens is told to ask, and hears of the next change as before."""
    level = make_level(on_hand=5)
    ear, before = Ear(loop, hub, product_channel(level.product_id)), lines()
    with caplog.at_level(logging.CRITICAL, logger=listener.__name__):
        notify(payload.format(product=level.product_id))
        assert ear.next() == RESYNC
    sell(level)
    assert ear.next_data()["level"] == level.pk
    assert lines() & before


def test_a_quiet_line_is_tried_and_its_pages_with_it(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "QUIET_SECONDS", 0.05)
    hub = Hub()
    ear = Ear(loop, hub, "product:1")
    Listener(hub, loop).start()
    assert ear.next() == b": ping\n\n"


def test_an_ended_process_leaves_no_session_on_the_server() -> None:
    level, before = make_level(on_hand=5), set(ask(SESSIONS))
    with loop_alone() as loop:
        ear = Ear(loop, listened(loop), product_channel(level.product_id))
        sell(level)
        ear.next()
        # The line, and the connection that the event was read over.
        assert len(set(ask(SESSIONS)) - before) == 2
    cut_lines()
    assert eventually(lambda: not set(ask(SESSIONS)) - before)


def test_it_listens_where_it_is_told_to(settings: Any) -> None:
    own = listen_parameters()
    assert (own["user"], own["application_name"]) == (connection.settings_dict["USER"], "cx-listen")
    settings.LISTEN_DATABASE = {"HOST": "direct.example", "PORT": "5433", "PASSWORD": "", "NAME": "shop"}
    past_the_pooler = listen_parameters()
    assert (past_the_pooler["host"], past_the_pooler["port"], past_the_pooler["dbname"]) == (
        "direct.example",
        "5433",
        "shop",
    )
    # What is not given stays as the pages have it.
    assert past_the_pooler["user"] == own["user"]
