"""Much at once: holds whose time is over, and movements that stores report in bulk."""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.models import Store
from customers.wellknown import channel, source
from cxportal.bench.figures import Figure, note
from cxportal.bench.wishes import SIMULATED_STORE, People, free_levels, random_stores
from inventory.models import Hold, StockLevel, StockMovement
from inventory.services.expiry import expire_due
from inventory.services.movements import MovementRow, post_movements

KINDS = (StockMovement.Kind.DELIVERY, StockMovement.Kind.DAMAGE, StockMovement.Kind.THEFT, StockMovement.Kind.RETURN)
CREATED, SEEN_BEFORE = 201, 200


@dataclass(frozen=True)
class Flow:
    """How many holds end at once, how many batches of how many movements come."""

    holds: int = 20_000
    batches: int = 30
    rows: int = 1_000


# Set-based, because placing them one by one would take longer than what is measured.
DUE_HOLDS = """
WITH wish AS (
  SELECT * FROM unnest(%(levels)s::bigint[], %(customers)s::bigint[]) WITH ORDINALITY AS w (level_id, customer_id, n)
), level AS (
  UPDATE inventory_stocklevel l SET held = l.held + 1 FROM wish WHERE l.id = wish.level_id
  RETURNING l.id, l.store_id, l.product_id, l.on_hand, l.held, wish.customer_id, wish.n
), hold AS (
  INSERT INTO inventory_hold (level_id, store_id, customer_id, quantity, state, because, code, placed_at, in_hand_at,
    expires_at)
  SELECT id, store_id, customer_id, 1, %(state)s, 'SHOPPER', 'BENCH1', %(placed)s,
    CASE %(state)s WHEN 'IN_HAND' THEN %(placed)s END, %(due)s + n * interval '1 microsecond'
  FROM level RETURNING id, level_id
)
INSERT INTO inventory_stockmovement (level_id, kind, quantity, held_change, on_hand_after, held_after, hold_id, reason,
  occurred_at, recorded_at)
SELECT level.id, 'HOLD_PLACED', 0, 1, level.on_hand, level.held, hold.id, 'simulated', %(placed)s, %(placed)s
FROM hold JOIN level ON level.id = hold.level_id
"""


def expiry(people: People, flow: Flow) -> Figure:
    """Holds ended in a second by one worker: half of them put aside and not collected, half never looked for."""
    now = timezone.now()
    spent = {}
    half = flow.holds // 2
    for state in (Hold.State.IN_HAND, Hold.State.REQUESTED):
        _place_due(people, state, half, now)
        started = time.perf_counter()
        ended = 0
        while some := expire_due(now):
            ended += some
        spent[state] = time.perf_counter() - started
        if ended != half:
            raise RuntimeError(f"{ended} of {half} holds ended.")
    rates = {f"{state.lower()}_per_s": round(half / seconds) for state, seconds in spent.items()}
    note(f"expiry: {rates}")
    return Figure("expiry_per_s", 2 * half / sum(spent.values()), n=2 * half, more=rates)


def _place_due(people: People, state: Hold.State, count: int, now: datetime) -> None:
    levels = free_levels(count, random.Random(state))
    given: dict[str, Any] = {
        "levels": [level.pk for level in levels],
        "customers": [customer.pk for customer in people.take(count)],
        "state": state,
        "placed": now - timedelta(days=2),
        "due": now - timedelta(minutes=1),
    }
    # The first of its kind is looked up once in a process, not in what is measured.
    channel("store"), source("portal")
    with connection.cursor() as cursor:
        cursor.execute(DUE_HOLDS, given)


def ingest(flow: Flow) -> Figure:
    """Movements booked in a second, a thousand a call; then the same batches twice more, shuffled, to no effect."""
    now = timezone.now()
    draw = random.Random("ingest")
    stores = random_stores(flow.batches, draw)
    batches = [(store, _batch(store, flow.rows, draw, now)) for store in stores]
    started = time.perf_counter()
    answers = [post_movements(store=store, rows=rows, now=now) for store, rows in batches]
    passed = time.perf_counter() - started
    booked = sum(answer.status == CREATED for some in answers for answer in some)
    before = _counters(stores)
    seen = 0
    for _ in range(2):
        for store, rows in batches:
            draw.shuffle(rows)
            seen += sum(answer.status == SEEN_BEFORE for answer in post_movements(store=store, rows=rows, now=now))
    is_same = _counters(stores) == before and seen == 2 * booked
    sent = flow.batches * flow.rows
    note(f"ingest: {booked:,} of {sent:,} movements in {passed:.2f} s, the same after repeats: {is_same}")
    more = {"rows_a_call": flow.rows, "stores": flow.batches, "same_after_repeats": is_same}
    return Figure("ingest_per_s", booked / passed, n=booked, is_sound=is_same and booked == sent, more=more)


def _batch(store: Store, rows: int, draw: random.Random, now: datetime) -> list[MovementRow]:
    skus = list(StockLevel.objects.filter(store=store).values_list("product__sku", flat=True))
    return [
        MovementRow(
            event_id=f"bench-{number}",
            sku=draw.choice(skus),
            kind=draw.choice(KINDS),
            quantity=draw.randrange(1, 4),
            occurred_at=now - timedelta(minutes=draw.randrange(60 * 24 * 3)),
        )
        for number in range(rows)
    ]


def _counters(stores: list[Store]) -> list[tuple[int, int, int]]:
    levels = StockLevel.objects.filter(store__in=stores, store__code__startswith=SIMULATED_STORE)
    return list(levels.order_by("pk").values_list("pk", "on_hand", "held"))
