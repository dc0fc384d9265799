"""The worker's loop: what is due runs, what breaks waits, and neither keeps the rest from its work."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cxportal.management.commands.worker import chosen
from cxportal.models import IdempotentCall
from cxportal.worker import CALLS_PER_BATCH, JOBS, LONGEST_PAUSE, Job, Turn, Worker, forget_calls
from tests.factories import make_api_key, make_store

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADDRESS = "zenobia@canary.example"


class Counter:
    """A job's work that counts how often it ran."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, now: datetime) -> int:
        self.times += 1
        return 1


class Blocker:
    """A job's work that waits, as for a mail server that doesn't answer."""

    def __init__(self) -> None:
        self.waits, self.go_on = threading.Event(), threading.Event()

    def __call__(self, now: datetime) -> int:
        self.waits.set()
        self.go_on.wait(10)
        return 1


def failing(now: datetime) -> int:
    raise ValueError(ADDRESS)


def wait_until(met: Callable[[], bool]) -> bool:
    """Whether it came true within five seconds."""
    deadline = time.monotonic() + 5
    while not met() and time.monotonic() < deadline:
        time.sleep(0.005)
    return met()


@contextmanager
def running(*jobs: Job) -> Iterator[Worker]:
    """A worker at work until the end of the block, which must then stop soon."""
    worker = Worker(jobs)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(5)
        assert not thread.is_alive()


def test_jobs_have_names_of_their_own_and_only_slow_ones_wait_for_others() -> None:
    assert [(job.name, job.every) for job in JOBS] == [
        ("notify", 0.02),
        ("expire", 0.5),
        ("serve-line", 60.0),
        ("escalate", 15.0),
        ("deliver", 1.0),
        ("deliver-codes", 0.5),
        ("sweep", 600.0),
        ("forget-codes", 60.0),
        ("forget-calls", 60.0),
        ("forget-taps", 60.0),
    ]
    assert [job.name for job in JOBS if job.waits_for_others] == ["deliver", "deliver-codes", "sweep"]


def test_a_fault_is_logged_without_its_words_and_waits_longer_each_time(caplog: pytest.LogCaptureFixture) -> None:
    turn = Turn(Job("breaks", 0.02, failing))
    pauses = []
    for _ in range(7):
        before = time.monotonic()
        turn.take()
        pauses.append(round(turn.due - before))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert "breaks: ValueError, again in 1 s" in caplog.text
    assert "in failing" in caplog.text
    assert ADDRESS not in caplog.text


def test_a_night_of_faults_is_no_fault_of_its_own() -> None:
    turn = Turn(Job("breaks", 0.02, failing), faults=5000)
    turn.take()
    assert turn.due <= time.monotonic() + LONGEST_PAUSE


def test_a_job_that_works_again_is_back_at_its_pace() -> None:
    turn = Turn(Job("mended", 0.02, lambda now: 0), faults=7)
    turn.take()
    assert (turn.faults, turn.due <= time.monotonic() + 0.02) == (0, True)


def test_a_job_that_breaks_keeps_no_other_from_its_work() -> None:
    counts = Counter()
    with running(Job("breaks", 0.01, failing), Job("counts", 0.01, counts)):
        assert wait_until(lambda: counts.times >= 5)


@pytest.mark.parametrize("waits_for_others", [True, False])
def test_a_job_that_waits_for_others_has_a_thread_of_its_own(waits_for_others: bool) -> None:
    """The control: in the shared thread it stops the quick one."""
    slow, quick = Blocker(), Counter()
    with running(Job("slow", 60, slow, waits_for_others=waits_for_others), Job("quick", 0.01, quick)):
        assert slow.waits.wait(5)
        before = quick.times
        time.sleep(0.3)
        went_on = quick.times > before
        slow.go_on.set()
    assert went_on is waits_for_others


def test_jobs_with_threads_of_their_own_start_one_after_the_other() -> None:
    """The first must not take those that have not started yet for dead."""
    counts = [Counter() for _ in range(20)]
    with running(*(Job(f"counts-{n}", 0.01, one, waits_for_others=True) for n, one in enumerate(counts))):
        assert wait_until(lambda: all(one.times >= 5 for one in counts))


def test_stop_lets_the_current_job_finish() -> None:
    slow = Blocker()
    worker = Worker([Job("slow", 60, slow, waits_for_others=True)])
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert slow.waits.wait(5)
    worker.stop()
    thread.join(0.3)
    assert thread.is_alive()
    slow.go_on.set()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_ends_the_worker() -> None:
    """Whoever runs the worker starts it again; one that lives on without delivering would go unseen."""

    def gone(now: datetime) -> int:
        raise SystemExit

    assert Worker([Job("gone", 1, gone, waits_for_others=True), Job("counts", 0.01, Counter())]).run() is False


def test_once_runs_each_job_until_it_finds_nothing_more() -> None:
    left = [3, 3, 0, 9]
    counts = Counter()
    jobs = [Job("drains", 1, lambda now: left.pop(0), drains=True), Job("counts", 1, counts)]
    assert Worker(jobs).once() is True
    assert (left, counts.times) == ([9], 1)


def test_once_says_when_a_job_failed() -> None:
    counts = Counter()
    assert Worker([Job("breaks", 1, failing, drains=True), Job("counts", 1, counts)]).once() is False
    assert counts.times == 1


def test_what_was_done_is_one_line_however_often_it_ran(caplog: pytest.LogCaptureFixture) -> None:
    counts = Counter()
    with caplog.at_level(logging.INFO), running(Job("counts", 0.01, counts), Job("idle", 0.01, lambda now: 0)):
        assert wait_until(lambda: counts.times >= 5)
    # The first at once, the rest together at the end.
    assert caplog.messages == ["counts: 1 done", f"counts: {counts.times - 1} done"]


def test_command_knows_its_jobs() -> None:
    assert [job.name for job in chosen("")] == [job.name for job in JOBS]
    assert [job.name for job in chosen("forget-calls, notify")] == ["notify", "forget-calls"]
    with pytest.raises(CommandError, match="There is no job knit"):
        chosen("notify,knit")


@pytest.mark.django_db(transaction=True)
def test_command_once_does_what_is_due_and_ends() -> None:
    before = signal.getsignal(signal.SIGINT)
    call_command("worker", "--once")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_lost_database_is_found_again(transactional_db: None) -> None:
    """The connection is cut as a restart of the server cuts it."""
    ran: list[int] = []

    def asks(now: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            ran.append(cursor.fetchone()[0])
        return 0

    turn = Turn(Job("asks", 0.02, asks))
    turn.take()
    given = connection.get_connection_params()
    given.pop("cursor_factory", None)
    other = psycopg2.connect(**given)
    with other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ran[0]])
    other.close()
    turn.take()
    assert (turn.faults, len(ran)) == (1, 1)
    turn.take()
    assert (turn.faults, len(ran), ran[0] == ran[1]) == (0, 2, False)


@pytest.mark.django_db
def test_forget_calls_keeps_a_week() -> None:
    key, _ = make_api_key(make_store())
    ages = [timedelta(0), timedelta(days=7), timedelta(days=7, seconds=1)]
    ages += [timedelta(days=30)] * CALLS_PER_BATCH
    IdempotentCall.objects.bulk_create(
        IdempotentCall(api_key=key, key=str(number), request_hash=b"h", created_at=NOW - age)
        for number, age in enumerate(ages)
    )
    assert [forget_calls(NOW), forget_calls(NOW), forget_calls(NOW)] == [CALLS_PER_BATCH, 1, 0]
    assert list(IdempotentCall.objects.order_by("pk").values_list("key", flat=True)) == ["0", "1"]
