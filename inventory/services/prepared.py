"""Statements that a connection plans once: the planner takes longer over a promise than the promise does.

PREPARE is SQL, so the driver need not know. Where a pooler gives each transaction another connection of the database,
PREPARED_STATEMENTS=false sends the text every time.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings

# What each open connection has planned. A connection that is gone takes its plans with it.
_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def run(cursor: Any, statement: str, types: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Execute `statement`, whose %(name)s have the SQL `types` of the same names, with `values`.

    `cursor` is Django's or the driver's own.
    """
    if not settings.PREPARED_STATEMENTS:
        cursor.execute(statement, dict(values))
        return
    name = f"cx_{sha256(statement.encode()).hexdigest()[:16]}"
    known = _planned.setdefault(cursor.connection, set())
    if name not in known:
        cursor.execute(f"PREPARE {name} ({', '.join(types.values())}) AS {numbered(statement, list(types))}")
        known.add(name)
    given = ", ".join(["%s"] * len(types))
    cursor.execute(f"EXECUTE {name} ({given})", [values[key] for key in types])


def numbered(statement: str, names: list[str]) -> str:
    """The statement with $1, $2, ... in place of %(name)s, and %% as %."""
    places = {name: f"${number}" for number, name in enumerate(names, 1)}
    return PLACEHOLDER.sub(lambda found: places[found[1]], statement).replace("%%", "%")
