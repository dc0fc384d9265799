"""Uploaded tables: read in whatever encoding and shape people save them, and never further than is safe."""

import io
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from cxportal.imports.columns import CellError, find_columns, moment, pieces, text
from cxportal.imports.reading import MOST_ROWS, UnreadableError, read_table

NEW_YORK = ZoneInfo("America/New_York")


def cells(content: bytes, name: str = "a.csv") -> list[dict[str, object]]:
    return [dict(line.cells) for line in read_table(name, content).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(encoding: str, delimiter: str) -> None:
    lines = [delimiter.join(row) for row in (("SKU", "Counted"), ("Käse", "3"))]
    assert cells("\r\n".join(lines).encode(encoding)) == [{"SKU": "Käse", "Counted": "3"}]


def test_line_numbers_are_those_of_the_file() -> None:
    table = read_table("a.csv", b'SKU,Reason\nA,"two\nlines"\n\nB,x\n')
    assert [(line.number, line.cells["SKU"]) for line in table.lines] == [(3, "A"), (5, "B")]


def test_a_quote_that_is_never_closed_is_said() -> None:
    with pytest.raises(UnreadableError, match="is not CSV"):
        read_table("a.csv", b'SKU,Counted\n"A,3\n')


def sheet(*rows: list[object]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_spreadsheet_is_read_with_its_types() -> None:
    at = datetime(2026, 11, 22, 18)  # noqa: DTZ001 - spreadsheets know no zones
    found = cells(sheet(["SKU", "Counted", "When"], [4711, 2, at], [None, None, None], ["B", 1.5, None]), "a.xlsx")
    assert found == [{"SKU": 4711, "Counted": 2, "When": at}, {"SKU": "B", "Counted": 1.5, "When": None}]


def test_too_many_rows_are_said_and_not_cut() -> None:
    rows: list[list[object]] = [["A", 1]] * (MOST_ROWS + 1)
    with pytest.raises(UnreadableError, match="more than 1,000 rows"):
        read_table("a.xlsx", sheet(["SKU", "Counted"], *rows))


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed(sheet=b"0" * 10_000_000), "unpacks to too much"),
        (packed(sheet=b'<!DOCTYPE x [<!ENTITY a "b">]>'), "definitions that none needs"),
        (packed(sheet=b"<x/>"), "damaged"),
        (sheet(["SKU"], ["A"])[:-40], "damaged"),
    ],
)
def test_dangerous_and_damaged_archives_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        read_table("a.xlsx", content)


def test_text_named_as_a_spreadsheet_is_refused() -> None:
    with pytest.raises(UnreadableError, match="no XLSX file"):
        read_table("a.xlsx", b"SKU\nA\n")


def test_columns_are_found_by_their_words() -> None:
    found = find_columns(
        ("Qty.", "Bar-Code", "Shelf", "Counted at", ""), ("product", "counted", "counted_at", "reason")
    )
    assert found.headers == {"product": "Bar-Code", "counted": "Qty.", "counted_at": "Counted at"}
    assert found.unread == ("Shelf",)


@pytest.mark.parametrize(("cell", "number"), [("3", 3), (3, 3), (3.0, 3), ("3.0", 3), (" 12 ", 12)])
def test_whole_numbers_are_read(cell: object, number: int) -> None:
    assert pieces(cell) == number


@pytest.mark.parametrize("cell", ["", None, "-1", "1.5", 1.5, "1,000", "1e3", "x", "²", "999999999", "200000"])
def test_other_numbers_are_refused(cell: object) -> None:
    with pytest.raises(CellError):
        pieces(cell)


def test_times_are_by_the_stores_clock_unless_they_say_otherwise() -> None:
    noon = datetime(2026, 11, 22, 17, tzinfo=UTC)
    for cell in ("2026-11-22 12:00", "2026-11-22T12:00", "22.11.2026 12:00", "2026-11-22T17:00+00:00"):
        assert moment(cell, NEW_YORK) == noon
    for cell in ("2026-11-22", "20261122", "11/22/2026 12:00", "noon", ""):
        with pytest.raises(CellError, match="not a date with a time"):
            moment(cell, NEW_YORK)


def test_text_that_can_not_be_shown_is_refused() -> None:
    assert (text(4711.0), text(None), text(" a ")) == ("4711", "", "a")
    with pytest.raises(CellError):
        text("a\u202eb")


def test_files_that_are_damaged_anywhere_are_refused_or_read() -> None:
    """Never anything but rows or a sentence."""
    whole = sheet(["SKU", "Counted"], ["A", 1])
    for place in range(0, len(whole), 61):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        with suppress(UnreadableError):
            read_table("a.xlsx", bytes(broken))
