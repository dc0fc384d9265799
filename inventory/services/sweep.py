"""Once a night: learn the rates anew, think about shelves that nothing happened at, and plan what to count."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction

from inventory.count_worth import count_worth
from inventory.models import LossRate
from inventory.rates import PACE_DAYS, UNKNOWN_LOSS, level_pace
from inventory.selectors.shelf_now import Belief, shelves_now
from inventory.services.beliefs import update_beliefs
from inventory.services.rates import learn_rates
from inventory.shelf_filter import WIDTHS, Floats

EVERY = timedelta(hours=23)
LOCK = 20_170_102
CHUNK = 20_000
NEW_CHUNK = 2_000
# What changed less than this is left as it was: an index has to follow each change.
NOTABLE = 0.02

UNKNOWN = """
SELECT l.id FROM inventory_stocklevel l
WHERE l.id > %s AND NOT EXISTS (SELECT FROM inventory_shelfbelief b WHERE b.level_id = l.id)
ORDER BY l.id LIMIT %s
"""
KNOWN = """
SELECT b.level_id, b.weights, b.believed_at, b.pace_per_day, b.loss_per_day, l.held, l.last_sold_at,
  l.last_received_at, l.last_counted_at, s.hours::text, s.time_zone,
  l.on_hand, l.store_id, l.product_id, p.price::float8, p.category, b.count_worth
FROM inventory_shelfbelief b
JOIN inventory_stocklevel l ON l.id = b.level_id
JOIN inventory_product p ON p.id = l.product_id
JOIN customers_store s ON s.id = l.store_id
WHERE b.level_id > %s ORDER BY b.level_id LIMIT %s FOR UPDATE OF b
"""
SOLD = """
SELECT m.level_id, -sum(m.quantity)::float8, extract(epoch FROM max(m.occurred_at) - %s)::float8 / 86400
FROM inventory_stockmovement m
WHERE m.level_id BETWEEN %s AND %s AND m.kind = 'SALE' AND m.occurred_at >= %s GROUP BY m.level_id
"""
PACES = """
SELECT l.product_id, avg(b.pace_per_day) FROM inventory_shelfbelief b
JOIN inventory_stocklevel l ON l.id = b.level_id GROUP BY l.product_id
"""
SAVE = """
UPDATE inventory_shelfbelief AS b SET pace_per_day = d.pace, loss_per_day = d.loss, count_worth = d.worth
FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[]) AS d (level_id, pace, loss, worth)
WHERE b.level_id = d.level_id
"""


class Known(NamedTuple):
    """A level with a belief; the fields of Belief from the second on."""

    level_id: int
    belief: Belief
    on_hand: int
    store_id: int
    product_id: int
    price: float
    category: str
    count_worth: float


class Rates(NamedTuple):
    """What was learnt last: loss by (store, category), and each product's mean pace."""

    loss: dict[tuple[int | None, str], float]
    pace: dict[int, float]

    def loss_of(self, level: Known) -> float:
        """Pieces a day: of the category in this store, else of the category, else of the chain."""
        chain = self.loss.get((None, ""), UNKNOWN_LOSS)
        return self.loss.get((level.store_id, level.category), self.loss.get((None, level.category), chain))


def sweep_nightly(now: datetime) -> int:
    """Learn and sweep when the last time was a day ago; one worker at a time. Returns how many levels."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            if LossRate.objects.filter(store=None, category="", learnt_at__gt=now - EVERY).exists():
                return 0
            learn_rates(now)
            return sweep(now)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def sweep(now: datetime) -> int:
    """Think about every level: those never thought of, then what silence says of all; returns how many.

    Each chunk is a transaction of its own, and locks its beliefs in primary key order.
    """
    _begin_unknown(now)
    rates = _learnt()
    last, done = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(KNOWN, [last, CHUNK])
            levels = [Known(row[0], Belief(*row[1:11]), *row[11:]) for row in cursor.fetchall()]
            if not levels:
                return done
            _rethink(cursor, levels, rates, now)
        last, done = levels[-1].level_id, done + len(levels)


def _begin_unknown(now: datetime) -> None:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(UNKNOWN, [last, NEW_CHUNK])
            ids = [pk for (pk,) in cursor.fetchall()]
        if not ids:
            return
        update_beliefs(ids, now=now)
        last = ids[-1]


def _learnt() -> Rates:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(PACES)
        pace = dict(cursor.fetchall())
    loss = {(store, category): rate for store, category, rate in LossRate.objects.values_list(*LOSS_FIELDS)}
    return Rates(loss, pace)


LOSS_FIELDS = ("store", "category", "pieces_per_day")


def _rethink(cursor: Any, levels: Sequence[Known], rates: Rates, now: datetime) -> None:
    """New rates and what a count would bring, for one chunk; only what changed is written."""
    pace = _paces(cursor, levels, rates, now)
    loss = np.array([rates.loss_of(level) for level in levels])
    worth = _worth(levels, pace, loss, now)
    old = np.array([(row.belief.pace_per_day, row.belief.loss_per_day, row.count_worth) for row in levels]).T
    new = np.stack([pace, loss, worth])
    changed = np.flatnonzero((np.abs(new - old) > NOTABLE * np.maximum(np.abs(old), 1e-3)).any(axis=0)).tolist()
    ids = [levels[place].level_id for place in changed]
    cursor.execute(SAVE, [ids, *(column[changed].tolist() for column in new)])


def _paces(cursor: Any, levels: Sequence[Known], rates: Rates, now: datetime) -> Floats:
    start = now - timedelta(days=PACE_DAYS)
    cursor.execute(SOLD, [start, levels[0].level_id, levels[-1].level_id, start])
    sold = {pk: (pieces, days) for pk, pieces, days in cursor.fetchall()}
    nothing = (0.0, 0.0)
    known = np.array([sold.get(level.level_id, nothing) for level in levels])
    product = np.array([rates.pace.get(level.product_id, np.nan) for level in levels])
    return level_pace(known[:, 0], known[:, 1], product)


def _worth(levels: Sequence[Known], pace: Floats, loss: Floats, now: datetime) -> Floats:
    """By width of the rows: one large shelf must not make all of them wide."""
    out = np.zeros(len(levels))
    widths = np.array([next(w for w in WIDTHS if len(level.belief.weights) <= 2 * w) for level in levels])
    for width in np.unique(widths):
        places = np.flatnonzero(widths == width).tolist()
        chosen = [levels[place] for place in places]
        beliefs = [
            row.belief._replace(pace_per_day=pace[place], loss_per_day=loss[place])
            for row, place in zip(chosen, places, strict=True)
        ]
        shelves = shelves_now(beliefs, now)
        book, held = (np.array(column) for column in zip(*((r.on_hand, r.belief.held) for r in chosen), strict=True))
        price = np.array([row.price for row in chosen])
        out[places] = count_worth(shelves.weights, book, held, price, shelves.pace_per_day)
    return out
