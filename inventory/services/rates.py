"""Learning what vanishes unseen from what counts did not find."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction

from inventory.models import LossRate
from inventory.rates import UNKNOWN_LOSS, known_days, loss_rate

LEARNT_DAYS = 365
BATCH = 5000
# What a count did not find since the one before, or since the level was opened; found pieces are no loss.
CORRECTIONS = """
WITH seen AS (
  SELECT c.level_id, c.counted, c.book, c.counted_at,
    lag(c.counted_at) OVER (PARTITION BY c.level_id ORDER BY c.counted_at, c.id) AS before
  FROM inventory_stockcount c WHERE c.state = 'APPLIED' AND c.counted_at > %(start)s
)
SELECT l.store_id, p.category, (seen.counted > 0), sum(greatest(0, seen.book - seen.counted)),
  sum(extract(epoch FROM seen.counted_at - coalesce(seen.before, first.at))::float8 / 86400)
FROM seen
JOIN inventory_stocklevel l ON l.id = seen.level_id
JOIN inventory_product p ON p.id = l.product_id
CROSS JOIN LATERAL (
  SELECT min(m.occurred_at) AS at FROM inventory_stockmovement m WHERE m.level_id = seen.level_id
) first
WHERE coalesce(seen.before, first.at) < seen.counted_at
GROUP BY 1, 2, 3
"""

Group = tuple[int | None, str]


@transaction.atomic
def learn_rates(now: datetime) -> int:
    """Write the loss rates of the chain, of each category, and of each category in each store; returns how many.

    Few data are drawn towards the wider group: the store's category to the category, the category to the chain.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(CORRECTIONS, {"start": now - timedelta(days=LEARNT_DAYS)})
        rows = cursor.fetchall()
    groups = _sums(rows)
    rates: dict[Group, float] = {}
    # The wider first, for the narrower lean on them.
    for group in sorted(groups, key=lambda one: (one[0] is not None, one[1] != "")):
        lost, days = groups[group]
        rates[group] = float(loss_rate(np.array([lost]), np.array([days]), np.array([_wider(group, rates)]))[0])
    learnt = [
        LossRate(
            store_id=group[0],
            category=group[1],
            pieces_per_day=rate,
            level_days=groups[group][1],
            lost=groups[group][0],
            learnt_at=now,
        )
        for group, rate in rates.items()
    ]
    LossRate.objects.bulk_create(
        learnt,
        BATCH,
        update_conflicts=True,
        unique_fields=["store", "category"],
        update_fields=["pieces_per_day", "level_days", "lost", "learnt_at"],
    )
    return len(learnt)


def _sums(rows: Iterable[tuple[int, str, bool, int, float]]) -> dict[Group, tuple[float, float]]:
    """(pieces lost, days) of each group; the chain's is there even without a count."""
    sums: dict[Group, list[float]] = defaultdict(lambda: [0.0, 0.0])
    _ = sums[None, ""]
    for store, category, was_there, lost, days in rows:
        watched = float(known_days(np.array([days]), np.array([int(was_there)]))[0])
        groups: set[Group] = {(None, ""), (None, category), (store, category)}
        for group in groups:
            sums[group][0] += lost
            sums[group][1] += watched
    return {group: (lost, days) for group, (lost, days) in sums.items()}


def _wider(group: Group, rates: dict[Group, float]) -> float:
    if group == (None, ""):
        return UNKNOWN_LOSS
    return rates.get((None, group[1]), rates[None, ""]) if group[0] is not None else rates[None, ""]
