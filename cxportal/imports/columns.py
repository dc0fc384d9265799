"""Which column means what, and its cells as values. Pure rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

MOST_PIECES = 100_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
# As people head their columns; compared without case, blanks and signs.
NAMES: Mapping[str, tuple[str, ...]] = {
    "product": ("sku", "gtin", "ean", "upc", "barcode", "article", "articlenumber", "item", "itemnumber", "product"),
    "counted": ("counted", "count", "quantity", "qty", "pieces"),
    "counted_at": ("countedat", "countedon", "time", "when", "date"),
    "reason": ("reason", "note", "remark"),
    "number": ("delivery", "deliverynumber", "deliverynote", "note", "number"),
    "expected": ("expected", "pieces", "quantity", "qty"),
    "expected_at": ("expectedat", "arrives", "arrivesat", "date", "when"),
    "received": ("received", "came"),
}
DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
# Day before month only with dots, as nobody writes a month first with them.
DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4}),? (\d\d?):(\d\d)")


class CellError(ValueError):
    """A cell that does not say what it should; the message says what it should say."""


@dataclass(frozen=True)
class Columns:
    """Which header holds which field, and the headers that nobody reads."""

    headers: dict[str, str]
    unread: tuple[str, ...]


def find_columns(headers: tuple[str, ...], fields: tuple[str, ...]) -> Columns:
    """Each field's header: the first whose words mean it and that no other field has."""
    plain = {header: re.sub(r"[^a-z]", "", header.lower()) for header in headers if header}
    found: dict[str, str] = {}
    for field in fields:
        taken = set(found.values())
        header = next((h for h, words in plain.items() if words in NAMES[field] and h not in taken), None)
        if header is not None:
            found[field] = header
    return Columns(found, tuple(header for header in plain if header not in found.values()))


def text(cell: object) -> str:
    """Printable text; numbers as they are written, because a spreadsheet makes numbers of SKUs."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    words = "" if cell is None else str(cell).strip()
    if not words.isprintable():
        raise CellError("has letters that can't be shown")
    return words


def pieces(cell: object) -> int:
    """A whole number of pieces."""
    words = text(cell)
    if not re.fullmatch(r"\d{1,6}(\.0+)?", words, re.ASCII):
        raise CellError(f"is {words[:20] or 'empty'}, not a whole number of pieces")
    number = int(float(words))
    if number > MOST_PIECES:
        raise CellError(f"is more than {MOST_PIECES:,}")
    return number


def moment(cell: object, zone: ZoneInfo) -> datetime:
    """A time; without an offset it is the store's clock."""
    found = cell if isinstance(cell, datetime) else _parsed(cell)
    if found is None:
        raise CellError(f"is {text(cell)[:20]}, not a date with a time such as 2026-11-22 18:00")
    if not is_of_our_days(found):
        raise CellError(f"is in the year {found.year}")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def is_of_our_days(found: datetime) -> bool:
    """Whether it is a year that can be meant; the first and the last of the calendar end in none by another clock."""
    return FIRST_YEAR <= found.year <= LAST_YEAR


def _parsed(cell: object) -> datetime | None:
    # A day alone would mean midnight, and whatever was sold on it would count twice.
    if isinstance(cell, date) or DAY.fullmatch(text(cell)):
        return None
    dotted = DOTTED.fullmatch(text(cell))
    try:
        if dotted:
            day, month, year, hour, minute = map(int, dotted.groups())
            return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the caller adds the zone
        return datetime.fromisoformat(text(cell))
    except ValueError:
        return None
