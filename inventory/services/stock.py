"""Moving stock: one change of a counter, its row in the book, and the note for open pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from inventory.models import StockChange, StockLevel, StockMovement


@dataclass(frozen=True)
class Move:
    """One change of one level, as its cause sees it. `quantity` is negative when pieces leave."""

    level_id: int
    kind: StockMovement.Kind
    quantity: int
    held_change: int = 0
    sale_line_id: int | None = None
    hold_id: int | None = None
    staff_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Balance:
    """A level after a move."""

    level_id: int
    store_id: int
    product_id: int
    on_hand: int
    held: int


# Which fact of the level a kind of movement proves. Never set back: a late till does not undo a newer proof.
PROOF = {
    StockMovement.Kind.SALE: "last_sold_at",
    StockMovement.Kind.DELIVERY: "last_received_at",
    StockMovement.Kind.TRANSFER_IN: "last_received_at",
}
# One statement for all levels. Callers hold the rows' locks in primary key order (locks.lock_levels), so two
# receipts with the same products can't wait for each other in a circle.
CHANGE = """
UPDATE inventory_stocklevel AS l
SET on_hand = l.on_hand + d.quantity, held = l.held + d.held_change{proof}
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS d (id, quantity, held_change)
WHERE l.id = d.id
RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held
"""


def change_levels(
    changes: dict[int, tuple[int, int]], *, proof: str = "", occurred_at: datetime | None = None
) -> dict[int, Balance]:
    """Add (quantity, held_change) to each level's counters; the new balances by level id."""
    touched = f", {proof} = greatest(l.{proof}, %s)" if proof else ""
    ids = sorted(changes)
    values: list[Any] = [occurred_at] if proof else []
    values += [ids, [changes[pk][0] for pk in ids], [changes[pk][1] for pk in ids]]
    with connection.cursor() as cursor:
        cursor.execute(CHANGE.format(proof=touched), values)
        return {row[0]: Balance(*row) for row in cursor.fetchall()}


def write_moves(
    moves: Sequence[Move], balances: dict[int, Balance], *, occurred_at: datetime, now: datetime
) -> list[StockMovement]:
    """Write the rows of the book for changes already made, and note them for open pages.

    `balances` are the levels after ALL moves; several moves of one level get the balance after each of them.
    """
    rows = []
    ahead: dict[int, tuple[int, int]] = {}
    for move in reversed(moves):
        balance = balances[move.level_id]
        quantity_ahead, held_ahead = ahead.get(move.level_id, (0, 0))
        rows.append(
            StockMovement(
                level_id=move.level_id,
                kind=move.kind,
                quantity=move.quantity,
                held_change=move.held_change,
                on_hand_after=balance.on_hand - quantity_ahead,
                held_after=balance.held - held_ahead,
                sale_line_id=move.sale_line_id,
                hold_id=move.hold_id,
                staff_id=move.staff_id,
                reason=move.reason,
                occurred_at=occurred_at,
                recorded_at=now,
            )
        )
        ahead[move.level_id] = (quantity_ahead + move.quantity, held_ahead + move.held_change)
    rows.reverse()
    StockMovement.objects.bulk_create(rows)
    tell_pages(balances)
    return rows


def tell_pages(balances: dict[int, Balance]) -> None:
    """Note changed levels for the notifier; no NOTIFY here, because it makes commits wait for each other."""
    StockChange.objects.bulk_create(
        [StockChange(level_id=b.level_id, store_id=b.store_id, product_id=b.product_id) for b in balances.values()]
    )


def totals(moves: Sequence[Move]) -> dict[int, tuple[int, int]]:
    """(quantity, held_change) summed by level."""
    sums: dict[int, tuple[int, int]] = {}
    for move in moves:
        quantity, held = sums.get(move.level_id, (0, 0))
        sums[move.level_id] = (quantity + move.quantity, held + move.held_change)
    return sums


def move_stock(moves: Sequence[Move], *, occurred_at: datetime, now: datetime) -> dict[int, Balance]:
    """Change the counters, write the book, tell open pages; all in the caller's transaction.

    All moves are of one kind when that kind proves something of the level (a sale, a delivery).
    """
    kinds = {move.kind for move in moves}
    proof = PROOF.get(kinds.pop(), "") if len(kinds) == 1 else ""
    balances = change_levels(totals(moves), proof=proof, occurred_at=occurred_at)
    write_moves(moves, balances, occurred_at=occurred_at, now=now)
    return balances


def level_for(store_id: int, product_id: int) -> StockLevel:
    """The level of a product in a store, made with nothing on hand when there is none."""
    return StockLevel.objects.get_or_create(store_id=store_id, product_id=product_id)[0]
