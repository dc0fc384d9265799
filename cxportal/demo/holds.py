"""Holds of the demo: collected ones are real purchases, the others are drawn."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from customers.models import Interaction
from customers.wellknown import channel, touchpoint
from inventory.models import Hold, HoldEvent

from .book import HOLD_COLLECTED, HOLD_PLACED, HOLD_RELEASED, Events, Plan
from .clock import DAY, Numbers, to_utc
from .shelves import Ids
from .slices import Slice

COLLECTED, ACTIVE, EXPIRED, RELEASED, ASKED = range(5)
STATES = (Hold.State.COLLECTED, Hold.State.IN_HAND, Hold.State.EXPIRED, Hold.State.RELEASED, Hold.State.REQUESTED)
# Those that somebody took off the shelf, and so many seconds after they were asked for.
LOOKED_FOR = (COLLECTED, ACTIVE, EXPIRED)
FOUND_AFTER = 540
ENDS = {
    COLLECTED: (HOLD_COLLECTED, HoldEvent.Kind.COLLECTED),
    EXPIRED: (HOLD_RELEASED, HoldEvent.Kind.EXPIRED),
    RELEASED: (HOLD_RELEASED, HoldEvent.Kind.RELEASED),
}
# In each slice.
HOW_MANY = {COLLECTED: 20, ACTIVE: 15, EXPIRED: 6, RELEASED: 5, ASKED: 4}
RECENT = 10 * DAY
HOUR = 3600
BECAUSE = (Hold.Because.SHOPPER, Hold.Because.SHOPPER, Hold.Because.STAFF)
# With two pieces to spare at every moment, one put aside is never one that a till sold.
SPARE_NEEDED = 2


@dataclass(frozen=True)
class Drawn:
    """One hold to be; moments are on the stores' clock, `ended` is 0 while it is live, `household` is a place.

    `line` is the place of the till line that a collected one was rung up with.
    """

    level: int
    household: int
    outcome: int
    placed: int
    expires: int
    ended: int
    line: int | None = None


def draw_holds(part: Slice, plan: Plan, hold_hours: Numbers, seed: int) -> list[Drawn]:
    """At most one hold per level. `hold_hours` are the stores'."""
    draw = np.random.default_rng(seed + 1)
    hours = hold_hours[part.level_store]
    roomy = plan.spare >= SPARE_NEEDED
    recent = np.flatnonzero(roomy[part.line_level] & (part.line_wall > part.catalogue.end - RECENT))
    bought = _one_per_level(part, draw.permutation(recent))[: HOW_MANY[COLLECTED]]
    free = roomy.copy()
    free[part.line_level[bought]] = False
    others = sum(count for outcome, count in HOW_MANY.items() if outcome != COLLECTED)
    levels = _first_store_last(part, draw.permutation(np.flatnonzero(free)), others)
    drawn = [_collected(part, int(line), int(draw.integers(1, 12)), hours) for line in bought]
    outcomes = [outcome for outcome, count in HOW_MANY.items() if outcome != COLLECTED for _ in range(count)]
    for level, outcome in zip(levels, outcomes, strict=False):
        household = int(draw.integers(len(part.catalogue.households)))
        drawn.append(_other(part, int(level), household, outcome, int(hours[level]), draw))
    return drawn


