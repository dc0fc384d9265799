"""The counter and its book: one change of some levels, and the rows that explain it. Everything else builds on this."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import DataError, connection

from inventory.models import StockMovement

OUT_OF_RANGE = "22003"  # PostgreSQL's numeric_value_out_of_range


@dataclass(frozen=True)
class Move:
    """One change of one level, as its cause sees it. `quantity` is negative when pieces leave.

    `occurred_at` is named where it differs from that of the others it is written with.
    """

    level_id: int
    kind: StockMovement.Kind
    quantity: int
    held_change: int = 0
    sale_line_id: int | None = None
    hold_id: int | None = None
    staff_id: int | None = None
    reason: str = ""
    event_id: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Balance:
    """A level after a change. `seen`: a count had seen the pieces before, so they did not move the counter."""

    level_id: int
    store_id: int
    product_id: int
    on_hand: int
    held: int
    seen: bool = False


# One statement for all levels. Callers hold the rows' locks in primary key order (locks.lock_levels), so two
# receipts with the same products can't wait for each other in a circle. Whether a count has seen the pieces is decided
# here, on the locked row: it may have been booked since anybody last looked.
CHANGE = """
UPDATE inventory_stocklevel AS l
SET on_hand = l.on_hand + CASE WHEN l.last_counted_at > %s::timestamptz THEN 0 ELSE d.quantity END,
    held = l.held + d.held_change{proof}
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS d (id, quantity, held_change)
WHERE l.id = d.id
RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held, coalesce(l.last_counted_at > %s::timestamptz, false)
"""
INSERT = """
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, sale_line_id,
  hold_id, staff_id, reason, event_id, occurred_at, recorded_at)
SELECT *, %s::timestamptz FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[], %s::int[], %s::int[],
  %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
"""
TELL = """
INSERT INTO inventory_stockchange (level_id, store_id, product_id)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
"""


@contextmanager
def within_the_book() -> Iterator[None]:
    """The column decides whether a counter can hold a change: many large ones may add up to more than it can."""
    try:
        yield
    except DataError as error:
        if getattr(error.__cause__, "pgcode", "") == OUT_OF_RANGE:
            message = "The stock of this product can't go further from zero. Count it first."
            raise ValidationError(message, code="STOCK_OUT_OF_RANGE") from error
        raise


def change_levels(
    changes: dict[int, tuple[int, int]], *, proof: str = "", occurred_at: datetime | None = None
) -> dict[int, Balance]:
    """Add (quantity, held_change) to each level's counters; the new balances by level id.

    The quantity is left out where a count later than `occurred_at` has seen it (`Balance.seen`); `proof` is the
    level's column that this change proves, never set back: a late till does not undo a newer proof.
    """
    ids = sorted(changes)
    values = [occurred_at, *([occurred_at] if proof else [])]
    values += [ids, [changes[pk][0] for pk in ids], [changes[pk][1] for pk in ids], occurred_at]  # type: ignore[list-item]
    statement = CHANGE.format(proof=f", {proof} = greatest(l.{proof}, %s)" if proof else "")
    with within_the_book(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0]: Balance(*row) for row in cursor.fetchall()}


def totals(moves: Sequence[Move]) -> dict[int, tuple[int, int]]:
    """(quantity, held_change) summed by level."""
    sums: dict[int, tuple[int, int]] = {}
    for move in moves:
        quantity, held = sums.get(move.level_id, (0, 0))
        sums[move.level_id] = (quantity + move.quantity, held + move.held_change)
    return sums


def write_moves(moves: Sequence[Move], balances: dict[int, Balance], *, occurred_at: datetime, now: datetime) -> None:
    """Write the rows of the book for changes already made, and note them for open pages.

    `balances` are the levels after ALL moves; several moves of one level get the balance after each of them.
    """
    rows = [
        (
            move.level_id,
            move.kind.value,
            move.quantity,
            move.held_change,
            *after,
            move.sale_line_id,
            move.hold_id,
            move.staff_id,
            move.reason,
            move.event_id,
            move.occurred_at or occurred_at,
        )
        for move, after in zip(moves, _balances_after(moves, balances), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [now, *map(list, zip(*rows, strict=True))])
    tell_pages(balances)


def _balances_after(moves: Sequence[Move], balances: dict[int, Balance]) -> list[tuple[int, int]]:
    """(on hand, held) after each move, told backwards from where they end."""
    left = {pk: (balance.on_hand, balance.held) for pk, balance in balances.items()}
    after = []
    for move in reversed(moves):
        on_hand, held = left[move.level_id]
        after.append((on_hand, held))
        left[move.level_id] = (on_hand - move.quantity, held - move.held_change)
    return after[::-1]


def tell_pages(balances: dict[int, Balance]) -> None:
    """Note changed levels for the notifier; no NOTIFY here, because it makes commits wait for each other."""
    told = [(balance.level_id, balance.store_id, balance.product_id) for balance in balances.values()]
    with connection.cursor() as cursor:
        cursor.execute(TELL, [*map(list, zip(*told, strict=True))])
