"""What a shopper may have kept at a time, as SQL: the statements that promise ask it themselves.

The caps bind persons. After a merge some of a person's holds are on the record that he had before.
"""

from inventory.promises import MOST_LIVE_PER_PERSON, MOST_PER_STORE, MOST_WAITING, NO_SHOW_DAYS, NO_SHOWS

# All records of the person who has this one.
PEOPLE = """ARRAY(
  SELECT p.id FROM customers_customer c JOIN customers_customer p ON p.id = coalesce(c.merged_into_id, c.id)
  WHERE c.id = {customer}
  UNION ALL
  SELECT p.id FROM customers_customer c JOIN customers_customer p ON p.merged_into_id = coalesce(c.merged_into_id, c.id)
  WHERE c.id = {customer})"""

# Why a person gets none from a level `l`, in the order in which it is said; his holds of half a year are all that is
# read.
_REFUSAL = """
SELECT CASE
  WHEN bool_or(o.is_live AND o.product_id = l.product_id) THEN 'ALREADY_HELD'
  WHEN count(*) FILTER (WHERE o.is_live) >= {live} THEN 'TOO_MANY_HOLDS'
  WHEN count(*) FILTER (WHERE o.is_live AND o.store_id = l.store_id) >= {in_store} THEN 'TOO_MANY_IN_STORE'
  {more}
END
FROM (
  SELECT h.store_id, hl.product_id, h.state, h.in_hand_at, h.state IN ('REQUESTED', 'IN_HAND') AS is_live
  FROM inventory_hold h JOIN inventory_stocklevel hl ON hl.id = h.level_id
  WHERE h.customer_id = ANY({people}) AND h.placed_at > %(now)s - interval '{days} days'
) AS o
"""
_ASKING = f"""
  WHEN count(*) FILTER (WHERE o.state = 'EXPIRED' AND o.in_hand_at IS NOT NULL) >= {NO_SHOWS} THEN 'NO_SHOWS'
  WHEN (SELECT count(*) FROM (
    SELECT FROM inventory_hold w WHERE w.store_id = l.store_id AND w.state IN ('REQUESTED', 'IN_HAND')
    AND w.state = 'REQUESTED' AND w.because = 'SHOPPER' LIMIT {MOST_WAITING}) AS waiting) >= {MOST_WAITING}
    THEN 'STORE_BUSY'
"""  # noqa: S608 - made of our own words


def refusal(customer: str, *, is_line: bool = False) -> str:
    """The expression that says why `customer` (SQL for an id) gets none; NULL when he may have one.

    Whose turn it is in the line has asked before: what he did since, and how busy the store is, costs him no place.
    """
    return _REFUSAL.format(
        live=MOST_LIVE_PER_PERSON,
        in_store=MOST_PER_STORE,
        more="" if is_line else _ASKING,
        people=PEOPLE.format(customer=customer),
        days=NO_SHOW_DAYS,
    )
