"""Create the logins and the vault's role, or print the SQL for an administrator."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from customers.bootstrap import RoleNames, create_roles, login


class Command(BaseCommand):
    """Idempotent: run it after every change of logins, and whenever `check --database default` complains."""

    help = "Create the database's roles with the owner's login; print the SQL instead when that login may not."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin-url", default="", help="a login that may create roles, instead of the owner's")
        parser.add_argument("--test-databases", action="store_true", help="let the owner create databases (for tests)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_OWNER:
            raise CommandError("bootstrap_database needs DATABASE_OWNER_URL, the login that owns the tables.")
        names = RoleNames(settings.DATABASE_OWNER["USER"], settings.SERVING_USER, settings.VAULT_ROLE)
        password = connection.settings_dict["PASSWORD"]
        with login(settings.DATABASE_OWNER):
            connect = {"dsn": options["admin_url"]} if options["admin_url"] else connection.get_connection_params()
        missing = create_roles(
            connect, names, may_create_databases=options["test_databases"] or settings.EMBEDDED, password=password
        )
        if missing:
            self.stdout.write("-- Run this as an administrator in the portal's database,", ending="\n")
            self.stdout.write("-- then give the logins their passwords (psql: \\password NAME).", ending="\n")
            self.stdout.write("\n".join(f"{statement};" for statement in missing))
            raise CommandError(f"{connect.get('user', 'The login')} may not create roles: see the SQL above.")
        self.stderr.write(f"{names.owner} owns, {names.serving} serves, {names.vault} opens the vault: all is right.")
