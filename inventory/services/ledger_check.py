"""Does the book of stock add up? Proof of every level's counters from the movements and holds they came from."""

from dataclasses import dataclass

from django.db import connection, transaction

# One statement, so one moment: tills that post meanwhile can't make a difference. The newest movement is the one with
# the highest id, whatever order late tills reported in.
DIFFERENCES = """
WITH moved AS (
  SELECT level_id, sum(quantity) AS on_hand, sum(held_change) AS held, max(id) AS newest,
         -sum(quantity) FILTER (WHERE kind = 'HOLD_COLLECTED') AS given
  FROM inventory_stockmovement GROUP BY level_id
), kept AS (
  SELECT level_id, sum(quantity) FILTER (WHERE state <> 'COLLECTED') AS held,
         sum(quantity) FILTER (WHERE state = 'COLLECTED') AS given
  FROM inventory_hold
  WHERE state IN ('REQUESTED', 'IN_HAND') OR (state = 'COLLECTED' AND sale_line_id IS NULL) GROUP BY level_id
), compared AS (
  SELECT l.id, l.store_id, l.product_id, l.on_hand, l.held,
         coalesce(m.on_hand, 0) AS moved, coalesce(m.held, 0) AS moved_held, coalesce(k.held, 0) AS active_holds,
         coalesce(n.on_hand_after, 0) AS last_on_hand, coalesce(n.held_after, 0) AS last_held,
         coalesce(m.given, 0) AS moved_given, coalesce(k.given, 0) AS given_out
  FROM inventory_stocklevel l
  LEFT JOIN moved m ON m.level_id = l.id
  LEFT JOIN kept k ON k.level_id = l.id
  LEFT JOIN inventory_stockmovement n ON n.id = m.newest
), wrong AS (
  SELECT *, count(*) OVER () AS total FROM compared
  WHERE on_hand <> moved OR on_hand <> last_on_hand
     OR held <> moved_held OR held <> active_holds OR held <> last_held OR moved_given <> given_out
  ORDER BY id LIMIT %s
)
SELECT (SELECT count(*) FROM inventory_stocklevel), w.total, w.id, s.code, p.sku, w.on_hand, w.held,
       w.moved, w.moved_held, w.active_holds, w.last_on_hand, w.last_held,
       w.moved_given, w.given_out
FROM (VALUES (1)) AS always
LEFT JOIN wrong w ON true
LEFT JOIN customers_store s ON s.id = w.store_id
LEFT JOIN inventory_product p ON p.id = w.product_id
ORDER BY w.id
"""


@dataclass(frozen=True)
class Difference:
    """A level whose counters are not what its movements and holds say."""

    level_id: int
    store: str
    sku: str
    on_hand: int
    held: int
    moved: int
    moved_held: int
    active_holds: int
    last_on_hand: int
    last_held: int
    moved_given: int
    given_out: int

    def __str__(self) -> str:
        return (
            f"level {self.level_id} (store {self.store}, SKU {self.sku}):"
            f" on hand {self.on_hand}, movements {self.moved}, last balance {self.last_on_hand};"
            f" held {self.held}, movements {self.moved_held}, last balance {self.last_held},"
            f" active holds {self.active_holds};"
            f" given out and not rung up {self.given_out}, movements {self.moved_given}"
        )


@dataclass(frozen=True)
class LedgerCheck:
    """How many levels were checked, how many differ, and the first of those."""

    levels: int
    wrong: int
    first: tuple[Difference, ...]


def check_ledger(limit: int = 20) -> LedgerCheck:
    """Compare every level with its movements, its newest balance, its active holds and those given out. Reads only."""
    with transaction.atomic(), connection.cursor() as cursor:
        # All movements are read: a page's limit is no measure.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(DIFFERENCES, [limit])
        rows = cursor.fetchall()
    levels, wrong = rows[0][:2]
    return LedgerCheck(levels, wrong or 0, tuple(Difference(*row[2:]) for row in rows) if wrong else ())
