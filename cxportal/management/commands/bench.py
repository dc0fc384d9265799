"""bench AREA: measure, and print one JSON object per figure."""

import sys
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cxportal.bench.areas import AREAS, FULL_LOAD, SMALL, Plan, measure


class Command(BaseCommand):
    """Figures go to stdout as they are found, everything else to stderr. A missed goal is no error."""

    help = "Measure the portal's speed on a database of its own; docs/performance.md says how."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("area", choices=AREAS)
        parser.add_argument(
            "--full-load", action="store_true", help="load the whole year of tills, which takes minutes"
        )
        parser.add_argument("--small", action="store_true", help="a little of everything: shows only that it works")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = SMALL if options["small"] else Plan()
        if options["full_load"]:
            plan = replace(plan, load=FULL_LOAD)
        failed = []
        for figure in measure(options["area"], plan):
            sys.stdout.write(figure.line(options["area"]) + "\n")
            sys.stdout.flush()
            if figure.value is None:
                failed.append(figure.name)
        if failed:
            raise CommandError(f"Not measured: {', '.join(failed)}. The reasons stand above.")
