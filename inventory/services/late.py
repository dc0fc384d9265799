"""Pieces that a count has seen before their movement was told: written down, and undone beside it.

The correction of the count becomes what it would have been in the right order, and the counter does not move.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from inventory.models import StockMovement
from inventory.services.book import Move

# A count's correction says what the book had missed. What is told afterwards was no loss: the earliest count behind it
# had the wrong book beside it. Several late pieces may belong to one count.
SEEN_BY = """
WITH late AS (
  SELECT * FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) WITH ORDINALITY
    AS d (level_id, quantity, occurred_at, place)
), seen AS (
  SELECT late.place, late.quantity, c.id, c.counted_at FROM late
  LEFT JOIN LATERAL (
    SELECT id, counted_at FROM inventory_stockcount
    WHERE level_id = late.level_id AND state = 'APPLIED' AND counted_at > late.occurred_at
    ORDER BY counted_at, id LIMIT 1
  ) AS c ON true
), mended AS (
  UPDATE inventory_stockcount AS c SET book = c.book + s.quantity
  FROM (SELECT id, sum(quantity) AS quantity FROM seen WHERE id IS NOT NULL GROUP BY id) AS s WHERE c.id = s.id
)
SELECT coalesce(seen.counted_at, l.last_counted_at) FROM seen
JOIN late USING (place)
JOIN inventory_stocklevel AS l ON l.id = late.level_id
ORDER BY place
"""


def undo_seen(late: Sequence[tuple[int, int, datetime]]) -> list[Move]:
    """The moves that undo (level id, quantity, moment) which counts have seen, and those counts' books mended.

    Callers hold the levels' locks, and have found a later count on each locked row.
    """
    if not late:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SEEN_BY, [*map(list, zip(*late, strict=True))])
        counted = [row[0] for row in cursor.fetchall()]
    return [
        Move(
            level_id,
            StockMovement.Kind.COUNT,
            -quantity,
            reason=f"The count of {counted_at:%Y-%m-%d %H:%M} had seen it",
            occurred_at=counted_at,
        )
        for (level_id, quantity, _), counted_at in zip(late, counted, strict=True)
    ]
