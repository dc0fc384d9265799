"""A hold that was given out took its pieces out of the book; its receipt must not take them again.

Pieces of one product are alike: the next receipt of that product in that store stands for the oldest such hold.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection

from inventory.locks import lock_levels
from inventory.models import Hold, StockMovement
from inventory.services.book import Move, change_levels, totals, write_moves

# The clerk may ring up first and tap afterwards; a customer may pay for several things on his way out.
RUNG_UP_BEFORE = timedelta(hours=1)
RUNG_UP_AFTER = timedelta(hours=24)

AWAITING = """
SELECT level_id, id, quantity, ended_at FROM inventory_hold
WHERE level_id = ANY(%s) AND state = 'COLLECTED' AND sale_line_id IS NULL AND ended_at BETWEEN %s AND %s
ORDER BY ended_at, id FOR UPDATE
"""
SETTLE = """
UPDATE inventory_hold AS h SET sale_line_id = d.line
FROM unnest(%s::bigint[], %s::bigint[]) AS d (hold, line) WHERE h.id = d.hold
"""
# Only the customer's own receipt. Somebody else's may have come before, and his is still to come: until then the book
# would have a piece too many, and the line would be promised one that is gone. A piece too few hurts nobody.
RUNG_UP = """
SELECT line.id FROM inventory_sale s JOIN inventory_saleline line ON line.sale_id = s.id
WHERE s.store_id = %(store)s AND s.customer_id = %(customer)s AND s.sold_at BETWEEN %(since)s AND %(now)s
  AND line.product_id = %(product)s
  AND line.quantity >= %(pieces)s + (
    SELECT coalesce(sum(h.quantity), 0) FROM inventory_hold h WHERE h.level_id = %(level)s AND h.sale_line_id = line.id)
ORDER BY s.sold_at DESC, line.id DESC LIMIT 1
"""


@dataclass(frozen=True)
class Given:
    """A hold that was given out and has no receipt yet."""

    hold_id: int
    pieces: int
    ended_at: datetime


def settle_collected(sold: Sequence[Move], *, sold_at: datetime) -> list[Move]:
    """The moves that give back what holds had taken before, for sales of the same pieces at `sold_at`.

    Each hold is settled whole or not at all. Levels are locked first, then holds.
    """
    levels = sorted({move.level_id for move in sold})
    lock_levels(levels)
    awaiting = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(AWAITING, [levels, sold_at - RUNG_UP_AFTER, sold_at + RUNG_UP_BEFORE])
        for level_id, *hold in cursor.fetchall():
            awaiting[level_id].append(Given(*hold))
    settled = [back for move in sold for back in _covered(move, awaiting[move.level_id], sold_at)]
    _settle(settled)
    return settled


def settle_with_receipt(hold: Hold, *, now: datetime) -> bool:
    """The same the other way round, for a hold just given out: has its customer paid within the last hour?

    Gives the pieces back to the book, whose sale has taken them. The caller holds the level's lock.
    """
    level = hold.level
    values: dict[str, int | datetime] = {
        "store": level.store_id,
        "product": level.product_id,
        "level": level.pk,
        "customer": hold.customer_id,
        "pieces": hold.quantity,
        "since": now - RUNG_UP_BEFORE,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(RUNG_UP, values)
        line = cursor.fetchone()
    if line is None:
        return False
    back = _given_back(level.pk, Given(hold.pk, hold.quantity, now), line[0])
    _settle([back])
    write_moves([back], change_levels(totals([back])), occurred_at=now, now=now)
    return True


def _settle(moves: Sequence[Move]) -> None:
    if moves:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [[move.hold_id for move in moves], [move.sale_line_id for move in moves]])


def _covered(sale: Move, awaiting: list[Given], sold_at: datetime) -> list[Move]:
    """What one line of a receipt stands for, oldest first; taken out of `awaiting`."""
    left = -sale.quantity
    moves = []
    for given in list(awaiting):
        if given.pieces <= left:
            left -= given.pieces
            awaiting.remove(given)
            # Whichever came later was one too many: a count between the two has seen the first.
            later = given.ended_at if given.ended_at > sold_at else None
            moves.append(replace(_given_back(sale.level_id, given, sale.sale_line_id), occurred_at=later))
    return moves


def _given_back(level_id: int, given: Given, sale_line_id: int | None) -> Move:
    return Move(
        level_id,
        StockMovement.Kind.HOLD_COLLECTED,
        given.pieces,
        sale_line_id=sale_line_id,
        hold_id=given.hold_id,
        reason="Rung up",
    )
