"""What we believe of the shelves: kept up with every event, every look at a shelf, and silence."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction

from inventory import shelf_filter
from inventory.count_worth import count_worth
from inventory.models import Hold, ShelfBelief, ShelfObservation
from inventory.selectors.availability import chance_of_level
from inventory.selectors.shelf_events import (
    WATCHED_DAYS,
    LevelNow,
    Past,
    read_levels,
    read_past,
    trading_times,
)
from inventory.selectors.shelf_now import days
from inventory.selectors.shelf_rates import loss_rates, paces
from inventory.shelf_filter import Floats, Ints
from inventory.shelf_replay import Shelves, later, replay

# Moments are kept in microseconds; what is nearer than this is the same. In days.
SAME = 1e-3 / 86_400
# Without a count, the book is as doubtful as if nobody had looked for so long.
NEVER_COUNTED_DAYS = 60.0

TELL = """
INSERT INTO inventory_stockchange (level_id, store_id, product_id)
SELECT id, store_id, product_id FROM inventory_stocklevel WHERE id = %s
"""
SAVE = """
INSERT INTO inventory_shelfbelief (level_id, store_id, weights, believed_at, movement_id, observation_id,
  pace_per_day, loss_per_day, chance, mean, count_worth)
SELECT level_id, store_id, weights, to_timestamp(believed_at * 86400), movement_id, observation_id,
  pace_per_day, loss_per_day, chance, mean, count_worth
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::float8[], %s::bigint[], %s::bigint[],
  %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS d (level_id, store_id, weights,
  believed_at, movement_id, observation_id, pace_per_day, loss_per_day, chance, mean, count_worth)
ON CONFLICT (level_id) DO UPDATE SET weights = excluded.weights, believed_at = excluded.believed_at,
  movement_id = excluded.movement_id, observation_id = excluded.observation_id, pace_per_day = excluded.pace_per_day,
  loss_per_day = excluded.loss_per_day, chance = excluded.chance, mean = excluded.mean,
  count_worth = excluded.count_worth
