"""Stock levels and the movements that add up to them, by the million, in the order in which stores would write them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from .ground import PRODUCT, STORE
from .size import SizeError

# One delivery of eight for eight sales: a level that opens with seven or more never falls below zero.
CYCLE = 9
LEAST_OPENING = CYCLE - 2
DAYS = 120


@dataclass(frozen=True)
class Stretch:
    """A part of the book: products number `first` to `last`, each in so many stores, with so many movements in all."""

    first: int
    last: int
    stores_of_product: int
    movements: int

    @property
    def levels(self) -> int:
        """How many levels that makes."""
        return (self.last - self.first + 1) * self.stores_of_product

    def halves(self) -> list["Stretch"]:
        """The same in two parts, for two connections; one part where there is one product."""
        middle = (self.first + self.last) // 2
        if middle == self.last:
            return [self]
        share = self.movements * (middle - self.first + 1) // (self.last - self.first + 1)
        of_each = self.stores_of_product
        return [
            Stretch(self.first, middle, of_each, share),
            Stretch(middle + 1, self.last, of_each, self.movements - share),
        ]


def check_stretch(stretch: Stretch) -> None:
    """SizeError when there are fewer movements than levels."""
    if stretch.movements < stretch.levels:
        raise SizeError("Each level has at least one movement, its opening stock.")


# Some levels sell much and some little: neighbours share what two would have on the average. Stores and products are
# joined by their place in line: arrays of them would be carried through the sort, once for each level.
PLAN = """
CREATE TEMP TABLE grown AS
WITH stores AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM customers_store WHERE starts_with(code, %(store)s)
), products AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM inventory_product
  WHERE sku = ANY(SELECT %(product)s || n FROM generate_series(%(first)s, %(last)s) n)
), numbered AS (
  SELECT n, n / %(of_each)s AS product,
    ((n / %(of_each)s + %(first)s) * 37 + n %% %(of_each)s * (in_all / %(of_each)s)) %% in_all AS store,
    CASE WHEN n | 1 < %(levels)s THEN (n / 2 * 7919::bigint) %% (%(movements)s / %(levels)s) ELSE 0 END AS lean
  FROM generate_series(0::bigint, %(levels)s - 1) n, (SELECT count(*) AS in_all FROM stores) AS counted
)
SELECT nextval(pg_get_serial_sequence('inventory_stocklevel', 'id')) AS id, n,
  stores.id AS store_id, products.id AS product_id,
  (%(movements)s / %(levels)s + CASE n & 1 WHEN 0 THEN lean ELSE -lean END
    + CASE WHEN n < %(movements)s %% %(levels)s THEN 1 ELSE 0 END)::int AS movements,
  %(least)s + (n * 5 / 3 %% 6)::int AS opening
FROM numbered JOIN stores ON stores.place = store JOIN products ON products.place = product ORDER BY n
"""
# When the j-th movement of a level was.
AT = f"%(now)s - interval '{DAYS} days' * (1 - ({{j}} - 0.5) / movements) - id %% 720 * interval '1 minute'"
LEVELS = f"""
INSERT INTO inventory_stocklevel (id, store_id, product_id, on_hand, held, last_sold_at, last_received_at,
  last_counted_at, last_counted_quantity)
SELECT id, store_id, product_id, on_hand, 0,
  CASE WHEN movements > 1 THEN {AT.format(j=f"(movements - (movements %% {CYCLE} = 0)::int)")} END,
  CASE WHEN movements >= {CYCLE} THEN {AT.format(j=f"(movements / {CYCLE} * {CYCLE})")} END,
  CASE WHEN n %% 3 = 0 THEN %(now)s - (n %% 90) * interval '1 day' END, CASE WHEN n %% 3 = 0 THEN on_hand END
FROM (SELECT *, opening - (movements - 1) + {CYCLE} * (movements / {CYCLE}) AS on_hand FROM grown) final ORDER BY id
"""  # noqa: S608 - numbers of this module
# The j-th movement of every level: so the movements of one level lie apart in the table, as they do in a real one.
ROUND = f"""
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, reason,
  occurred_at, recorded_at)
SELECT id, CASE WHEN %(j)s = 1 THEN 'OPENING' WHEN %(j)s %% {CYCLE} = 0 THEN 'DELIVERY' ELSE 'SALE' END,
  CASE WHEN %(j)s = 1 THEN opening WHEN %(j)s %% {CYCLE} = 0 THEN {CYCLE - 1} ELSE -1 END, 0,
  opening - (%(j)s - 1) + {CYCLE} * (%(j)s / {CYCLE}), 0, 'simulated', {AT.format(j="%(j)s")}, %(now)s
FROM grown WHERE movements >= %(j)s ORDER BY id
"""  # noqa: S608 - numbers of this module


def write_levels(stretch: Stretch, now: datetime) -> None:
    """Levels and movements of `stretch`; stores and products are there. In one transaction."""
    check_stretch(stretch)
    given: dict[str, Any] = {
        "store": STORE,
        "product": PRODUCT,
        "first": stretch.first,
        "last": stretch.last,
        "of_each": stretch.stores_of_product,
        "levels": stretch.levels,
        "movements": stretch.movements,
        "least": LEAST_OPENING,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # Millions of rows: a page's limit is no measure.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(PLAN, given)
        cursor.execute(LEVELS, {"now": now})
        cursor.execute("SELECT max(movements) FROM grown")
        for round_number in range(1, cursor.fetchone()[0] + 1):
            cursor.execute(ROUND, {"j": round_number, "now": now})
        cursor.execute("DROP TABLE grown")