def _first_store_last(part: Slice, levels: Numbers, how_many: int) -> Numbers:
    """As many levels; the last, which are still to be looked for, lie where the demo's clerk works."""
    home = levels[part.level_store[levels] == 0][: HOW_MANY[ASKED] // 2]
    others = levels[~np.isin(levels, home)][: how_many - len(home)]
    return np.concatenate([others, home])


def _one_per_level(part: Slice, lines: Numbers) -> Numbers:
    _, first = np.unique(part.line_level[lines], return_index=True)
    return lines[np.sort(first)]


def _collected(part: Slice, line: int, hours_before: int, hold_hours: Numbers) -> Drawn:
    level, bought = int(part.line_level[line]), int(part.line_wall[line])
    placed = bought - min(hours_before, int(hold_hours[level]) - 1) * HOUR
    expires = placed + int(hold_hours[level]) * HOUR
    return Drawn(level, int(part.line_household[line]), COLLECTED, placed, expires, bought, line)


def _other(part: Slice, level: int, household: int, outcome: int, hours: int, draw: np.random.Generator) -> Drawn:
    if outcome == ASKED:
        # A store's screen has something to look for.
        placed = part.catalogue.end - int(draw.integers(120, 2 * HOUR))
        return Drawn(level, household, outcome, placed, placed + hours * HOUR, 0)
    if outcome == ACTIVE:
        placed = part.catalogue.end - int(draw.integers(600, 8 * HOUR))
        return Drawn(level, household, outcome, placed, placed + hours * HOUR, 0)
    placed = part.catalogue.end - int(draw.integers(3 * DAY, 9 * DAY))
    expires = placed + hours * HOUR
    ended = expires + 60 if outcome == EXPIRED else placed + hours * HOUR // 3
    return Drawn(level, household, outcome, placed, expires, ended)


def hold_events(holds: list[Drawn]) -> Events:
    """What the holds do to the levels; `hold` counts from 1."""
    rows = [(one.level, one.placed, HOLD_PLACED, 1, place) for place, one in enumerate(holds, 1)]
    rows += [(one.level, one.ended, ENDS[one.outcome][0], -1, place) for place, one in enumerate(holds, 1) if one.ended]
    level, at, kind, held, hold = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    nothing = np.zeros(len(rows), np.int32)
    return Events(
        level=level.astype(np.int32),
        at=at,
        kind=kind.astype(np.int8),
        quantity=nothing,
        held=held.astype(np.int8),
        line=nothing,
        hold=hold.astype(np.int32),
    )


def write_holds(part: Slice, holds: list[Drawn], ids: Ids, *, customer: int, source_id: int) -> Numbers:
    """Write holds, their events and ledger rows; returns the holds' ids in their order."""
    saved = Hold.objects.bulk_create(
        [
            Hold(
                level_id=one.level + ids.level,
                store_id=int(ids.stores[part.level_store[one.level]]),
                customer_id=one.household + customer,
                state=STATES[one.outcome],
                because=BECAUSE[place % len(BECAUSE)],
                placed_at=as_moment(one.placed),
                in_hand_at=as_moment(one.placed + FOUND_AFTER) if one.outcome in LOOKED_FOR else None,
                expires_at=as_moment(one.expires),
                ended_at=as_moment(one.ended) if one.ended else None,
                # Rung up as it was given out: one piece, taken by the sale.
                sale_line_id=None if one.line is None else one.line + ids.line,
            )
            for place, one in enumerate(holds)
        ]
    )
    moments = [
        (row, one, kind, as_moment(at)) for row, one in zip(saved, holds, strict=True) for kind, at in _moments_of(one)
    ]
    entries = Interaction.objects.bulk_create(
        [
            _entry(row, kind, at, source_id, ids, part.level_store[one.level], part.level_product[one.level])
            for row, one, kind, at in moments
        ]
    )
    HoldEvent.objects.bulk_create(
        [
            HoldEvent(hold=row, kind=kind, interaction=entry, occurred_at=at)
            for (row, _, kind, at), entry in zip(moments, entries, strict=True)
        ]
    )
    return np.array([row.pk for row in saved], np.int64)


def _moments_of(one: Drawn) -> list[tuple[HoldEvent.Kind, int]]:
    moments = [(HoldEvent.Kind.PLACED, one.placed)]
    if one.outcome in LOOKED_FOR:
        moments.append((HoldEvent.Kind.FOUND, one.placed + FOUND_AFTER))
    return [*moments, (ENDS[one.outcome][1], one.ended)] if one.ended else moments


def _entry(
    hold: Hold, kind: HoldEvent.Kind, at: datetime, source_id: int, ids: Ids, store: int, product: int
) -> Interaction:
    """The row that inventory.services.holds.log_hold writes, from the demo's own source."""
    return Interaction(
        kind=Interaction.Kind.HOLD,
        customer_id=hold.customer_id,
        store_id=int(ids.stores[store]),
        channel_id=channel("store"),
        touchpoint_id=touchpoint("store-hold"),
        source_id=source_id,
        event_id=f"hold:{hold.pk}:{kind.lower()}",
        subject=f"hold:{hold.pk}",
        facts={
            "hold": hold.pk,
            "event": kind.value,
            "product": int(product) + ids.product,
            "quantity": hold.quantity,
            "until": hold.expires_at.isoformat(),
        },
        occurred_at=at,
        recorded_at=at,
    )


def as_moment(wall: int) -> datetime:
    """A moment on the stores' clock as an aware one."""
    return datetime.fromtimestamp(int(to_utc(np.array([wall]))[0]), UTC)
