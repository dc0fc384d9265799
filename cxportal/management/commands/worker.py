"""The worker: delivers messages, tells open pages what changed, tidies up."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cxportal.worker import JOBS, Job, Worker


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT, finishes what it is doing, and ends."""

    help = "Run everything that is due: deliver messages, tell open pages, tidy up. Several workers share the load."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")
        names = ", ".join(job.name for job in JOBS)
        parser.add_argument("--jobs", default="", help=f"only these, with commas between: {names}")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(chosen(options["jobs"]))
        former = {number: signal.signal(number, worker.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            well = worker.once() if options["once"] else worker.run()
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
        if not well:
            raise CommandError("A job failed; the log says where.")


def chosen(names: str) -> tuple[Job, ...]:
    """The jobs of these names; all of them when none is named."""
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    if unknown := wanted - {job.name for job in JOBS}:
        raise CommandError(f"There is no job {', '.join(sorted(unknown))}.")
    return tuple(job for job in JOBS if not wanted or job.name in wanted)
