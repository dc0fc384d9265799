"""load_demo: fill an empty database with the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.demo import (
    DEFAULT_SEED,
    DEFAULT_STORES,
    DEFAULT_WEEKS,
    Choice,
    DemoExtraMissingError,
    NotEmptyError,
    load,
)


class Command(BaseCommand):
    """A second run finds the demo there and does nothing."""

    help = "Load the demo: a public retail year, everything else simulated (docs/demo.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="all stores and all lines of the data set")
        parser.add_argument("--stores", type=_at_least_one, default=DEFAULT_STORES, help="the busiest N stores")
        parser.add_argument("--weeks", type=_at_least_one, default=DEFAULT_WEEKS, help="the last N weeks")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="fixes everything that is made up")
        parser.add_argument(
            "--accounts", action="store_true", default=None, help="make the demo's logins on a server of your own too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stores, weeks = (None, None) if options["full"] else (options["stores"], options["weeks"])
        try:
            report = load(Choice(stores, weeks, options["seed"]), accounts=options["accounts"], out=self.stdout)
        except (DemoExtraMissingError, NotEmptyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Loaded: {report}." if report else "The demo is there already: nothing to do.")


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