"""
# What a count would bring changes with every sale; an index has to follow, and the night's sweep is soon enough.
NOTABLE = 0.1


def observe(
    *, level_id: int, kind: ShelfObservation.Kind, was_there: bool, now: datetime, hold: Hold | None = None
) -> ShelfObservation:
    """Note that somebody looked at a shelf, and what we had said of it just before; in the caller's transaction.

    Call it before the counters change, and before a count is in the book. The belief follows within a second.
    """
    chance, book = chance_of_level(
        level_id, now=now, own=hold.quantity if hold else 0, all_pieces=kind == ShelfObservation.Kind.COUNT
    )
    seen = ShelfObservation.objects.create(
        level_id=level_id,
        kind=kind,
        was_there=was_there,
        chance=min(1.0, max(0.0, chance)),
        book=book,
        hold=hold,
        observed_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(TELL, [level_id])
    return seen


@transaction.atomic
def update_beliefs(level_ids: Iterable[int], *, now: datetime) -> int:
    """Bring the beliefs of these levels up to their newest events; returns how many levels.

    What is new and in order is added to what was believed; after a count, or when something came late, the belief is
    made anew from the last count. The same call again changes nothing.
    """
    ids = sorted(set(level_ids))
    # Before the events are read: whoever waits here must see what the other has taken into the belief.
    list(ShelfBelief.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    levels = read_levels(ids)
    old: list[LevelNow] = []
    new: list[LevelNow] = []
    for level in levels:
        (new if level.believed_at is None or _counted_since(level) else old).append(level)
    new += _continue(old, now)
    _begin(new, now)
    return len(levels)


def _counted_since(level: LevelNow) -> bool:
    return level.counted_at is not None and level.counted_at > (level.believed_at or 0.0) + SAME


def _continue(levels: Sequence[LevelNow], now: datetime) -> list[LevelNow]:
    """Add what is new to what was believed; returns the levels that must be thought through from their last count."""
    if not levels:
        return []
    believed_at = np.array([level.believed_at for level in levels])
    past = read_past(levels, believed_at, after=True, now=now)
    is_late = np.zeros(len(levels), bool)
    is_late[past.events.level[past.events.at < believed_at[past.events.level] - SAME]] = True
    # The book's own sum tells of a movement that came later than anybody looks back.
    then = np.array([level.on_hand_then or 0 for level in levels])
    is_late |= (past.movement_id > 0) & (then + past.booked != past.newest_book)
    good = np.flatnonzero(~is_late & ((past.movement_id > 0) | (past.observation_id > 0)))
    known = np.array([len(level.weights or b"") // 2 for level in levels])
    for places, width in _by_width(np.maximum(known, past.highest_book()), good):
        rows = past.rows(places)
        chosen = [levels[place] for place in places]
        shelves = _believed(chosen, width, now)
        replay(shelves, rows.events)
        _save(chosen, shelves, rows, now)
    return [level for level, late in zip(levels, is_late, strict=True) if late]


def _by_width(most: Ints, places: Ints) -> Iterator[tuple[Ints, int]]:
    """Places whose rows are equally wide: one large shelf must not make all of them wide."""
    widths = np.array([shelf_filter.width_for(int(pieces)) for pieces in most])
    for width in np.unique(widths[places]):
        yield places[widths[places] == width], int(width)


def _believed(levels: Sequence[LevelNow], width: int, now: datetime) -> Shelves:
    """What was believed of each level after its last event."""
    at = np.array([level.believed_at for level in levels])
    # A sale that is only now taken in was not yet made then.
    silent_from = np.array([min(_silent_from(level), level.believed_at or 0.0) for level in levels])
    return _shelves(
        levels,
        shelf_filter.unpack([level.weights or b"" for level in levels], width),
        (at, silent_from),
        (
            np.array([level.pace_per_day or 0.0 for level in levels]),
            np.array([level.loss_per_day or 0.0 for level in levels]),
        ),
        now,
    )


def _silent_from(level: LevelNow) -> float:
    return level.sold_at or level.counted_at or level.believed_at or 0.0


def _shelves(
    levels: Sequence[LevelNow],
    weights: Floats,
    moments: tuple[Floats, Floats],
    rates: tuple[Floats, Floats],
    now: datetime,
) -> Shelves:
    """`moments`: what the weights speak of, and since when it is silent; `rates`: pace and loss a day."""
    places = np.arange(len(levels))
    return Shelves(
        weights=weights,
        at=moments[0],
        trading_at=trading_times(levels, places, moments[0], now),
        silent_from=trading_times(levels, places, moments[1], now),
        aside=np.array([level.held_then or 0 for level in levels], np.int64),
        lost_per_day=rates[1],
        pace_per_day=rates[0],
    )


def _begin(levels: Sequence[LevelNow], now: datetime) -> None:
    """Think the levels through from their last count, or from the book of some months ago."""
    if not levels:
        return
    today = days(now)
    counted_at = np.array([level.counted_at or 0.0 for level in levels])
    since = np.maximum(counted_at, today - WATCHED_DAYS)
    past = read_past(levels, since, after=False, now=now)
    is_counted = counted_at >= since
    booked = np.array([level.on_hand for level in levels]) - past.booked
    start = np.where(is_counted, [level.counted or 0 for level in levels], booked)
    rates = (paces(levels, now), loss_rates(levels))
    doubt = np.where(is_counted, 0.0, np.where(counted_at > 0, since - counted_at, NEVER_COUNTED_DAYS)) * rates[1]
    for places, width in _by_width(np.maximum(start, past.highest_book()), np.arange(len(levels))):
        chosen, rows = [levels[place]._replace(held_then=None) for place in places], past.rows(places)
        counted = shelf_filter.counted(np.maximum(0, start[places]), width)
        unsure = shelf_filter.booked(start[places], width, np.minimum(doubt[places], width / 2))
        weights = np.where(is_counted[places, None], counted, unsure)
        shelves = _shelves(chosen, weights, (since[places],) * 2, (rates[0][places], rates[1][places]), now)
        replay(shelves, rows.events)
        _save(chosen, shelves, rows, now)


def _save(levels: Sequence[LevelNow], shelves: Shelves, past: Past, now: datetime) -> None:
    """Write beliefs, with what a count would bring now."""
    held = np.array([level.held for level in levels])
    book = np.array([level.on_hand for level in levels])
    price = np.array([level.price for level in levels])
    today = np.full(len(levels), days(now))
    current = later(shelves, today, trading_times(levels, np.arange(len(levels)), today, now))
    worth = count_worth(current.weights, book, held, price, shelves.pace_per_day)
    planned = np.array([np.inf if level.count_worth is None else level.count_worth for level in levels])
    worth = np.where(np.abs(worth - planned) > NOTABLE * np.maximum(worth, price), worth, planned)
    newest = np.maximum(past.movement_id, [level.movement_id or 0 for level in levels])
    newest_look = np.maximum(past.observation_id, [level.observation_id or 0 for level in levels])
    columns: list[list[Any]] = [
        [level.level_id for level in levels],
        [level.store_id for level in levels],
        shelf_filter.pack(shelves.weights),
        shelves.at.tolist(),
        newest.tolist(),
        newest_look.tolist(),
        shelves.pace_per_day.tolist(),
        shelves.lost_per_day.tolist(),
        shelf_filter.chance_of(shelves.weights, np.ones(len(levels), np.int64)).tolist(),
        shelf_filter.mean_of(shelves.weights).tolist(),
        worth.tolist(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(SAVE, columns)
