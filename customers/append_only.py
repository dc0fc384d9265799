"""Tables that may only grow: the database refuses UPDATE and DELETE by trigger, and by right for the serving login."""

from django.conf import settings
from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', HINT = 'Record a new row that corrects the old one.';
END $$
"""


def refuse_changes(table: str) -> migrations.RunSQL:
    """The migration step after which UPDATE and DELETE of `table` fail, whoever asks; TRUNCATE stays the owner's."""
    trigger = f"{table.rpartition('.')[2]}_only_grows"
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        f"DROP TRIGGER {trigger} ON {table}",
    )


def append_only(table: str) -> migrations.RunSQL:
    """The migration step after which rows of `table` can be added and read, never changed or deleted."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{settings.SERVING_USER}";
        """,
        f'DROP TRIGGER {table}_only_grows ON {table}; GRANT UPDATE, DELETE ON {table} TO "{settings.SERVING_USER}"',
    )
