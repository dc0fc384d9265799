"""`manage.py check --database default`: is the vault closed to the login that serves?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from .bootstrap import quoted

# One row about the login of this very connection; every further column is true when something is wrong.
SQL = """
WITH vault_table AS (
  SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace('vault') AND relkind IN ('r', 'p', 'v', 'm')
), public_table AS (
  SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p')
)
SELECT r.rolname,
  r.rolsuper,
  r.rolcreaterole,
  r.rolbypassrls OR r.rolreplication,
  EXISTS (SELECT FROM pg_class c WHERE c.relnamespace IN (to_regnamespace('public'), to_regnamespace('vault'))
          AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
  coalesce(pg_has_role(r.oid, to_regrole(%(vault)s), 'USAGE'), false),
  EXISTS (SELECT FROM pg_auth_members m WHERE m.admin_option AND pg_has_role(r.oid, m.member, 'MEMBER')),
  coalesce(has_schema_privilege(r.oid, to_regnamespace('vault'), 'USAGE, CREATE'), false)
    OR EXISTS (SELECT FROM vault_table v
               WHERE has_table_privilege(r.oid, v.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                  OR has_any_column_privilege(r.oid, v.oid, 'SELECT, UPDATE')),
  NOT coalesce(pg_has_role(r.oid, to_regrole(%(vault)s), 'MEMBER'), false),
  EXISTS (SELECT FROM public_table p WHERE has_table_privilege(r.oid, p.oid, 'TRUNCATE'))
FROM pg_roles r WHERE r.rolname = session_user
"""
FINDINGS = (
    "is a superuser",
    "may create roles (CREATEROLE)",
    "has BYPASSRLS or REPLICATION",
    "owns tables, or may become their owner",
    "inherits the vault's role",
    "may hand a role on (ADMIN option)",
    "has rights in schema vault without SET ROLE",
    "may not SET ROLE to the vault's role, or there is no such role",
    "may TRUNCATE a table",
)


def serving_login_is_shut_out(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Errors customers.E001 to E009: each one a way past the vault, or an append-only table that is none."""
    if "default" not in (databases or []):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(SQL, {"vault": quoted(settings.VAULT_ROLE)})
        name, *hits = cursor.fetchone()
    return [
        Error(
            f"The serving login {name!r} {text}.",
            hint="DATABASE_URL must be the login that bootstrap_database made for serving; run that command again.",
            id=f"customers.E{number:03}",
        )
        for number, (hit, text) in enumerate(zip(hits, FINDINGS, strict=True), 1)
        if hit
    ]
