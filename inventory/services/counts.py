"""Counting: what was there against what the book said at that moment, while selling goes on."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest

from inventory.counting import is_surprise
from inventory.models import ShelfBelief, ShelfObservation, StockCount, StockLevel, StockMovement
from inventory.services.beliefs import observe
from inventory.services.book import Balance, Move, tell_pages
from inventory.services.line import serve_line
from inventory.services.stock import move_stock
from inventory.shelf_filter import WIDTHS, unpack

MOST_PIECES = 1_000_000
State = StockCount.State


@transaction.atomic
def post_count(
    *,
    level: StockLevel,
    counted: int,
    counted_at: datetime,
    now: datetime,
    staff: Any = None,
    is_blind: bool = True,
    reason: str = "",
) -> StockCount:
    """Record that `counted` pieces were in the store at `counted_at`, those put aside included, and correct the book.

    A count that is far from the book is a SURPRISE: it waits, and the next count of the level decides. A count that
    comes late, after a newer one, corrects its own moment only. The same count again is returned as it is. Raises
    ValidationError: FUTURE, TOO_MANY_PIECES.
    """
    _check(counted, counted_at, now)
    # Nothing moves between what the book says and what is written about it.
    level = StockLevel.objects.select_for_update(of=("self",)).get(pk=level.pk)
    near = list(StockCount.objects.filter(level=level, counted_at=counted_at, counted=counted)[:1])
    if near:
        return near[0]
    count = StockCount(
        level=level,
        counted=counted,
        book=_book_at(level, counted_at),
        counted_at=counted_at,
        recorded_at=now,
        staff=staff,
        is_blind=is_blind,
        reason=reason,
    )
    return _decide(level, count, now=now)


def _check(counted: int, counted_at: datetime, now: datetime) -> None:
    if not 0 <= counted <= MOST_PIECES:
        raise ValidationError(f"A count is between 0 and {MOST_PIECES:,}.", code="TOO_MANY_PIECES")
    if counted_at > now:
        raise ValidationError("This count is in the future.", code="FUTURE")


def _book_at(level: StockLevel, moment: datetime) -> int:
    """What the book would have said at `moment`, had all been told in time."""
    later = StockMovement.objects.filter(level=level, occurred_at__gt=moment).aggregate(sum=Sum("quantity"))["sum"]
    return level.on_hand - (later or 0)


def _decide(level: StockLevel, count: StockCount, *, now: datetime) -> StockCount:
    """Book the count, let it wait, or let a later one stand for it: as if all had been told in the right order."""
    waiting = StockCount.objects.filter(level=level, state=State.SURPRISE)
    earlier = waiting.filter(counted_at__lt=count.counted_at)
    if earlier.update(state=State.REPLACED) or not _is_surprise(level, count):
        return _book(level, count, now=now)
    later = waiting.filter(counted_at__gt=count.counted_at).order_by("counted_at", "pk").first()
    counted_since = level.last_counted_at is not None and level.last_counted_at > count.counted_at
    count.state = State.REPLACED if later or counted_since else State.SURPRISE
    count.save()
    if later:
        later.book = _book_at(level, later.counted_at)
        _book(level, later, now=now)
    tell_pages({level.pk: Balance(level.pk, level.store_id, level.product_id, level.on_hand, level.held)})
    return count


def surprises(*, counted: int, book: int, on_hand: int, weights: bytes | memoryview | None) -> bool:
    """Whether a count is to be counted again: against what we believe of the shelf (`weights`), or else the book.

    That a doubted piece is gone surprises nobody.
    """
    # Beliefs speak of now: what has moved since the count is added to what was counted.
    left = counted + on_hand - book
    believed = unpack([bytes(weights)])[0].tolist() if weights else []
    # The last number of the widest row means "or more".
    is_known = believed and max(left, on_hand) < WIDTHS[-1] - 1
    return is_surprise(left, on_hand, expected=dict(enumerate(believed)) if is_known else None)


def _is_surprise(level: StockLevel, count: StockCount) -> bool:
    weights = ShelfBelief.objects.filter(level=level.pk).values_list("weights", flat=True).first()
    return surprises(counted=count.counted, book=count.book, on_hand=level.on_hand, weights=weights)


def _book(level: StockLevel, count: StockCount, *, now: datetime) -> StockCount:
    """Correct the book by what the count found."""
    observe(level_id=level.pk, kind=ShelfObservation.Kind.COUNT, was_there=count.counted > 0, now=count.counted_at)
    difference = count.counted - count.book
    if difference:
        reason = count.reason or f"Counted {count.counted}, the book said {count.book}"
        move = Move(level.pk, StockMovement.Kind.COUNT, difference, staff_id=count.staff_id, reason=reason)
        move_stock([move], occurred_at=count.counted_at, now=now)
    _remember(level, count)
    # Last: what comes late looks for counts that are in the book, and this one must not find itself.
    count.state = State.APPLIED
    count.save()
    # Whatever it found: a shelf that was in doubt may promise again.
    serve_line([level.pk], now=now)
    return count


def _remember(level: StockLevel, count: StockCount) -> None:
    """The newest count is the level's last one; a late one does not set it back."""
    newest = StockLevel.objects.filter(pk=level.pk).exclude(last_counted_at__gt=count.counted_at)
    newest.update(last_counted_at=Greatest(F("last_counted_at"), count.counted_at), last_counted_quantity=count.counted)
