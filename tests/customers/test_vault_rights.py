"""The wall around personal data is the database's: roles, rights, and a check that notices when one is wrong."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from customers.bootstrap import RoleNames, create_roles, database_sql, login, roles_sql
from customers.models import Customer, Interaction
from customers.models.sealed import AccessLog, Identity
from cxportal.embedded.cluster import ADMIN
from tests.database import as_owner, leftovers, tables

NAMES = RoleNames(settings.DATABASE_OWNER["USER"], settings.SERVING_USER, settings.VAULT_ROLE)

needs_admin = pytest.mark.skipif(
    not settings.EMBEDDED, reason="needs an administrator's login, which only our own server has"
)


def current() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text, current_user::text")
        session, user = cursor.fetchone()
    return session, user


@pytest.mark.django_db
def test_tests_run_as_the_serving_login() -> None:
    assert current() == (settings.SERVING_USER, settings.SERVING_USER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        lambda: list(Identity.objects.all()),
        lambda: Identity.objects.count(),
        lambda: AccessLog.objects.exists(),
        lambda: Identity.objects.create(customer_id=1, name="Anna"),
        lambda: list(Identity.objects.select_related("customer")),
        lambda: Customer.objects.filter(pk__in=Identity.objects.values("pk")).count(),
        lambda: list(Customer.objects.raw("SELECT c.* FROM customers_customer c JOIN vault.identity i ON true")),
    ],
)
def test_a_query_without_the_key_hits_the_wall(query: Callable[[], object]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for schema vault"), transaction.atomic():
        query()


@pytest.mark.django_db
def test_no_table_of_the_vault_is_open_to_anybody_but_its_role() -> None:
    rights = as_owner(
        "SELECT DISTINCT grantee FROM information_schema.role_table_grants"
        " WHERE table_schema = 'vault' AND grantee <> %s",
        [NAMES.owner],
    )
    assert rights == [(NAMES.vault,)]


@pytest.mark.django_db
def test_the_access_log_only_grows() -> None:
    rights = as_owner(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE table_schema = 'vault' AND table_name = 'access_log' AND grantee = %s ORDER BY 1",
        [NAMES.vault],
    )
    assert rights == [("INSERT",), ("SELECT",)]


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["UPDATE vault.access_log SET reason = ''", "DELETE FROM vault.access_log"])
def test_the_access_log_refuses_changes_by_the_owner_too(sql: str) -> None:
    with pytest.raises(psycopg2.errors.RestrictViolation, match="access_log only grows"):
        as_owner(sql)


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_ledger_refuses_changes_by_the_serving_login(sql: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(Interaction._meta.db_table))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_ledger_refuses_changes_by_the_owner_too(sql: str) -> None:
    with pytest.raises(psycopg2.DatabaseError, match="only grows"):
        as_owner(sql.format(Interaction._meta.db_table))


@pytest.mark.django_db
def test_the_serving_login_may_truncate_nothing() -> None:
    allowed = as_owner(
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace IN ('public'::regnamespace, 'vault'::regnamespace)"
        " AND has_table_privilege(%s, oid, 'TRUNCATE')",
        [NAMES.serving],
    )
    assert allowed == [(0,)]


def findings() -> str:
    """The numbers of what the system check complains about, such as "47"."""
    return "".join(
        str(message.id)[-1]
        for message in run_checks(databases=["default"])
        if str(message.id).startswith("customers.E00")
    )


@pytest.mark.django_db(transaction=True)
def test_check_is_silent_on_the_right_login_and_loud_on_the_owner() -> None:
    assert findings() == ""
    with login({"USER": NAMES.owner}):
        assert findings() == "4579"


@pytest.fixture
def admin() -> Iterator[Any]:
    opened = psycopg2.connect(dbname="postgres", user=ADMIN, host=settings.DATABASES["default"]["HOST"])
    opened.autocommit = True
    yield opened.cursor()
    opened.close()


@pytest.fixture
def stray(admin: Any, worker_id: str) -> Iterator[str]:
    """A login of nobody's, to be given what a serving login must not have."""
    name = f"cx_stray_{worker_id}"
    admin.execute(f"DROP ROLE IF EXISTS {name}")
    admin.execute(f"CREATE ROLE {name} LOGIN NOINHERIT")
    yield name
    admin.execute(f"DROP ROLE {name}")


