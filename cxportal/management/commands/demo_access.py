"""demo_access: the demo's logins and till keys."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.demo import loaded_batch
from cxportal.demo.accounts import access

SHOWN_TILLS = 3


class Command(BaseCommand):
    """They exist only with demo data."""

    help = "Print the demo's logins and till keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="everything, for a script")

    def handle(self, *args: Any, **options: Any) -> None:
        if not loaded_batch():
            raise CommandError("There is no demo here: manage.py load_demo makes one.")
        known = access()
        if options["json"]:
            self.stdout.write(json.dumps(known))
            return
        for login in known["logins"]:
            self.stdout.write(f"{login['username']:<26}{login['password']}")
        for till in known["tills"][:SHOWN_TILLS]:
            self.stdout.write(f"till of {till['store']:<18}{till['key']}")
        if more := len(known["tills"]) - SHOWN_TILLS:
            self.stdout.write(f"and {more} more tills: manage.py demo_access --json")
