"""grow: fill an empty database with a simulated chain of any size."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cxportal.growth import NotOursError, Size, SizeError, grow

KINDS = ("levels", "movements", "stores", "products", "customers")


class Command(BaseCommand):
    """For seeing what a million shelves do to a page. Never for a database with real data, which it refuses."""

    help = "Fill an empty database with a simulated chain of the size that is asked for (docs/performance.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for kind in KINDS:
            usual = getattr(Size, kind)
            parser.add_argument(f"--{kind}", type=int, default=usual, help=f"how many (default {usual:,})")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            size = Size(**{kind: options[kind] for kind in KINDS})
            growth = grow(size, now=timezone.now(), told=self.stdout.write)
        except (SizeError, NotOursError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{growth.rows:,} rows in {growth.seconds:.0f} s, {growth.rows_per_s:,.0f} rows/s")
        if growth.check.wrong:
            raise CommandError(f"{growth.check.wrong:,} levels do not add up: {growth.check.first[0]}")
        self.stdout.write(f"The book of all {growth.check.levels:,} levels adds up. Everything in it is simulated.")
