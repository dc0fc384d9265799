"""Everything that is done beside the pages: a table of jobs and the loop that runs what is due.

Any number of workers may run at once: every job takes its work by rows that it locks or leases.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connections
from django.utils import timezone

from customers.services.code_delivery import deliver_codes, forget_codes
from customers.services.delivery import deliver_due
from cxportal.live.notifier import notify_changes
from cxportal.models import IdempotentCall, StaffMember
from cxportal.roles import Role
from cxportal.store.taps import forget_taps
from inventory.services.holds import expire_due
from inventory.services.line import serve_left_behind
from inventory.services.questions import escalate_due
from inventory.services.sweep import sweep_nightly

logger = logging.getLogger(__name__)

# How soon a signal is noticed.
LONGEST_SLEEP = 0.2
# A job that faults waits twice as long each time, up to this, in seconds.
LONGEST_PAUSE = 30.0
# A job that runs fifty times a second says once in so many seconds what it did.
LOG_EVERY = 5.0
CALLS_KEPT = timedelta(days=7)
CALLS_PER_BATCH = 1000


@dataclass(frozen=True)
class Job:
    """`run` gets the time and returns how much it did; `every` is in seconds.

    A job that `drains` runs again at once for as long as it finds something to do. One that `waits_for_others`, such as
    mail servers, has a thread and a connection of its own, so that it keeps no other job waiting.
    """

    name: str
    every: float
    run: Callable[[datetime], int]
    drains: bool = False
    waits_for_others: bool = False


def forget_calls(now: datetime) -> int:
    """Delete remembered API calls that nobody will repeat any more, a batch at a time."""
    old = IdempotentCall.objects.filter(created_at__lt=now - CALLS_KEPT).order_by("created_at")
    batch = list(old.values_list("pk", flat=True)[:CALLS_PER_BATCH])
    return IdempotentCall.objects.filter(pk__in=batch).delete()[0] if batch else 0


def escalate(now: datetime) -> int:
    """Tell each store's managers which shoppers wait for an answer too long."""
    return escalate_due(now, managers_of)


def managers_of(store_id: int) -> Iterable[StaffMember]:
    """Who answers for a store."""
    return StaffMember.objects.filter(role=Role.STORE_MANAGER, store=store_id, is_active=True)


JOBS: tuple[Job, ...] = (
    Job("notify", 0.02, notify_changes),
    Job("expire", 0.5, expire_due, drains=True),
    Job("serve-line", 60.0, serve_left_behind, drains=True),
    Job("escalate", 15.0, escalate),
    Job("deliver", 1.0, lambda now: deliver_due(), drains=True, waits_for_others=True),
    Job("deliver-codes", 0.5, lambda now: deliver_codes(), drains=True, waits_for_others=True),
    Job("sweep", 600.0, sweep_nightly, waits_for_others=True),
    Job("forget-codes", 60.0, forget_codes, drains=True),
    Job("forget-calls", 60.0, forget_calls, drains=True),
    Job("forget-taps", 60.0, forget_taps, drains=True),
)


@dataclass
class Turn:
    """One job and how it is doing. Times are of the monotonic clock."""

    job: Job
    due: float = 0.0
    faults: int = 0
    done: int = 0
    logged: float = 0.0

    def take(self) -> None:
        """Run the job once and set when it is due again; a fault is logged, never raised."""
        try:
            done = self.job.run(timezone.now())
        except Exception as error:
            # Whatever breaks one job must not end the others.
            self.fault(error)
            return
        self.faults = 0
        self.done += done
        self.due = time.monotonic() + (0.0 if done and self.job.drains else self.job.every)
        self.report(LOG_EVERY)

    def fault(self, error: Exception) -> None:
        """Log what broke, drop this thread's connections (they may be the reason) and wait longer each time."""
        self.faults += 1
        # Seen: 2 ** faults of a night without a database is more than a float holds.
        pause = min(LONGEST_PAUSE, max(self.job.every, 1.0) * 2.0 ** min(self.faults - 1, 10))
        self.due = time.monotonic() + pause
        # Where, but not with which words: an error of the database quotes the values that it refused.
        frames = "".join(traceback.format_tb(error.__traceback__)[-3:])
        logger.error("%s: %s, again in %.0f s\n%s", self.job.name, type(error).__name__, pause, frames)
        connections.close_all()

    def report(self, at_least_after: float) -> None:
        """One line about what was done since the last one."""
        now = time.monotonic()
        if self.done and now - self.logged >= at_least_after:
            logger.info("%s: %d done", self.job.name, self.done)
            self.done, self.logged = 0, now


def died(thread: threading.Thread) -> bool:
    """Whether it ran and runs no more; one that has not been started yet is well."""
    return thread.ident is not None and not thread.is_alive()


@dataclass
class Worker:
    """Runs jobs until it is told to stop; what is being done then is finished first."""

    jobs: Sequence[Job] = JOBS
    # A plain flag: an Event is locked by the very thread that a signal interrupts.
    stopping: bool = False
    threads: list[threading.Thread] = field(default_factory=list)

    def stop(self, *_: object) -> None:
        """Stop after the current jobs. Made for signal.signal()."""
        self.stopping = True

    def run(self) -> bool:
        """Work until stop(); False when a thread died of something else."""
        shared = [job for job in self.jobs if not job.waits_for_others]
        own = [job for job in self.jobs if job.waits_for_others]
        self.threads = [threading.Thread(target=self.loop, args=[[job]], name=job.name) for job in own]
        for thread in self.threads:
            thread.start()
        try:
            self.loop(shared)
        finally:
            broke = not self.stopping
            self.stop()
            for thread in self.threads:
                thread.join()
        return not broke

    def loop(self, jobs: Iterable[Job]) -> None:
        """Run what is due, sleep until the next is, until stop() or until a thread has died."""
        turns = [Turn(job) for job in jobs]
        try:
            while not self.stopping and not any(died(thread) for thread in self.threads):
                for turn in turns:
                    if not self.stopping and turn.due <= time.monotonic():
                        turn.take()
                wait = min((turn.due for turn in turns), default=time.monotonic() + 1) - time.monotonic()
                time.sleep(max(0.0, min(wait, LONGEST_SLEEP)))
        finally:
            for turn in turns:
                turn.report(0)
            connections.close_all()

    def once(self) -> bool:
        """Run each job until it finds nothing more; False when one of them faulted."""
        turns = [Turn(job) for job in self.jobs]
        for turn in turns:
            turn.take()
            while turn.job.drains and not turn.faults and turn.due <= time.monotonic() and not self.stopping:
                turn.take()
            turn.report(0)
        return not any(turn.faults for turn in turns)
