"""The database's logins and the vault's door.

Roles belong to the whole cluster and are made once, by whoever may create roles (`create_roles`). The vault's schema
and the default privileges belong to one database and are laid by the owner at every migrate (`database_sql`), so that
test databases and restored dumps have them too.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg2
import psycopg2.errors
import psycopg2.extensions
from django.db import connections

Cursor = psycopg2.extensions.cursor
PARALLEL_BOOTSTRAPS = (
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.DuplicateObject,
    psycopg2.errors.InternalError_,
)
ATTEMPTS = 20


class RoleNames(NamedTuple):
    """Who owns the tables, who serves, and whose rights alone open the vault."""

    owner: str
    serving: str
    vault: str


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def roles_sql(cursor: Cursor, names: RoleNames, *, may_create_databases: bool = False) -> list[str]:
    """The statements that are still missing in this cluster; empty when all is right.

    Also mends grants by which the serving login would inherit the vault's role or could hand it on.
    """
    return [
        *_missing_roles(cursor, names, may_create_databases=may_create_databases),
        *_missing_memberships(cursor, names),
        *_missing_ownership(cursor, names),
    ]


def _missing_roles(cursor: Cursor, names: RoleNames, *, may_create_databases: bool) -> Iterator[str]:
    cursor.execute(
        "SELECT rolname, rolinherit, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = ANY(%s)", [list(names)]
    )
    known = {name: (inherits, creates) for name, inherits, creates in cursor.fetchall()}
    owner, serving, vault = map(quoted, names)
    if names.owner not in known:
        yield f"CREATE ROLE {owner} LOGIN INHERIT"
    if may_create_databases and not known.get(names.owner, (False, False))[1]:
        yield f"ALTER ROLE {owner} CREATEDB"
    if names.vault not in known:
        yield f"CREATE ROLE {vault} NOLOGIN NOINHERIT"
    if names.serving not in known:
        yield f"CREATE ROLE {serving} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
    elif known[names.serving][0]:
        # All the protection that PostgreSQL 15 has; from 16 on the default of later grants.
        yield f"ALTER ROLE {serving} NOINHERIT"


def _missing_memberships(cursor: Cursor, names: RoleNames) -> Iterator[str]:
    """From 16 on: one membership PER GRANTOR, each with its own options, and a plain GRANT keeps the old ones."""
    options_per_grant = cursor.connection.server_version >= 160000
    options = "m.inherit_option, m.set_option" if options_per_grant else "u.rolinherit, true"
    cursor.execute(
        f"SELECT u.rolname, m.admin_option, {options}, g.rolname FROM pg_auth_members m"  # noqa: S608 - two literals
        " JOIN pg_roles u ON u.oid = m.member JOIN pg_roles r ON r.oid = m.roleid"
        " LEFT JOIN pg_roles g ON g.oid = m.grantor WHERE r.rolname = %s",
        [names.vault],
    )
    members = cursor.fetchall()
    owner, serving, vault = map(quoted, names)
    serves = [member for member in members if member[0] == names.serving]
    for _, admin, inherits, _, grantor in serves:
        if admin or (options_per_grant and inherits):
            yield f"REVOKE {vault} FROM {serving}" + (f" GRANTED BY {quoted(grantor)}" if options_per_grant else "")
    right = [m for m in serves if m[3] and not m[1] and not (options_per_grant and m[2])]
    if not right:
        yield f"GRANT {vault} TO {serving}" + (" WITH INHERIT FALSE, SET TRUE" if options_per_grant else "")
    if not any(name == names.owner and inherits and may_set for name, _, inherits, may_set, _ in members):
        yield f"GRANT {vault} TO {owner}" + (" WITH INHERIT TRUE, SET TRUE" if options_per_grant else "")


def _missing_ownership(cursor: Cursor, names: RoleNames) -> Iterator[str]:
    """The owner must own the database, or it may neither make the vault's schema nor use schema public."""
    cursor.execute(
        "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
    )
    database, its_owner = cursor.fetchone() or ("", "")
    if its_owner != names.owner:
        # Who is not superuser may give a database away only to a role it belongs to, hence for a moment.
        yield f"GRANT {quoted(names.owner)} TO CURRENT_USER"
        yield f"ALTER DATABASE {quoted(database)} OWNER TO {quoted(names.owner)}"
        yield f"REVOKE {quoted(names.owner)} FROM CURRENT_USER"


def create_roles(
    connect: Mapping[str, Any], names: RoleNames, *, may_create_databases: bool = False, password: str = ""
) -> list[str]:
    """Make what is missing; return the SQL that somebody with more rights must run instead (empty: all is done).

    `connect` holds psycopg2.connect's arguments for a login that may create roles; `password` is set for the serving
    login when this call creates it.
    """
    for attempt in range(ATTEMPTS):
        connection = psycopg2.connect(**connect)
        try:
            with connection, connection.cursor() as cursor:
                return _create_roles(cursor, names, may_create_databases=may_create_databases, password=password)
        except PARALLEL_BOOTSTRAPS:
            # The advisory lock covers one database only; two databases of one cluster may collide: the loser retries.
            time.sleep(0.05 * (attempt + 1))
        finally:
            connection.close()
    raise RuntimeError("Another bootstrap of this database server is in the way.")


def _create_roles(cursor: Cursor, names: RoleNames, *, may_create_databases: bool, password: str) -> list[str]:
    cursor.execute("SELECT pg_advisory_xact_lock(4711)")
    statements = roles_sql(cursor, names, may_create_databases=may_create_databases)
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    may_create = bool((cursor.fetchone() or (False,))[0])
    if statements and not may_create:
        return statements
    for statement in statements:
        cursor.execute(statement)
    serving = quoted(names.serving)
    if password and any(statement.startswith(f"CREATE ROLE {serving} ") for statement in statements):
        # Encrypted on this side: the server's log never sees the password itself.
        secret = psycopg2.extensions.encrypt_password(
            password, names.serving, scope=cursor.connection, algorithm="scram-sha-256"
        )
        cursor.execute(f"ALTER ROLE {serving} PASSWORD %s", [secret])
    return []


def database_sql(names: RoleNames) -> list[str]:
    """The vault's schema and the default privileges of one database, as its owner.

    Fails closed: in the vault UPDATE and DELETE are granted table by table, TRUNCATE nowhere.
    """
    serving, vault = quoted(names.serving), quoted(names.vault)
    future = "ALTER DEFAULT PRIVILEGES IN SCHEMA"
    return [
        "CREATE SCHEMA IF NOT EXISTS vault",
        f"GRANT USAGE ON SCHEMA vault TO {vault}",
        f"GRANT USAGE ON SCHEMA public TO {serving}",
        f"{future} vault GRANT SELECT, INSERT ON TABLES TO {vault}",
        f"{future} public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {serving}",
        f"{future} public GRANT USAGE, SELECT ON SEQUENCES TO {serving}",
    ]


@contextlib.contextmanager
def login(credentials: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Let `default` use other credentials for a while (every thread's next connection); yields the former ones.

    There is no second alias for the owner: `.using("owner")` would be a door past the vault, and RunPython under an
    alias fails or waits for ever on its own lock.
    """
    connection = connections["default"]
    former = {key: connection.settings_dict[key] for key in credentials}
    connection.close()
    connection.settings_dict.update(credentials)
    try:
        yield former
    finally:
        connection.close()
        connection.settings_dict.update(former)
