"""Movements in bulk, as a store's machines report them: late, twice, in any order, each of them once in the book."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from customers.models import Store
from inventory.models import StockMovement
from inventory.services.book import Balance, Move, within_the_book, write_moves
from inventory.services.late import undo_seen
from inventory.services.levels import level_ids_for
from inventory.services.stock import PROOF, follow

MOST_ROWS = 1_000
MOST_PIECES = 100_000
LONGEST_EVENT_ID = 80
LONGEST_REASON = 160
CLOCK_AHEAD = timedelta(minutes=10)
OLDEST = timedelta(days=3650)
CREATED, SEEN_BEFORE, REFUSED = 201, 200, 422

Kind = StockMovement.Kind
# Which way the pieces go is the kind's business: the number of pieces is never negative.
WAYS = {
    Kind.DELIVERY: 1,
    Kind.TRANSFER_IN: 1,
    Kind.RETURN: 1,
    Kind.TRANSFER_OUT: -1,
    Kind.DAMAGE: -1,
    Kind.THEFT: -1,
    Kind.DISPLAY: -1,
}


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement as it was reported. `event_id` is the sender's own name for it, `quantity` counts pieces."""

    event_id: str
    sku: str
    kind: str
    quantity: int
    occurred_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row: 201 in the book, 200 seen before, 422 refused with code and reason."""

    event_id: str
    status: int
    code: str = ""
    reason: str = ""


@dataclass(slots=True)
class Level:
    """A locked level, and what this batch has changed so far."""

    balance: Balance
    last_counted_at: datetime | None
    quantity: int = 0
    received_at: datetime | None = None


@dataclass(slots=True)
class Known:
    """What the batch was checked against: level ids by SKU, locked levels by id, events already in the book."""

    ids: dict[str, int]
    levels: dict[int, Level]
    events: dict[str, tuple[int, str, int, datetime]]


@dataclass(slots=True)
class Batch:
    """What is to be written."""

    moves: list[Move] = field(default_factory=list)
    late: list[tuple[int, int, datetime]] = field(default_factory=list)


Rule = Callable[[MovementRow, Known, datetime], bool]
RULES: tuple[tuple[str, Rule, str], ...] = (
    ("EVENT_ID", lambda row, *_: 0 < len(row.event_id) <= LONGEST_EVENT_ID, f"Send 1 to {LONGEST_EVENT_ID} letters."),
    ("KIND", lambda row, *_: row.kind in WAYS, f"Known kinds: {', '.join(WAYS)}."),
    ("UNKNOWN_SKU", lambda row, known, _: row.sku in known.ids, "No product has the SKU {row.sku}. Send it first."),
    ("QUANTITY", lambda row, *_: 0 < row.quantity <= MOST_PIECES, f"Send 1 to {MOST_PIECES:,} pieces, never negative."),
    ("REASON", lambda row, *_: len(row.reason) <= LONGEST_REASON, f"A reason has at most {LONGEST_REASON} letters."),
    ("FUTURE", lambda row, _, now: row.occurred_at <= now + CLOCK_AHEAD, "This time is in the future."),
    ("TOO_OLD", lambda row, _, now: row.occurred_at >= now - OLDEST, "This time is more than ten years ago."),
)


def post_movements(*, store: Store, rows: Sequence[MovementRow], now: datetime) -> list[RowResult]:
    """Book what is new among `rows`; the answers in their order. A constant number of statements for any number.

    Known rows change nothing, so the same batch may come again in any order. A refused row leaves the others in.
    Raises ValidationError(code="STOCK_OUT_OF_RANGE") for the whole batch when a counter can't hold it.
    """
    try:
        return _post(store, rows, now)
    except IntegrityError:
        # Somebody booked one of these events a moment ago under another product; now it is known.
        return _post(store, rows, now)


@transaction.atomic
def _post(store: Store, rows: Sequence[MovementRow], now: datetime) -> list[RowResult]:
    known = _known(store, rows)
    batch = Batch()
    results = [_take(row, store, known, batch, now) for row in rows]
    if batch.moves:
        _write(known, batch, now)
    return results


def event_name(store: Store, event_id: str) -> str:
    """The name of an event in the book: two stores may use the same."""
    return f"{store.code}:{event_id}"


LEVELS = """
SELECT p.sku, p.id, l.id FROM inventory_product p
LEFT JOIN inventory_stocklevel l ON l.product_id = p.id AND l.store_id = %s
WHERE p.sku = ANY(%s)
"""
LOCK = """
SELECT id, store_id, product_id, on_hand, held, last_counted_at FROM inventory_stocklevel
WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
EVENTS = """
SELECT event_id, level_id, kind, quantity, occurred_at FROM inventory_stockmovement WHERE event_id = ANY(%s)
"""


