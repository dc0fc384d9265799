"""migrate, as the owner of the tables."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection

from customers.bootstrap import RoleNames, database_sql, login


class Command(migrate.Command):
    """Migrations, their records, content types and permissions all go over the one alias, hence into one database."""

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_OWNER:
            raise CommandError("migrate needs DATABASE_OWNER_URL, the login that owns the tables.")
        if not options["skip_checks"]:
            # As the serving login still: a vault that is not closed must not be filled.
            self.check(databases=[options["database"]])
        names = RoleNames(settings.DATABASE_OWNER["USER"], settings.SERVING_USER, settings.VAULT_ROLE)
        with login(settings.DATABASE_OWNER):
            with connection.cursor() as cursor:
                for statement in database_sql(names):
                    cursor.execute(statement)
            super().handle(*args, **{**options, "skip_checks": True})