@needs_admin
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT 1", "8"),
        ("GRANT {vault} TO {stray} WITH INHERIT FALSE, SET TRUE", ""),
        ("GRANT {vault} TO {stray} WITH INHERIT TRUE, SET TRUE", "57"),
        ("GRANT {vault} TO {stray} WITH INHERIT FALSE, SET TRUE, ADMIN TRUE", "6"),
        ("ALTER ROLE {stray} CREATEROLE", "28"),
        ("ALTER ROLE {stray} BYPASSRLS", "38"),
        ("ALTER ROLE {stray} INHERIT; GRANT pg_read_all_data TO {stray}", "78"),
    ],
)
def test_check_names_each_way_past_the_vault(admin: Any, stray: str, sql: str, found: str) -> None:
    admin.execute(sql.format(vault=NAMES.vault, stray=stray))
    with login({"USER": stray}):
        assert findings() == found


@needs_admin
def test_bootstrap_finds_nothing_to_do_where_all_is_right(admin: Any) -> None:
    missing = roles_sql(admin, NAMES, may_create_databases=True)
    assert [
        statement for statement in missing if " OWNER TO " not in statement and "CURRENT_USER" not in statement
    ] == []


@needs_admin
def test_bootstrap_mends_a_login_that_inherits_the_vault(admin: Any, stray: str) -> None:
    admin.execute(f"ALTER ROLE {stray} INHERIT; GRANT {NAMES.vault} TO {stray} WITH ADMIN OPTION")
    for statement in roles_sql(admin, NAMES._replace(serving=stray)):
        if "DATABASE" not in statement and "CURRENT_USER" not in statement:
            admin.execute(statement)
    admin.execute(
        "SELECT r.rolinherit, m.admin_option, m.inherit_option FROM pg_auth_members m"
        " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
        [stray],
    )
    assert admin.fetchall() == [(False, False, False)]


@pytest.mark.django_db(transaction=True)
def test_bootstrap_prints_the_sql_when_it_may_not_create_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAULT_ROLE", "cx_elsewhere")
    printed = StringIO()
    with pytest.raises(CommandError, match="may not create roles"):
        call_command("bootstrap_database", stdout=printed)
    assert 'CREATE ROLE "cx_elsewhere" NOLOGIN NOINHERIT;' in printed.getvalue()
    assert f'GRANT "cx_elsewhere" TO "{NAMES.serving}"' in printed.getvalue()


@needs_admin
def test_a_new_serving_login_gets_the_password_of_its_url(admin: Any, worker_id: str) -> None:
    name = f"cx_new_{worker_id}"
    connect = {"dbname": "postgres", "user": ADMIN, "host": settings.DATABASES["default"]["HOST"]}
    admin.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'postgres'")
    owner = admin.fetchone()[0]
    try:
        assert create_roles(connect, RoleNames(owner, name, NAMES.vault), password="of the url") == []
        admin.execute("SELECT rolpassword LIKE 'SCRAM-SHA-256$%%' FROM pg_authid WHERE rolname = %s", [name])
        assert admin.fetchone() == (True,)
    finally:
        admin.execute(f"DROP ROLE IF EXISTS {name}")
        admin.execute(f'REVOKE "{NAMES.vault}" FROM "{owner}"')


@pytest.mark.django_db(transaction=True)
def test_database_sql_may_run_again() -> None:
    for statement in database_sql(NAMES) * 2:
        as_owner(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))  # two of three share a worker, also with -n 2
def test_nothing_remains_between_tests(turn: int) -> None:
    assert leftovers() == set()
    Customer.objects.create(created_at=timezone.now())
    assert leftovers() == {'"public"."customers_customer"'}
    assert '"vault"."identity"' in tables()


@pytest.mark.django_db(transaction=True)
def test_an_owner_alias_does_not_exist() -> None:
    assert list(settings.DATABASES) == ["default"]
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{NAMES.owner}"')
