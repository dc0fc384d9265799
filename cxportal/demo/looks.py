"""What the simulated counts and holds found, beside what would have been said just before; and what is believed of the
first store's shelves, so that its screen has a plan at once. The worker's nightly sweep thinks about all others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from customers.models import Store
from inventory.confidence import Evidence, likely_there
from inventory.models import ShelfObservation, StockLevel
from inventory.services.beliefs import update_beliefs

COUNTS, HOLDS = 4_000, 1_000
PACE_DAYS = 28
BATCH = 2_000

# Beside each look the book, the newest sale and delivery, and the sales of four weeks, all as they were before it.
LOOKS = """
WITH looked AS (
  (SELECT c.level_id, 'COUNT' AS kind, c.counted > 0 AS was_there, c.counted_at AS at, NULL::bigint AS hold_id,
     c.book AS book
   FROM inventory_stockcount c WHERE c.counted_at > %(start)s ORDER BY c.counted_at DESC, c.id LIMIT %(counts)s)
  UNION ALL
  (SELECT h.level_id, 'HOLD', h.state <> 'NOT_FOUND', coalesce(h.in_hand_at, h.ended_at), h.id, NULL
   FROM inventory_hold h
   WHERE (h.in_hand_at IS NOT NULL OR h.state = 'NOT_FOUND') AND h.placed_at > %(start)s
   ORDER BY h.placed_at DESC, h.id LIMIT %(holds)s)
)
SELECT k.level_id, k.kind, k.was_there, k.at, k.hold_id, coalesce(k.book, before.book, 0), before.sold_at,
  before.received_at, coalesce(before.sold, 0)
FROM looked k CROSS JOIN LATERAL (
  SELECT sum(m.quantity) AS book, max(m.occurred_at) FILTER (WHERE m.kind = 'SALE') AS sold_at,
    max(m.occurred_at) FILTER (WHERE m.kind IN ('DELIVERY', 'OPENING')) AS received_at,
    -sum(m.quantity) FILTER (WHERE m.kind = 'SALE' AND m.occurred_at > k.at - make_interval(days => %(days)s)) AS sold
  FROM inventory_stockmovement m WHERE m.level_id = k.level_id AND m.occurred_at < k.at
) before
"""


def write_looks(now: datetime) -> int:
    """Write the looks of the last 90 days and the first store's beliefs; returns how many rows."""
    given: dict[str, Any] = {"start": now - timedelta(days=90), "counts": COUNTS, "holds": HOLDS, "days": PACE_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(LOOKS, given)
        rows = cursor.fetchall()
    looks = ShelfObservation.objects.bulk_create([_look(row) for row in rows], BATCH)
    return len(looks) + _first_store(now)


def _look(row: Sequence[Any]) -> ShelfObservation:
    """What the closed form says of a shelf of which nothing is believed yet."""
    level_id, kind, was_there, at, hold_id, book, sold_at, received_at, sold = row
    known = Evidence(
        free=max(0, book),
        pace_per_day=sold / PACE_DAYS,
        last_proof_at=max(filter(None, (sold_at, received_at)), default=None),
        last_sold_at=sold_at,
    )
    return ShelfObservation(
        level_id=level_id,
        kind=kind,
        was_there=was_there,
        chance=min(1.0, likely_there(known, at)),
        book=book,
        hold_id=hold_id,
        observed_at=at,
    )


def _first_store(now: datetime) -> int:
    ids = list(StockLevel.objects.filter(store=Store.objects.order_by("id")[0]).values_list("pk", flat=True))
    return sum(update_beliefs(ids[first : first + BATCH], now=now) for first in range(0, len(ids), BATCH))
