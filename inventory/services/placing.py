"""Putting pieces aside: one statement that moves the counter and writes everything that follows from it.

A promise is one conditional UPDATE: `WHERE on_hand >= held + n`. The row it hit is the decision; nothing is read
first. What belongs to it (hold, event, ledger, book, note for open pages) is written by the same statement from what
the UPDATE returned, so that a promise takes one turn to the database however much is written. Whoever waited for this
product waits no more: his place in line becomes this hold's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import Interaction
from customers.wellknown import channel, source, touchpoint
from inventory.models import Hold
from inventory.models.hold import new_code
from inventory.models.stock import DOUBT
from inventory.promises import (
    MOST_LIVE_PER_PERSON,
    MOST_PER_STORE,
    MOST_WAITING,
    NO_SHOW_DAYS,
    NO_SHOWS,
)

# The whole promise. Taken out, the same rush sells what is not there (tests/inventory/test_hold_crowd.py).
ENOUGH = "l.on_hand >= l.held + %(quantity)s"

# Why a shopper gets none, in the order in which it is said; his holds of half a year are all that is read.
REFUSAL = f"""
SELECT CASE
  WHEN bool_or(o.is_live AND o.product_id = l.product_id) THEN 'ALREADY_HELD'
  WHEN count(*) FILTER (WHERE o.is_live) >= {MOST_LIVE_PER_PERSON} THEN 'TOO_MANY_HOLDS'
  WHEN count(*) FILTER (WHERE o.is_live AND o.store_id = l.store_id) >= {MOST_PER_STORE} THEN 'TOO_MANY_IN_STORE'
  WHEN count(*) FILTER (WHERE o.state = 'EXPIRED' AND o.in_hand_at IS NOT NULL) >= {NO_SHOWS} THEN 'NO_SHOWS'
  WHEN (SELECT count(*) FROM (
    SELECT FROM inventory_hold w WHERE w.store_id = l.store_id AND w.state IN ('REQUESTED', 'IN_HAND')
    AND w.state = 'REQUESTED' AND w.because = 'SHOPPER' LIMIT {MOST_WAITING}) AS waiting) >= {MOST_WAITING}
    THEN 'STORE_BUSY'
END
FROM (
  SELECT h.store_id, hl.product_id, h.state, h.in_hand_at, h.state IN ('REQUESTED', 'IN_HAND') AS is_live
  FROM inventory_hold h JOIN inventory_stocklevel hl ON hl.id = h.level_id
  WHERE h.customer_id = %(customer)s AND h.placed_at > %(now)s - interval '{NO_SHOW_DAYS} days'
) AS o
"""  # noqa: S608 - made of our own words

PLACE = """
WITH asked AS MATERIALIZED (
  SELECT l.id, ({refusal}) AS refusal FROM inventory_stocklevel l WHERE l.id = %(level)s
), level AS (
  UPDATE inventory_stocklevel AS l SET held = l.held + %(quantity)s FROM asked
  WHERE l.id = asked.id AND asked.refusal IS NULL AND {enough} AND NOT {doubt}
  RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held
), hold AS (
  INSERT INTO inventory_hold
    (level_id, store_id, customer_id, quantity, state, because, code, placed_at, expires_at)
  SELECT id, store_id, %(customer)s, %(quantity)s, 'REQUESTED', %(because)s, %(code)s, %(now)s, %(until)s FROM level
  RETURNING id, public_id
), entry AS (
  INSERT INTO customers_interaction (kind, direction, customer_id, store_id, channel_id, touchpoint_id, subject,
    facts, source_id, event_id, occurred_at, recorded_at)
  SELECT %(kind)s, %(direction)s, %(customer)s, level.store_id, %(channel)s, %(touchpoint)s, 'hold:' || hold.id,
    jsonb_build_object('hold', hold.id, 'event', 'PLACED', 'product', level.product_id, 'quantity', %(quantity)s,
      'until', %(until_text)s), %(source)s, 'hold:' || hold.id || ':placed', %(now)s, %(now)s
  FROM hold, level
  RETURNING id
), event AS (
  INSERT INTO inventory_holdevent (hold_id, kind, interaction_id, staff_id, occurred_at)
  SELECT hold.id, 'PLACED', entry.id, %(staff)s, %(now)s FROM hold, entry
), moved AS (
  INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, hold_id,
    staff_id, reason, occurred_at, recorded_at)
  SELECT level.id, 'HOLD_PLACED', 0, %(quantity)s, level.on_hand, level.held, hold.id, %(staff)s, '', %(now)s, %(now)s
  FROM hold, level
), waits AS (
  UPDATE inventory_waitlistentry AS w SET state = 'OFFERED', hold_id = hold.id FROM hold, level
  WHERE w.customer_id = %(customer)s AND w.product_id = level.product_id AND w.state = 'WAITING'
), told AS (
  INSERT INTO inventory_stockchange (level_id, store_id, product_id) SELECT id, store_id, product_id FROM level
)
SELECT asked.refusal, hold.id, hold.public_id, CASE WHEN hold.id IS NULL THEN EXISTS (
  SELECT FROM inventory_hold d
  WHERE d.level_id = asked.id AND d.state IN ('REQUESTED', 'IN_HAND') AND d.expires_at <= %(now)s) END
