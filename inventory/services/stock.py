"""Moving stock: counters, book, what counts have seen, discrepancies, and the line of those who wait for it."""

from collections.abc import Sequence
from datetime import datetime

from inventory.locks import lock_levels
from inventory.models import StockLevel, StockMovement
from inventory.services.book import Balance, Move, change_levels, tell_pages, totals, write_moves
from inventory.services.discrepancies import note_discrepancies
from inventory.services.late import undo_seen
from inventory.services.line import serve_line

__all__ = [
    "Balance",
    "Move",
    "change_levels",
    "follow",
    "level_for",
    "move_stock",
    "tell_pages",
    "totals",
    "write_moves",
]

Kind = StockMovement.Kind

# Which fact of the level a kind of movement proves. Never set back: a late till does not undo a newer proof.
PROOF = {Kind.SALE: "last_sold_at", Kind.DELIVERY: "last_received_at", Kind.TRANSFER_IN: "last_received_at"}
# What brought a level back from below zero, in words.
CAME = {
    Kind.DELIVERY: "A delivery came that the book had not had.",
    Kind.TRANSFER_IN: "A transfer came that the book had not had.",
    Kind.RETURN: "A piece was brought back.",
    Kind.COUNT: "Counted.",
}


def move_stock(
    moves: Sequence[Move], *, occurred_at: datetime, now: datetime, sale_id: int | None = None
) -> dict[int, Balance]:
    """Change the counters, write the book, tell open pages, serve the line; all in the caller's transaction.

    All moves are of one moment. What a later count has seen is written and undone (services/late.py). Answers the
    balances as they are before the line has taken its part. Raises ValidationError(code="STOCK_OUT_OF_RANGE").
    """
    changes = totals(moves)
    if len(changes) > 1:
        lock_levels(changes)
    balances = change_levels(changes, proof=_proof(moves), occurred_at=occurred_at)
    late = [(pk, change[0], occurred_at) for pk, change in changes.items() if balances[pk].seen and change[0]]
    write_moves([*moves, *undo_seen(late)], balances, occurred_at=occurred_at, now=now)
    moved = {pk: 0 if balances[pk].seen else change[0] for pk, change in changes.items()}
    follow(moved, balances, because=CAME.get(moves[0].kind, "The book was mended."), now=now, sale_id=sale_id)
    return balances


def follow(
    moved: dict[int, int], balances: dict[int, Balance], *, because: str, now: datetime, sale_id: int | None = None
) -> None:
    """What follows from a change (pieces by level id): discrepancies, and the line where something came free."""
    note_discrepancies(moved, balances, because=because, now=now, sale_id=sale_id)
    freed = [pk for pk, change in moved.items() if change > 0 and balances[pk].on_hand > balances[pk].held]
    if freed:
        serve_line(freed, now=now)


def _proof(moves: Sequence[Move]) -> str:
    """What the moves prove of their levels, told by the first that proves something."""
    return next((PROOF[move.kind] for move in moves if move.kind in PROOF), "")


def level_for(store_id: int, product_id: int) -> StockLevel:
    """The level of a product in a store, made with nothing on hand when there is none."""
    return StockLevel.objects.get_or_create(store_id=store_id, product_id=product_id)[0]
