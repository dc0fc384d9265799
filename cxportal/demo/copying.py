"""COPY from columns: Arrow writes the text, PostgreSQL reads it, and no row ever becomes a Python object."""

import io
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db.backends.utils import CursorWrapper

from .clock import Numbers

CHUNK = 32_768
OPTIONS = pa_csv.WriteOptions(include_header=False)


Columns = Mapping[str, Any]
Done = Callable[[int], object]


def copy_columns(
    cursor: CursorWrapper, table: str, columns: Columns | Callable[[slice], Columns], rows: int, done: Done
) -> int:
    """Add `rows` rows to `table` and return how many; `done` is told after each chunk.

    A column is an array or list with a value per row (None is NULL), or one value for all of them; a function makes the
    columns of each chunk when its turn comes. Each chunk is a COPY of its own, so that its foreign keys are checked at
    its end and not piled up until COMMIT.
    """
    for start in range(0, rows, CHUNK):
        part = slice(start, min(start + CHUNK, rows))
        values = columns(part) if callable(columns) else {name: _cut(column, part) for name, column in columns.items()}
        size = part.stop - start
        chunk = pa.table({name: _column(value, size) for name, value in values.items()})
        text = io.BytesIO()
        pa_csv.write_csv(chunk, text, OPTIONS)
        text.seek(0)
        names = ", ".join(f'"{name}"' for name in values)
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)", text)
        done(size)
    return rows


def _cut(column: Any, part: slice) -> Any:
    return column[part] if isinstance(column, np.ndarray | list | pa.Array) else column


def _column(value: Any, size: int) -> pa.Array:
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value
    if isinstance(value, np.ndarray | list):
        return pa.array(value)
    return pa.nulls(size) if value is None else pa.repeat(value, size)


# Ids in a row need that no other thread of ours asks in between.
_one_at_a_time = threading.Lock()


def reserve_ids(cursor: CursorWrapper, table: str, count: int) -> int:
    """Take `count` ids in a row from the table's sequence; returns the first.

    Only nextval: the serving login may not set a sequence. Raises RuntimeError when somebody else took ids meanwhile.
    """
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    (sequence,) = cursor.fetchone()
    with _one_at_a_time:
        cursor.execute(
            "SELECT min(id), max(id) FROM (SELECT nextval(%s::regclass) AS id FROM generate_series(1, %s)) AS ids",
            [sequence, count],
        )
        first, last = cursor.fetchone()
    if count and last - first != count - 1:
        raise RuntimeError(f"Somebody else is writing to {table}. Load the demo while nothing else runs.")
    return int(first or 0)


def moments(utc_seconds: Numbers) -> Any:
    """Seconds as timestamps for COPY (the session's time zone is UTC)."""
    return utc_seconds.astype("datetime64[s]")


def optional_moments(utc_seconds: Numbers) -> pa.Array:
    """Seconds as timestamps for COPY, 0 as NULL."""
    return pa.array(moments(utc_seconds), mask=utc_seconds == 0)


def optional_ids(ids: Numbers) -> pa.Array:
    """Ids for COPY, 0 as NULL."""
    return pa.array(ids, mask=ids == 0)


def money(cents: Numbers) -> Any:
    """Cents as an amount: the shortest decimal that means this number has two places at most."""
    return cents / 100


def texts(column: list[str]) -> pa.Array:
    """Texts for COPY, also when the list is empty."""
    return pa.array(column, pa.string())