FROM asked LEFT JOIN hold ON true
"""


@dataclass(frozen=True)
class Wish:
    """What somebody wants put aside, and until when; with `has_caps` the rules for shoppers bind him."""

    level_id: int
    store_id: int
    customer_id: int
    quantity: int
    because: Hold.Because
    now: datetime
    until: datetime
    staff_id: int | None = None
    has_caps: bool = False


@dataclass(frozen=True)
class Placed:
    """What became of a wish: the hold, or the refusal's code ("" when nothing was free).

    `has_due` says that the level has holds whose time is over, which may be freed first.
    """

    hold: Hold | None
    refusal: str = ""
    has_due: bool = False


def put_aside(wish: Wish) -> Placed:
    """Place one hold in the caller's transaction. IntegrityError when the customer has a live one on this level."""
    code = new_code()
    statement = PLACE.format(refusal=REFUSAL if wish.has_caps else "NULL::text", enough=ENOUGH, doubt=DOUBT)
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(wish, code))
        row = cursor.fetchone()
    if row is None:
        return Placed(None)
    refusal, hold_id, public_id, has_due = row
    if hold_id is None:
        return Placed(None, refusal or "", bool(has_due))
    return Placed(_hold(wish, hold_id, public_id, code))


def _values(wish: Wish, code: str) -> dict[str, Any]:
    inbound = wish.because == Hold.Because.SHOPPER
    return {
        "level": wish.level_id,
        "customer": wish.customer_id,
        "quantity": wish.quantity,
        "because": wish.because.value,
        "code": code,
        "now": wish.now,
        "until": wish.until,
        "until_text": wish.until.isoformat(),
        "staff": wish.staff_id,
        "kind": Interaction.Kind.HOLD.value,
        "direction": (Interaction.Direction.INBOUND if inbound else Interaction.Direction.INTERNAL).value,
        "channel": channel("web" if inbound else "store"),
        "touchpoint": touchpoint("store-stock-page" if inbound else "store-hold"),
        "source": source("portal"),
    }


def _hold(wish: Wish, hold_id: int, public_id: Any, code: str) -> Hold:
    """The row as it was written, without reading it again."""
    hold = Hold(
        id=hold_id,
        public_id=public_id,
        level_id=wish.level_id,
        store_id=wish.store_id,
        customer_id=wish.customer_id,
        quantity=wish.quantity,
        state=Hold.State.REQUESTED,
        because=wish.because,
        code=code,
        placed_at=wish.now,
        expires_at=wish.until,
    )
    hold._state.adding = False
    hold._state.db = connection.alias
    return hold
