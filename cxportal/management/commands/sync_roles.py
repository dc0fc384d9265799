"""sync_roles: write the table of roles to Django's groups."""

from typing import Any

from django.core.management.base import BaseCommand

from cxportal.groups import sync_groups


class Command(BaseCommand):
    """Safe to repeat; `migrate` runs it too."""

    help = "Give each role's group exactly the permissions of cxportal/roles.py."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{sync_groups()} roles in step with cxportal/roles.py.")
