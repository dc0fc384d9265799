"""migrate, and then the rows that the portal's own code relies on.

cxportal stands first in INSTALLED_APPS, so this one wins over the command of floor 1 that it extends.
"""

from typing import Any

from customers.management.commands import migrate
from customers.wellknown import create_all
from cxportal.groups import sync_groups


class Command(migrate.Command):
    """As the owner of the tables; then, as the serving login, roles, channels, touchpoints and sources."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if _is_whole(options):
            create_all()
            sync_groups()


def _is_whole(options: dict[str, Any]) -> bool:
    """Whether all migrations were asked for: a plan, a check, or one app's step back leaves tables missing."""
    partial = ("app_label", "plan", "check_unapplied", "fake", "prune")
    return not any(options.get(name) for name in partial)
