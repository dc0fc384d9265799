"""check_ledger: prove that every counter of stock is the sum of its movements."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.services.ledger_check import check_ledger


class Command(BaseCommand):
    """Exits with 1 when a level does not add up."""

    help = "Compare each stock level with its movements, its newest balance and its active holds."

    def handle(self, *args: Any, **options: Any) -> None:
        found = check_ledger()
        for difference in found.first:
            self.stdout.write(str(difference))
        if found.wrong:
            raise CommandError(f"{found.wrong:,} of {found.levels:,} levels don't add up.")
        self.stdout.write(f"{found.levels:,} levels checked: all add up.")
