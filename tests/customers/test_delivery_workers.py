"""Delivery by several workers, and by workers that die: real threads, real processes, kill -9."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from customers.governance import Purpose
from customers.models import Message, Preference
from customers.services.delivery import LEASE, claim, deliver_due
from tests.customers.smtp_sink import Sink, sink
from tests.customers.voice import NOON, a_customer, consents, ledger, portal, say

__all__ = ["portal", "sink"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("portal")]
ROOT = Path(__file__).resolve().parents[2]


def all_at_once(*works: Callable[[], object]) -> None:
    """Run each in a thread with a connection of its own, started together."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def queue(count: int, purpose: Purpose = Purpose.SERVICE) -> None:
    """So many messages, all due, to one customer who is never asleep."""
    customer = a_customer()
    Preference.objects.create(customer=customer, quiet_from="00:00", quiet_until="00:00", said_at=NOON)
    consents(customer, purpose=purpose)
    for number in range(count):
        say(customer, dedupe_key=str(number), subject="", purpose=purpose)


def drain() -> None:
    while deliver_due(clock=lambda: NOON, limit=5):
        pass


def test_two_workers_share_the_load_and_send_nothing_twice(sink: Sink) -> None:
    queue(30)
    all_at_once(drain, drain)
    assert (len(sink.mails), len(set(sink.message_ids)), len(ledger())) == (30, 30, 30)
    assert set(Message.objects.values_list("state", "tries")) == {("SENT", 1)}


def test_two_claims_never_take_the_same_but_two_looks_do() -> None:
    queue(20)
    looked: list[int] = []
    claimed: list[int] = []

    def look() -> None:
        looked.extend(Message.objects.due(NOON).values_list("pk", flat=True)[:10])

    def take() -> None:
        claimed.extend(message.pk for message in claim(now=NOON, limit=10))

    all_at_once(look, look)
    all_at_once(take, take)
    # The control: without leases both workers would have begun with the same ten.
    assert (len(looked), len(set(looked))) == (20, 10)
    assert (len(claimed), len(set(claimed))) == (20, 20)


@pytest.mark.parametrize(("answer", "state", "entries"), [("take", "SENT", 1), ("451", "QUEUED", 0)])
def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    sink: Sink, caplog: pytest.LogCaptureFixture, answer: str, state: str, entries: int
) -> None:
    sink.plan = ["hang", answer]
    queue(1)
    slow = threading.Thread(target=all_at_once, args=[lambda: deliver_due(clock=lambda: NOON)])
    slow.start()
    assert sink.got_one.wait(10)
    assert deliver_due(clock=lambda: NOON + LEASE) == 1
    left = Message.objects.values().get()
    sink.go_on.set()
    slow.join()
    assert (Message.objects.values().get(), left["state"], left["tries"]) == (left, state, 2)
    assert len(ledger()) == entries
    assert "was taken over by another worker" in caplog.text


@contextmanager
def worker(sink: Sink, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test database, with the sink as its mail server."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], safe='/')}"
    given = {
        "DATABASE_URL": url,
        "DEBUG": "1",
        "LOOKUP_KEY": settings.LOOKUP_KEY,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
        "EMAIL_USE_TLS": "0",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "worker", "--jobs", "deliver", *options]
    process = subprocess.Popen(command, env={**os.environ, **given}, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_text(sink: Sink, process: subprocess.Popen[bytes]) -> None:
    """Until the worker has handed over a text; when it does not, its log says why."""
    if not sink.got_one.wait(30):
        process.terminate()
        pytest.fail(f"the worker sent nothing:\n{process.communicate()[1].decode()}")


@pytest.mark.parametrize(
    ("purpose", "state", "times_on_the_wire"),
    [(Purpose.SERVICE, "SENT", 2), (Purpose.SURVEY, "UNCERTAIN", 1), (Purpose.MARKETING, "UNCERTAIN", 1)],
)
def test_kill_9_in_the_middle_of_sending(sink: Sink, purpose: Purpose, state: str, times_on_the_wire: int) -> None:
    sink.plan = ["hang"]
    queue(1, purpose)
    with worker(sink) as first:
        wait_for_text(sink, first)
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
    assert Message.objects.values_list("state", "tries").get() == ("SENDING", 1)
    Message.objects.update(due_at=timezone.now() - timedelta(seconds=1))  # instead of waiting for the lease to end
    with worker(sink, "--once") as second:
        assert second.wait(30) == 0
    assert Message.objects.values_list("state", flat=True).get() == state
    assert (len(sink.mails), len(set(sink.message_ids))) == (times_on_the_wire, 1)
    assert [facts["state"] for _, _, facts in ledger()] == [state]


def test_sigterm_lets_the_worker_finish_what_it_does(sink: Sink) -> None:
    sink.plan = ["hang"]
    queue(1)
    with worker(sink) as process:
        wait_for_text(sink, process)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        sink.go_on.set()
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert b"deliver: 1 done" in process.stderr.read()
    assert (Message.objects.get().state, len(sink.mails)) == ("SENT", 1)
