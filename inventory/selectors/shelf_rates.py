"""The rates that beliefs are made with: what vanishes unseen, and how fast a product sells."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.db import connection
from django.db.models import Q

from inventory.models import LossRate
from inventory.rates import PACE_DAYS, UNKNOWN_LOSS, level_pace
from inventory.selectors.shelf_events import LevelNow
from inventory.shelf_filter import Floats

# Only until the last sale: how long it has been silent since says nothing of the pace, if it is gone.
SOLD = """
SELECT l.id, coalesce(sold.pieces, 0), coalesce(extract(epoch FROM sold.newest - %s)::float8 / 86400, 0), product.pace
FROM unnest(%s::bigint[]) WITH ORDINALITY AS w (id, place)
JOIN inventory_stocklevel l USING (id)
LEFT JOIN LATERAL (
  SELECT -sum(m.quantity) AS pieces, max(m.occurred_at) AS newest FROM inventory_stockmovement m
  WHERE m.level_id = l.id AND m.kind = 'SALE' AND m.occurred_at >= %s
) sold ON true
LEFT JOIN LATERAL (
  SELECT avg(n.pace_per_day) AS pace FROM (
    SELECT b.pace_per_day FROM inventory_stocklevel o JOIN inventory_shelfbelief b ON b.level_id = o.id
    WHERE o.product_id = l.product_id LIMIT 20
  ) n
) product ON true
ORDER BY w.place
"""


def loss_rates(levels: Sequence[LevelNow]) -> Floats:
    """Pieces lost unseen in a day, by level: of its category in its store, else of the category, else of the chain."""
    stores, categories = {level.store_id for level in levels}, {level.category for level in levels}
    known = LossRate.objects.filter(
        Q(store__in=stores) | Q(store=None), Q(category__in=categories) | Q(category="")
    ).values_list("store", "category", "pieces_per_day")
    rates: dict[tuple[int | None, str], float] = {(store, category): rate for store, category, rate in known}
    chain = rates.get((None, ""), UNKNOWN_LOSS)

    def rate(level: LevelNow) -> float:
        wider = rates.get((None, level.category), chain)
        return rates.get((level.store_id, level.category), wider)

    return np.array([rate(level) for level in levels])


def paces(levels: Sequence[LevelNow], now: datetime) -> Floats:
    """Pieces sold in a day, by level, shrunk towards what the product sells in other stores."""
    start = now - timedelta(days=PACE_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(SOLD, [start, [level.level_id for level in levels], start])
        rows = cursor.fetchall()
    columns = np.array([(pieces, days, np.nan if pace is None else pace) for _, pieces, days, pace in rows])
    return level_pace(columns[:, 0], columns[:, 1], columns[:, 2])
