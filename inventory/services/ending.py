"""The ends of holds: one statement for one hold or for hundreds, with everything that follows from it.

Callers hold the locks of the levels. Which end was possible is decided by the UPDATE's own condition on the state.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import Interaction
from customers.wellknown import channel, source, touchpoint
from inventory.models import Hold, HoldEvent, StockMovement, WaitlistEntry

State = Hold.State


@dataclass(frozen=True)
class End:
    """One way to end: from which states, what the book and the ledger call it, what becomes of the wait behind it.

    `unlooked` is the wait of a hold that nobody had looked for: its owner was never told, and keeps his place.
    """

    state: Hold.State
    before: tuple[Hold.State, ...]
    event: HoldEvent.Kind
    movement: StockMovement.Kind
    wait: WaitlistEntry.State
    unlooked: WaitlistEntry.State


COLLECTED = End(
    State.COLLECTED,
    Hold.LIVE,
    HoldEvent.Kind.COLLECTED,
    StockMovement.Kind.HOLD_COLLECTED,
    WaitlistEntry.State.SERVED,
    WaitlistEntry.State.SERVED,
)
RELEASED = End(
    State.RELEASED,
    Hold.LIVE,
    HoldEvent.Kind.RELEASED,
    StockMovement.Kind.HOLD_RELEASED,
    WaitlistEntry.State.LEFT,
    WaitlistEntry.State.LEFT,
)
EXPIRED = End(
    State.EXPIRED,
    Hold.LIVE,
    HoldEvent.Kind.EXPIRED,
    StockMovement.Kind.HOLD_RELEASED,
    WaitlistEntry.State.LAPSED,
    WaitlistEntry.State.WAITING,
)
NOT_FOUND = End(
    State.NOT_FOUND,
    (State.REQUESTED,),
    HoldEvent.Kind.NOT_FOUND,
    StockMovement.Kind.HOLD_RELEASED,
    WaitlistEntry.State.WAITING,
    WaitlistEntry.State.WAITING,
)

# Balances of several holds of one level are those after each of them: what comes later is added back.
END = """
WITH ended AS (
  UPDATE inventory_hold SET state = %(state)s, ended_at = %(now)s,
    in_hand_at = CASE WHEN %(state)s = 'COLLECTED' THEN coalesce(in_hand_at, %(now)s) ELSE in_hand_at END
  WHERE id = ANY(%(holds)s) AND state = ANY(%(before)s) AND (NOT %(only_due)s OR expires_at <= %(now)s)
  RETURNING id, level_id, store_id, customer_id, quantity, because, in_hand_at, expires_at
), freed AS (
  SELECT level_id, sum(quantity)::int AS quantity FROM ended GROUP BY level_id
), level AS (
  UPDATE inventory_stocklevel AS l
  SET held = l.held - f.quantity, on_hand = l.on_hand - f.quantity * %(takes)s,
    last_missed_at = CASE WHEN %(state)s = 'NOT_FOUND' THEN greatest(l.last_missed_at, %(now)s)
      ELSE l.last_missed_at END
  FROM freed f WHERE l.id = f.level_id
  RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held
), entry AS (
  INSERT INTO customers_interaction (kind, direction, customer_id, store_id, channel_id, touchpoint_id, subject,
    facts, source_id, event_id, occurred_at, recorded_at)
  SELECT %(kind)s, %(direction)s, e.customer_id, e.store_id, %(channel)s, %(touchpoint)s, 'hold:' || e.id,
    jsonb_build_object('hold', e.id, 'event', %(event)s, 'product', l.product_id, 'quantity', e.quantity,
      'until', e.expires_at),
    %(source)s, 'hold:' || e.id || ':' || %(suffix)s, %(now)s, %(now)s
  FROM ended e JOIN level l ON l.id = e.level_id
  RETURNING id, subject
), event AS (
  INSERT INTO inventory_holdevent (hold_id, kind, interaction_id, staff_id, occurred_at)
  SELECT substr(subject, 6)::bigint, %(event)s, id, %(staff)s, %(now)s FROM entry
), moved AS (
  INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, hold_id,
    staff_id, reason, occurred_at, recorded_at)
  SELECT e.level_id, %(movement)s, -e.quantity * %(takes)s, -e.quantity,
    l.on_hand + e.later * %(takes)s, l.held + e.later, e.id, %(staff)s, '', %(now)s, %(now)s
  FROM (SELECT id, level_id, quantity, coalesce(sum(quantity) OVER (
    PARTITION BY level_id ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int AS later
    FROM ended) AS e JOIN level l ON l.id = e.level_id
  ORDER BY e.level_id, e.id
), waits AS (
  UPDATE inventory_waitlistentry AS w
  SET state = n.state, hold_id = CASE WHEN n.state = 'WAITING' THEN NULL ELSE w.hold_id END,
    ended_at = CASE WHEN n.state = 'WAITING' THEN NULL ELSE %(now)s END
  FROM (SELECT id, CASE WHEN in_hand_at IS NULL THEN %(unlooked)s ELSE %(wait)s END AS state FROM ended) AS n
  WHERE w.hold_id = n.id AND w.state = 'OFFERED'
), told AS (
  INSERT INTO inventory_stockchange (level_id, store_id, product_id) SELECT id, store_id, product_id FROM level
)
SELECT e.id, e.level_id, e.customer_id, e.because, e.in_hand_at, l.product_id, l.store_id, l.on_hand
FROM ended e JOIN level l ON l.id = e.level_id ORDER BY e.id
"""


@dataclass(frozen=True)
class Ended:
    """One hold that has just ended, and its level afterwards."""

    hold_id: int
    level_id: int
    customer_id: int
    because: str
    in_hand_at: datetime | None
    product_id: int
    store_id: int
    on_hand: int


def end_holds(
    hold_ids: Iterable[int], end: End, *, now: datetime, staff_id: int | None = None, only_due: bool = False
) -> list[Ended]:
    """End those of these holds that may end so; returns them. One statement, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(END, _values(list(hold_ids), end, now, staff_id, only_due))
        return [Ended(*row) for row in cursor.fetchall()]


def _values(hold_ids: list[int], end: End, now: datetime, staff_id: int | None, only_due: bool) -> dict[str, Any]:
    takes = end.movement == StockMovement.Kind.HOLD_COLLECTED
    inside = staff_id is not None or end is EXPIRED
    return {
        "holds": hold_ids,
        "state": end.state.value,
        "before": [state.value for state in end.before],
        "only_due": only_due,
        "takes": int(takes),
        "now": now,
        "staff": staff_id,
        "event": end.event.value,
        "suffix": end.event.value.lower(),
        "movement": end.movement.value,
        "wait": end.wait.value,
        "unlooked": end.unlooked.value,
        "kind": Interaction.Kind.HOLD.value,
        "direction": (Interaction.Direction.INTERNAL if inside else Interaction.Direction.INBOUND).value,
        "channel": channel("store" if inside else "web"),
        "touchpoint": touchpoint("store-hold"),
        "source": source("portal"),
    }
