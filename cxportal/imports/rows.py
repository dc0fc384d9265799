"""The rows of an uploaded table as counts or deliveries, and what is wrong with the others, by line number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cxportal.imports.columns import CellError, Columns, find_columns, moment, pieces, text
from cxportal.imports.reading import Formula, Line, Table, UnreadableError
from inventory.services.imports import CountRow, DeliveryRow

LONGEST_NUMBER = 60
LONGEST_REASON = 160
FIELDS = {
    "COUNTS": ("product", "counted", "counted_at", "reason"),
    "DELIVERIES": ("number", "product", "expected", "expected_at", "received"),
}
NEEDED = {"COUNTS": ("product", "counted"), "DELIVERIES": ("number", "product", "expected")}
WORDS = {
    "product": "SKU or GTIN",
    "counted": "Counted",
    "number": "Delivery",
    "expected": "Pieces",
}
Row = CountRow | DeliveryRow


@dataclass(frozen=True)
class Wrong:
    """A row that can't be used, and why."""

    line: int
    words: str


@dataclass(frozen=True)
class Reading:
    """What was understood of a table."""

    rows: list[Row]
    wrong: list[Wrong]
    unread: tuple[str, ...]


def read_rows(kind: str, table: Table, *, usual_at: datetime, zone: ZoneInfo) -> Reading:
    """The table's rows as `kind` (COUNTS, DELIVERIES); `usual_at` is the time of rows that name none.

    UnreadableError when a column is missing without which no row means anything.
    """
    columns = find_columns(table.headers, FIELDS[kind])
    missing = [WORDS[field] for field in NEEDED[kind] if field not in columns.headers]
    if missing:
        raise UnreadableError(
            f"No column is headed {' or '.join(missing)}. Its columns: {', '.join(filter(None, table.headers))[:200]}."
        )
    build = _count if kind == "COUNTS" else _delivery
    rows: list[Row] = []
    wrong = []
    for line in table.lines:
        try:
            rows.append(build(_Cells(line, columns, usual_at, zone)))
        except CellError as error:
            wrong.append(Wrong(line.number, f"{error}."))
    return Reading(rows, wrong, columns.unread)


@dataclass(frozen=True)
class _Cells:
    """The cells of one line by field."""

    line: Line
    columns: Columns
    usual_at: datetime
    zone: ZoneInfo

    def has(self, field: str) -> bool:
        """Whether there is something in it."""
        return self.line.cells.get(self.columns.headers.get(field, "")) not in (None, "")

    def read(self, field: str, convert: Callable[..., Any], *more: Any) -> Any:
        """The value of the cell; an error that names its column."""
        header = self.columns.headers[field]
        cell = self.line.cells.get(header)
        if isinstance(cell, Formula):
            raise CellError(f"{header} is a formula. Save the table with values")
        try:
            return convert(cell, *more)
        except CellError as error:
            raise CellError(f"{header} {error}") from error

    def at(self, field: str) -> datetime:
        """The time, or the usual one."""
        found: datetime = self.read(field, moment, self.zone) if self.has(field) else self.usual_at
        return found

    def words(self, field: str, most: int) -> str:
        """Text that must be there."""
        words: str = self.read(field, text)
        if not 0 < len(words) <= most:
            raise CellError(f"{self.columns.headers[field]} is {'empty' if not words else 'too long'}")
        return words


def _count(cells: _Cells) -> CountRow:
    return CountRow(
        cells.line.number,
        cells.words("product", LONGEST_NUMBER),
        cells.read("counted", pieces),
        cells.at("counted_at"),
        cells.words("reason", LONGEST_REASON) if cells.has("reason") else "",
    )


def _delivery(cells: _Cells) -> DeliveryRow:
    return DeliveryRow(
        cells.line.number,
        cells.words("product", LONGEST_NUMBER),
        cells.words("number", LONGEST_NUMBER),
        cells.read("expected", pieces),
        cells.at("expected_at"),
        cells.read("received", pieces) if cells.has("received") else None,
    )
