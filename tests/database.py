"""The test database as its owner sees it. Tests themselves run as the login that serves."""

from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, connections

from customers.wellknown import create_all

# Made by migrate, not by tests.
KEPT = ["django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"]

# Made by migrate too, and by tests: emptied, and made anew with the same ids.
WELL_KNOWN = {f'"public"."customers_{name}"' for name in ("channel", "touchpoint", "source")}


def as_owner(sql: str, arguments: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """One statement over a short connection of the owner's; returns its rows."""
    name = connection.settings_dict["NAME"]
    assert name.startswith("test_"), f"{name} is not a test database"
    owner = settings.DATABASE_OWNER
    opened = psycopg2.connect(
        dbname=name,
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"] or None,
        options="-c lock_timeout=5s",  # a transaction that somebody forgot is an error, not a hang
    )
    try:
        with opened, opened.cursor() as cursor:
            cursor.execute(sql, arguments)
            return cursor.fetchall() if cursor.description else []
    finally:
        opened.close()


def tables() -> list[str]:
    """All tables that tests may fill, the vault's included."""
    rows = as_owner(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'vault') AND tablename <> ALL(%s)",
        [KEPT],
    )
    return [f'"{schema}"."{table}"' for schema, table in rows]


def leftovers() -> set[str]:
    """Tables with rows in them."""
    rows = as_owner(
        " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sorted(set(tables()) - WELL_KNOWN)
        )
    )
    return {table for (table,) in rows}


def truncate_all(*_: object) -> None:
    """Empty every table, in one statement for the sake of foreign keys that lead into the vault.

    Own connections are closed first: one that still is in a transaction would block TRUNCATE.
    """
    connections.close_all()
    as_owner(f"TRUNCATE {', '.join(tables())} RESTART IDENTITY")
    create_all()