def _known(store: Store, rows: Sequence[MovementRow]) -> Known:
    """Products, levels under lock, and the events that are in the book already."""
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, [store.pk, sorted({row.sku for row in rows})])
        found = cursor.fetchall()
        made = level_ids_for(store.pk, [product for _, product, level in found if level is None])
        ids = {sku: level or made[product] for sku, product, level in found}
        cursor.execute(LOCK, [sorted(ids.values())])
        levels = {row[0]: Level(Balance(*row[:5]), row[5]) for row in cursor.fetchall()}
        # Behind the locks: whoever sends the same batch at the same time has waited there.
        cursor.execute(EVENTS, [[event_name(store, row.event_id) for row in rows]])
        events = {event: (level, kind, pieces, at) for event, level, kind, pieces, at in cursor.fetchall()}
    return Known(ids, levels, events)


def _take(row: MovementRow, store: Store, known: Known, batch: Batch, now: datetime) -> RowResult:
    """Add one row to the batch, unless it is known or wrong."""
    broken = _broken(row, known, now)
    if broken:
        return RowResult(row.event_id, REFUSED, *broken)
    kind = Kind(row.kind)
    level_id, quantity, name = known.ids[row.sku], row.quantity * WAYS[kind], event_name(store, row.event_id)
    same = (level_id, kind.value, quantity, row.occurred_at)
    if name in known.events:
        if known.events[name] == same:
            return RowResult(row.event_id, SEEN_BEFORE)
        return RowResult(row.event_id, REFUSED, "EVENT_REUSED", "This event_id stands for another movement.")
    known.events[name] = same
    _count(known.levels[level_id], kind, quantity, row.occurred_at, batch)
    batch.moves.append(Move(level_id, kind, quantity, reason=row.reason, event_id=name, occurred_at=row.occurred_at))
    return RowResult(row.event_id, CREATED)


def _count(level: Level, kind: StockMovement.Kind, quantity: int, occurred_at: datetime, batch: Batch) -> None:
    """Add it to the level's change, or note that a count has seen it."""
    if level.last_counted_at is not None and level.last_counted_at > occurred_at:
        batch.late.append((level.balance.level_id, quantity, occurred_at))
    else:
        level.quantity += quantity
    if PROOF.get(kind) == "last_received_at" and (level.received_at is None or occurred_at > level.received_at):
        level.received_at = occurred_at


def _broken(row: MovementRow, known: Known, now: datetime) -> tuple[str, str] | None:
    """(code, words) of the first rule that this row breaks."""
    for code, holds, words in RULES:
        if not holds(row, known, now):
            return code, words.format(row=row)
    return None


CHANGE = """
UPDATE inventory_stocklevel AS l
SET on_hand = l.on_hand + d.quantity, last_received_at = greatest(l.last_received_at, d.received_at)
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS d (id, quantity, received_at)
WHERE l.id = d.id RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held
"""


def _write(known: Known, batch: Batch, now: datetime) -> None:
    touched = {move.level_id: known.levels[move.level_id] for move in batch.moves}
    with within_the_book(), connection.cursor() as cursor:
        changes = [(pk, level.quantity, level.received_at) for pk, level in sorted(touched.items())]
        cursor.execute(CHANGE, [*map(list, zip(*changes, strict=True))])
        balances = {row[0]: Balance(*row) for row in cursor.fetchall()}
    write_moves([*batch.moves, *undo_seen(batch.late)], balances, occurred_at=now, now=now)
    moved = {pk: level.quantity for pk, level in touched.items()}
    follow(moved, balances, because="Stock came that the book had not had.", now=now)
