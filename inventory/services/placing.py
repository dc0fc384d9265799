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
from inventory.models.stock import FREE
from inventory.services.caps import PEOPLE, refusal
from inventory.services.prepared import run

# The whole promise. Taken out, the same rush sells what is not there (tests/inventory/test_hold_crowd.py).
ENOUGH = f"{FREE} >= %(quantity)s"
TURN = "e.id = %(entry)s"

PLACE = """
WITH asked AS MATERIALIZED (
  SELECT l.id, ({refusal}) AS refusal FROM inventory_stocklevel l WHERE l.id = %(level)s
), level AS (
  UPDATE inventory_stocklevel AS l SET held = l.held + %(quantity)s FROM asked
  WHERE l.id = asked.id AND asked.refusal IS NULL AND {enough}
  RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held
), place AS MATERIALIZED (
  SELECT e.id FROM inventory_waitlistentry e, level
  WHERE {whose} AND e.product_id = level.product_id AND e.state = 'WAITING'
  ORDER BY e.joined_at, e.id LIMIT 1
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
  UPDATE inventory_waitlistentry AS w SET state = 'OFFERED', hold_id = hold.id FROM hold, place
  WHERE w.id = place.id AND w.state = 'WAITING' RETURNING w.id
), told AS (
  INSERT INTO inventory_stockchange (level_id, store_id, product_id) SELECT id, store_id, product_id FROM level
)
SELECT asked.refusal, hold.id, hold.public_id, CASE WHEN hold.id IS NULL THEN EXISTS (
  SELECT FROM inventory_hold d
  WHERE d.level_id = asked.id AND d.state IN ('REQUESTED', 'IN_HAND') AND d.expires_at <= %(now)s) END,
  EXISTS (SELECT FROM place) AND NOT EXISTS (SELECT FROM waits)
FROM asked LEFT JOIN hold ON true
"""
# What the statement is given, as the database has it.
TYPES = {
    **dict.fromkeys(("level", "customer", "entry", "staff", "channel", "touchpoint", "source"), "bigint"),
    **dict.fromkeys(("now", "until"), "timestamptz"),
    **dict.fromkeys(("because", "code", "until_text", "kind", "direction"), "text"),
    "quantity": "int",
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants put aside, and until when; with `has_caps` the rules for shoppers bind him.

    `entry_id` is the place in line whose turn it is; without one it is whichever he has.
    """

    level_id: int
    store_id: int
    customer_id: int
    quantity: int
    because: Hold.Because
    now: datetime
    until: datetime
    staff_id: int | None = None
    has_caps: bool = False
    entry_id: int | None = None


@dataclass(frozen=True)
class Placed:
    """What became of a wish: the hold, or the refusal's code ("" when nothing was free).

    `has_due` says that the level has holds whose time is over, which may be freed first; `is_second` that he was
    given one in another store at this very moment, so that this hold must not stay.
    """

    hold: Hold | None
    refusal: str = ""
    has_due: bool = False
    is_second: bool = False


def put_aside(wish: Wish) -> Placed:
    """Place one hold in the caller's transaction. IntegrityError when the customer has a live one on this level."""
    code = new_code()
    whose = f"e.customer_id = ANY({PEOPLE.format(customer='%(customer)s')})" if wish.entry_id is None else TURN
    statement = PLACE.format(refusal=_refusal(wish), enough=ENOUGH, whose=whose)
    with connection.cursor() as cursor:
        run(cursor, statement, TYPES, _values(wish, code))
        row = cursor.fetchone()
    if row is None:
        return Placed(None)
    refused, hold_id, public_id, has_due, is_second = row
    if hold_id is None:
        return Placed(None, refused or "", bool(has_due))
    return Placed(_hold(wish, hold_id, public_id, code), is_second=is_second)


def _refusal(wish: Wish) -> str:
    if not wish.has_caps:
        return "NULL::text"
    return refusal("%(customer)s", is_line=wish.because == Hold.Because.WAITLIST)


def _values(wish: Wish, code: str) -> dict[str, Any]:
    inbound = wish.because == Hold.Because.SHOPPER
    return {
        "level": wish.level_id,
        "customer": wish.customer_id,
        "entry": wish.entry_id,
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
