"""Databases of the bench's own, on the server that the portal uses: made empty, dropped afterwards."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from psycopg2 import errors, sql

from customers import wellknown
from customers.bootstrap import login

OURS, LOADED, PEERS = "cx_bench", "cx_bench_load", "cx_bench_peer"
# How long a process that we ended may still hold its connection.
LEAVING_SECONDS = 5.0


def owner_parameters(database: str) -> dict[str, Any]:
    """psycopg2.connect's arguments for the owner of the tables, without Django."""
    owner = settings.DATABASE_OWNER
    given = {"dbname": database, "user": owner["USER"], "password": owner["PASSWORD"]}
    return {**given, "host": owner["HOST"], "port": owner["PORT"] or None, "connect_timeout": 10}


def serving_parameters() -> dict[str, Any]:
    """The same for the login that serves, with the limits that the pages have."""
    place = connection.settings_dict
    given = {"dbname": place["NAME"], "user": place["USER"], "password": place["PASSWORD"], **place["OPTIONS"]}
    return {**given, "host": place["HOST"], "port": place["PORT"] or None, "connect_timeout": 10}


@contextlib.contextmanager
def database(name: str) -> Iterator[None]:
    """An empty database `name` of the owner's. CommandError when another bench is using it."""
    if not settings.DATABASE_OWNER:
        raise CommandError("bench makes a database of its own, so it needs DATABASE_OWNER_URL.")
    # Starts the embedded server.
    connection.ensure_connection()
    home = str(connection.settings_dict["NAME"])
    _drop(home, name, patience_seconds=1)
    _run(home, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield
    finally:
        _drop(home, name, patience_seconds=LEAVING_SECONDS)


@contextlib.contextmanager
def portal_in(name: str) -> Iterator[None]:
    """This process works on a new database `name` with the portal's tables, as the login that serves."""
    with database(name), login({"NAME": name}):
        wellknown.forget()
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield
        finally:
            wellknown.forget()


def _drop(home: str, name: str, *, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return _run(home, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        except errors.ObjectInUse as error:
            if time.monotonic() > deadline:
                raise CommandError(f"The database {name} is in use: is another bench running?") from error
            time.sleep(0.1)


def _run(home: str, statement: sql.Composed) -> None:
    line = psycopg2.connect(**owner_parameters(home))
    try:
        # CREATE and DROP DATABASE can't run in a transaction.
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute(statement)
    finally:
        line.close()


def url(name: str, place: Mapping[str, Any]) -> str:
    """A database URL with the login in `place` (NAME ... as Django has them)."""
    secret = f":{quote(place['PASSWORD'], safe='')}" if place["PASSWORD"] else ""
    options = {key: value for key, value in place["OPTIONS"].items() if key != "options"}
    host, port = str(place["HOST"]), f":{place['PORT']}" if place["PORT"] else ""
    if host.startswith("/"):
        options, host = {**options, "host": host}, ""
    query = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{quote(place['USER'], safe='')}{secret}@{host}{port}/{name}{query}"


def environment(name: str, *, owner: bool = False, **more: str) -> dict[str, str]:
    """For programs that work on database `name` with production's settings and our own secrets."""
    env = {**os.environ, "DATABASE_URL": url(name, connection.settings_dict), "CX_LOCAL": str(settings.CX_LOCAL)}
    # A process that serves must not have the owner's login.
    env.pop("DATABASE_OWNER_URL", None)
    if owner:
        env["DATABASE_OWNER_URL"] = url(name, settings.DATABASE_OWNER)
    for secret in ("SECRET_KEY", "LOOKUP_KEY", "SUPPRESSION_KEY"):
        env[secret] = getattr(settings, secret)
    # The bench looks more often than any shopper, from one address.
    env["LOOKS_PER_MINUTE"] = "0"
    return env | {"DEBUG": "0", "ALLOWED_HOSTS": "127.0.0.1", "EMAIL_HOST": "localhost", **more}
