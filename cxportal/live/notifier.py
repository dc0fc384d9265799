"""From changed rows to open pages: takes the notes that writes left, and tells every web process which levels changed.

The writes themselves never NOTIFY: it takes a lock that makes commits wait for each other (measured: 8,500 down to
4,500 transactions/s at 8 writers). A few of these calls a second, in transactions of their own, cost nothing.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import Error, connection, transaction
from django.utils import timezone

from inventory.services.beliefs import update_beliefs

log = logging.getLogger(__name__)

# What thinking about a shelf may stumble over; pages are told all the same.
UNTHINKABLE = (Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
CHANNEL = "cx_stock"
BATCH = 500
# PostgreSQL refuses payloads of 8,000 bytes; three ids of up to ten digits take at most 36.
PER_PAYLOAD = 200

TAKE = """
DELETE FROM inventory_stockchange WHERE id = ANY (ARRAY(
  SELECT id FROM inventory_stockchange LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING level_id, store_id, product_id
"""

Change = tuple[int, int, int]


def notify_changes(now: datetime | None = None) -> int:
    """Take up to 500 noted changes, think about those shelves, and tell them; returns how many changes.

    Several workers may run it at once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE, [BATCH])
        taken = cursor.fetchall()
        think({level for level, _, _ in taken}, now or timezone.now())
        for payload in payloads(sorted(set(taken))):
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
    return len(taken)


def think(level_ids: set[int], now: datetime) -> None:
    """Bring the beliefs of changed levels up to date; one that can't be thought through keeps no page waiting."""
    if not level_ids:
        return
    try:
        with transaction.atomic():
            update_beliefs(level_ids, now=now)
    except UNTHINKABLE:
        log.exception("beliefs: %d levels stay as they were", len(level_ids))


def payloads(changes: Sequence[Change]) -> Iterator[str]:
    """Changes as JSON lists of [level, store, product], each short enough for one NOTIFY. Ids only."""
    for start in range(0, len(changes), PER_PAYLOAD):
        yield json.dumps(changes[start : start + PER_PAYLOAD], separators=(",", ":"))


def read_payload(payload: str) -> list[Change]:
    """What `payloads` wrote."""
    return [(level, store, product) for level, store, product in json.loads(payload)]
