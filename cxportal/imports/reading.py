"""Uploaded tables as rows of cells, CSV or XLSX. Nothing in them is run, resolved or believed."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1_000
MOST_COLUMNS = 40
LONGEST_CELL = 200
# A spreadsheet is a zip: a small one may unpack to more than the machine has.
MOST_UNPACKED = 40 * 1024 * 1024
MOST_RATIO = 120
DELIMITERS = (";", "\t", ",", "|")

# What the library and its parsers raise on files that nobody here made.
DAMAGED = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, TypeError, ValueError),
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException),
)

Cell = str | int | float | datetime | date | None


class UnreadableError(Exception):
    """The file can't be read; the message says why and what to do."""


@dataclass(frozen=True)
class Formula:
    """A cell that calculates. Its value is not in the file for sure."""


@dataclass(frozen=True)
class Line:
    """One row of the file: its line number there, and its cells by the header's name."""

    number: int
    cells: dict[str, Cell | Formula]


@dataclass(frozen=True)
class Table:
    """The header's names in order, and the rows that are not empty."""

    headers: tuple[str, ...]
    lines: tuple[Line, ...]


def read_table(name: str, content: bytes) -> Table:
    """The first sheet of the file. UnreadableError when it is too large, damaged, or no table."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(f"The file has more than {MOST_BYTES // 1024 // 1024} MB. Split it.")
    is_zip = content[:4] == b"PK\x03\x04"
    rows = _sheet(content) if is_zip else _csv(content)
    if name.lower().endswith(".xlsx") and not is_zip:
        raise UnreadableError("This is no XLSX file. Save it again, or as CSV.")
    return _table(rows)


def _table(rows: Iterator[tuple[int, list[Any]]]) -> Table:
    headers: tuple[str, ...] = ()
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cell not in (None, "") for cell in cells):
            continue
        if not headers:
            headers = tuple(str(cell or "").strip() for cell in cells[:MOST_COLUMNS])
            continue
        if len(lines) == MOST_ROWS:
            raise UnreadableError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        named = {name: cell for name, cell in zip(headers, cells, strict=False) if name}
        lines.append(Line(number, named))
    if not lines:
        raise UnreadableError("The file has no rows below its header.")
    return Table(headers, tuple(lines))


def _csv(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    text = _text(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [_short(cell, reader.line_num) for cell in cells]
    except csv.Error as error:
        raise UnreadableError(f"Line {reader.line_num} is not CSV: {error}.") from error


def _text(content: bytes) -> str:
    """The text in the encoding that it says, UTF-8, or what spreadsheets of the West save."""
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError("This is neither CSV nor XLSX.")


def _short(value: str, number: int) -> str:
    if len(value) > LONGEST_CELL:
        raise UnreadableError(f"Line {number} has a cell of more than {LONGEST_CELL} letters.")
    return value.strip()


def _sheet(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    _check_zip(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        # What a file says of its size may be wrong.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            yield number, [_cell(cell, number) for cell in cells]
        book.close()
    except DAMAGED as error:
        raise UnreadableError("This spreadsheet is damaged. Save it again, or as CSV.") from error


def _cell(cell: Any, number: int) -> Cell | Formula:
    if cell.data_type == "f":
        return Formula()
    value = cell.value
    if isinstance(value, str):
        return _short(value, number)
    return value if isinstance(value, int | float | datetime | date) else None


def _check_zip(content: bytes) -> None:
    """UnreadableError for archives that unpack to much, or whose XML defines entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * len(content):
                raise UnreadableError("This spreadsheet unpacks to too much. Save it as CSV.")
            for part in parts:
                with archive.open(part) as opened:
                    # Whatever the directory of the archive claims, no more than this is read.
                    text = opened.read(MOST_UNPACKED)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise UnreadableError("This spreadsheet has definitions that none needs. Save it as CSV.")
    except (*DAMAGED, RuntimeError) as error:  # RuntimeError: it asks for a password, or is packed in an unknown way
        raise UnreadableError("This spreadsheet is damaged or locked. Save it again, or as CSV.") from error
