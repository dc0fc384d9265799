"""Holds whose time is over: their pieces go to the line, then back to the shelf."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from customers.governance import Purpose
from customers.models import Store
from customers.services.messages import Saying, send_many
from inventory.links import link_fact, product_link
from inventory.models import Hold, Product
from inventory.services.ending import EXPIRED, Ended, end_holds
from inventory.services.line import serve_line

# Levels first, as everybody locks; one that somebody else is changing is left for the next turn, so nobody waits here
# and several workers share the work.
DUE = """
SELECT h.id, h.level_id FROM inventory_hold h JOIN inventory_stocklevel l ON l.id = h.level_id
WHERE h.state IN ('REQUESTED', 'IN_HAND') AND h.expires_at <= %s
ORDER BY h.expires_at, h.id LIMIT %s FOR NO KEY UPDATE OF l SKIP LOCKED
"""
DUE_ON = """
SELECT h.id FROM inventory_hold h
WHERE h.level_id = %s AND h.state IN ('REQUESTED', 'IN_HAND') AND h.expires_at <= %s
"""
ELSEWHERE = """
SELECT DISTINCT l.id FROM unnest(%s::bigint[], %s::bigint[]) AS d (customer, product)
JOIN inventory_waitlistentry w ON w.customer_id = d.customer AND w.product_id = d.product AND w.state = 'WAITING'
JOIN inventory_waitlistentry_stores s ON s.waitlistentry_id = w.id
JOIN inventory_stocklevel l ON l.product_id = w.product_id AND l.store_id = s.store_id
"""
LOCK = "SELECT id FROM inventory_stocklevel WHERE id = %s FOR NO KEY UPDATE"


def expire_due(now: datetime, limit: int = 500) -> int:
    """End up to `limit` holds whose time is over and serve those who wait; returns how many ended.

    Any number of workers may run it at once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DUE, [now, limit])
        due = cursor.fetchall()
        ended = _expire([pk for pk, _ in due], now) if due else []
    # Whose offer nobody looked for waits again, and another of his stores may have one. In a transaction of its own,
    # for those levels were not locked in their order.
    # Who got his at once, when he joined, asked as a shopper.
    again = [one for one in ended if one.in_hand_at is None]
    if again and (levels := _elsewhere(again)):
        serve_line(levels, now=now)
    return len(ended)


def _elsewhere(ended: Sequence[Ended]) -> list[int]:
    """The levels at which their owners wait again."""
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [[one.customer_id for one in ended], [one.product_id for one in ended]])
        return [row[0] for row in cursor.fetchall()]


def expire_on(level_id: int, *, now: datetime) -> int:
    """End what is due on one level, in the caller's transaction: nobody is refused for the sake of a hold that is over.

    What comes free goes to the line first.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [level_id])
        cursor.execute(DUE_ON, [level_id, now])
        due = [row[0] for row in cursor.fetchall()]
    return len(_expire(due, now)) if due else 0


def _expire(hold_ids: Sequence[int], now: datetime) -> list[Ended]:
    ended = end_holds(hold_ids, EXPIRED, now=now, only_due=True)
    serve_line({one.level_id for one in ended}, now=now)
    _tell_unlooked([one for one in ended if one.in_hand_at is None and one.because != Hold.Because.WAITLIST], now)
    return ended


def _tell_unlooked(ended: Sequence[Ended], now: datetime) -> None:
    """Who asked and got no answer is told so; whose turn in line it was keeps his place and knew of nothing."""
    if not ended:
        return
    # As plain values: the instances would take longer than ending the holds did.
    products = Product.objects.filter(pk__in={one.product_id for one in ended}).values_list("pk", "name", "sku")
    stores = Store.objects.filter(pk__in={one.store_id for one in ended}).values_list("pk", "name", "phone")
    goods = {pk: (name, sku) for pk, name, sku in products}
    shops = {pk: (name, phone) for pk, name, phone in stores}
    sayings = [
        Saying(
            customer_id=one.customer_id,
            subject=f"hold:{one.hold_id}",
            facts={
                "product": goods[one.product_id][0],
                "store": shops[one.store_id][0],
                "phone": shops[one.store_id][1],
                **link_fact(product_link(goods[one.product_id][1])),
            },
            dedupe_key=f"hold-not-looked:{one.hold_id}",
        )
        for one in ended
    ]
    send_many(sayings, purpose=Purpose.SERVICE, kind="hold-not-looked", now=now)
