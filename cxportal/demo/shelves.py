"""Writing levels, movements, counts and discrepancies."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db.backends.utils import CursorWrapper

from inventory.models import StockCount

from .book import COUNT, KINDS, SALE, Book
from .clock import Numbers, to_utc
from .copying import Columns, Done, copy_columns, moments, optional_ids, optional_moments, reserve_ids
from .slices import Slice

KIND_NAMES = pa.array(KINDS)
SIMULATED = "Simulated"


@dataclass(frozen=True)
class Ids:
    """The first id of each kind of row; rows have ids in a row, in the order of the slice."""

    product: int
    level: int
    sale: int
    line: int
    stores: Numbers


def _utc_or_never(wall: Numbers) -> Numbers:
    return np.where(wall == 0, 0, to_utc(wall))


def write_levels(cursor: CursorWrapper, part: Slice, book: Book, stores: Numbers, product: int, done: Done) -> int:
    """Write the levels as the book leaves them; returns the first one's id. `stores` are the stores' ids."""
    count = len(part.level_store)
    first = reserve_ids(cursor, "inventory_stocklevel", count)

    def columns(rows: slice) -> Columns:
        return {
            "id": np.arange(rows.start, rows.stop) + first,
            "store_id": stores[part.level_store[rows]],
            "product_id": part.level_product[rows].astype(np.int64) + product,
            "on_hand": book.on_hand[rows],
            "held": book.held[rows],
            "last_sold_at": optional_moments(_utc_or_never(book.sold_at[rows])),
            "last_received_at": optional_moments(_utc_or_never(book.received_at[rows])),
            "last_counted_at": optional_moments(_utc_or_never(book.counted_at[rows])),
            "last_counted_quantity": pa.array(book.counted[rows], mask=book.counted_at[rows] == 0),
        }

    copy_columns(cursor, "inventory_stocklevel", columns, count, done)
    return first


def write_movements(cursor: CursorWrapper, book: Book, ids: Ids, hold_ids: Numbers, done: Done) -> int:
    """Write the book in its own order, so that ids within a level are in the order of time.

    `hold_ids` are the ids of the holds, in the order in which events count them.
    """
    events = book.events
    # A count that found what the book said moved nothing.
    moving = np.flatnonzero((events.quantity != 0) | (events.held != 0))
    holds = np.concatenate([[0], hold_ids])

    def columns(part: slice) -> Columns:
        rows = moving[part]
        at = moments(to_utc(events.at[rows]))
        line = events.line[rows].astype(np.int64)
        return {
            "level_id": events.level[rows].astype(np.int64) + ids.level,
            "kind": KIND_NAMES.take(pa.array(events.kind[rows])),
            "quantity": events.quantity[rows],
            "held_change": events.held[rows],
            "on_hand_after": book.on_hand_after[rows],
            "held_after": book.held_after[rows],
            "sale_line_id": optional_ids(np.where(line, line + ids.line - 1, 0)),
            "hold_id": optional_ids(holds[events.hold[rows]]),
            "reason": pa.array(np.where(line, "", SIMULATED)),
            "occurred_at": at,
            "recorded_at": at,
        }

    return copy_columns(cursor, "inventory_stockmovement", columns, len(moving), done)


def write_counts(cursor: CursorWrapper, book: Book, ids: Ids, done: Done) -> int:
    """Write each count with what the book said before it."""
    events = book.events
    rows = np.flatnonzero(events.kind == COUNT)
    at = moments(to_utc(events.at[rows]))
    columns = {
        "level_id": events.level[rows].astype(np.int64) + ids.level,
        "state": StockCount.State.APPLIED.value,
        "counted": book.on_hand_after[rows],
        "book": book.on_hand_after[rows] - events.quantity[rows],
        "counted_at": at,
        "recorded_at": at,
        "is_blind": True,
        "reason": SIMULATED,
    }
    return copy_columns(cursor, "inventory_stockcount", columns, len(rows), done)


def write_discrepancies(cursor: CursorWrapper, part: Slice, book: Book, ids: Ids, done: Done) -> int:
    """Write what the tills sold and the book did not have."""
    events = book.events
    rows = np.flatnonzero((events.kind == SALE) & (book.on_hand_after < 0))
    columns = {
        "level_id": events.level[rows].astype(np.int64) + ids.level,
        "sale_id": part.line_sale[events.line[rows] - 1].astype(np.int64) + ids.sale,
        "missing": np.minimum(-book.on_hand_after[rows], -events.quantity[rows]),
        "opened_at": moments(to_utc(events.at[rows])),
        "explanation": "",
    }
    return copy_columns(cursor, "inventory_discrepancy", columns, len(rows), done)
