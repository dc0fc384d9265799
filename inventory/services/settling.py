"""A hold that was given out took its pieces out of the book; its receipt must not take them again.

Pieces of one product are alike: the next receipt of that product in that store stands for the oldest such hold.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from inventory.locks import lock_levels
from inventory.models import StockMovement
from inventory.services.book import Move

# The clerk may ring up first and tap afterwards; a customer may pay for several things on his way out.
RUNG_UP_BEFORE = timedelta(hours=1)
RUNG_UP_AFTER = timedelta(hours=24)

AWAITING = """
SELECT id, level_id, quantity FROM inventory_hold
WHERE level_id = ANY(%s) AND state = 'COLLECTED' AND sale_line_id IS NULL AND ended_at BETWEEN %s AND %s
ORDER BY ended_at, id FOR UPDATE
"""
SETTLE = """
UPDATE inventory_hold AS h SET sale_line_id = d.line
FROM unnest(%s::bigint[], %s::bigint[]) AS d (hold, line) WHERE h.id = d.hold
"""


def settle_collected(sold: Sequence[Move], *, sold_at: datetime) -> list[Move]:
    """The moves that give back what holds had taken before, for sales of the same pieces at `sold_at`.

    Each hold is settled whole or not at all. Levels are locked first, then holds.
    """
    lock_levels(move.level_id for move in sold)
    awaiting = defaultdict(list)
    with connection.cursor() as cursor:
        levels = sorted({move.level_id for move in sold})
        cursor.execute(AWAITING, [levels, sold_at - RUNG_UP_AFTER, sold_at + RUNG_UP_BEFORE])
        for hold_id, level_id, pieces in cursor.fetchall():
            awaiting[level_id].append((hold_id, pieces))
    settled = [given for move in sold for given in _covered(move, awaiting[move.level_id])]
    if settled:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [[move.hold_id for move in settled], [move.sale_line_id for move in settled]])
    return settled


def _covered(sale: Move, awaiting: list[tuple[int, int]]) -> list[Move]:
    """What one line of a receipt stands for, oldest first; taken out of `awaiting`."""
    left = -sale.quantity
    moves = []
    for hold_id, pieces in list(awaiting):
        if pieces <= left:
            left -= pieces
            awaiting.remove((hold_id, pieces))
            moves.append(
                Move(
                    sale.level_id,
                    StockMovement.Kind.HOLD_COLLECTED,
                    pieces,
                    sale_line_id=sale.sale_line_id,
                    hold_id=hold_id,
                    reason="Rung up",
                )
            )
    return moves
