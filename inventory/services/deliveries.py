"""Goods on their way: expected, sent from store to store, received short or over, called off."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.models import Store
from inventory.locks import lock_levels
from inventory.models import Delivery, DeliveryLine, StockLevel, StockMovement
from inventory.services.levels import level_ids_for
from inventory.services.stock import Move, move_stock

MOST_PIECES = 1_000_000
State = Delivery.State
Kind = StockMovement.Kind


@transaction.atomic
def expect_delivery(
    *,
    store: Store,
    number: str,
    expected_at: datetime,
    lines: dict[int, int],
    now: datetime,
    sent_from: Store | None = None,
    staff: Any = None,
) -> Delivery:
    """Note what is coming to `store`: pieces by product id. It is in no book until somebody has received it.

    Raises ValidationError: NOTHING_IN_IT, NUMBER_EXISTS.
    """
    _check(lines)
    if not any(lines.values()):
        raise ValidationError("A delivery has at least one piece.", code="NOTHING_IN_IT")
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                store=store, number=number, expected_at=expected_at, created_at=now, sent_from=sent_from, staff=staff
            )
    except IntegrityError as error:
        message = f"Delivery {number} of this store is known already."
        raise ValidationError(message, code="NUMBER_EXISTS") from error
    DeliveryLine.objects.bulk_create(
        [DeliveryLine(delivery=delivery, product_id=pk, expected=pieces) for pk, pieces in sorted(lines.items())]
    )
    return delivery


@transaction.atomic
def send_transfer(
    *,
    sender: Store,
    receiver: Store,
    number: str,
    expected_at: datetime,
    lines: dict[int, int],
    now: datetime,
    staff: Any = None,
) -> Delivery:
    """Take pieces (by product id) out of the sender's book and expect them at the receiver; between, nobody has them.

    What somebody has put aside stays. Raises ValidationError: SAME_STORE, NOT_FREE, and those of expect_delivery.
    """
    if sender.pk == receiver.pk:
        raise ValidationError("A transfer goes to another store.", code="SAME_STORE")
    levels = level_ids_for(sender.pk, lines)
    lock_levels(levels.values())
    free = {row.product_id: row.free for row in StockLevel.objects.filter(pk__in=levels.values())}
    if any(pieces > free[pk] for pk, pieces in lines.items()):
        raise ValidationError("There are not as many free in the sending store.", code="NOT_FREE")
    delivery = expect_delivery(
        store=receiver,
        number=number,
        expected_at=expected_at,
        lines=lines,
        now=now,
        sent_from=sender,
        staff=staff,
    )
    moves = _moves(levels, {pk: -pieces for pk, pieces in lines.items()}, Kind.TRANSFER_OUT, delivery, staff)
    move_stock(moves, occurred_at=now, now=now)
    return delivery


@transaction.atomic
def receive_delivery(
    *,
    delivery: Delivery,
    received: dict[int, int],
    now: datetime,
    staff: Any = None,
    received_at: datetime | None = None,
) -> Delivery:
    """Put what came (pieces by product id) into the store's book. A line that is not named did not come.

    Receiving it again changes nothing. Raises ValidationError: NOT_EXPECTED, NOT_ON_DELIVERY, TOO_MANY_PIECES.
    """
    _check(received)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.state == State.RECEIVED:
        return delivery
    if delivery.state != State.EXPECTED:
        raise ValidationError("This delivery was called off.", code="NOT_EXPECTED")
    lines = list(delivery.lines.order_by("pk"))
    if set(received) - {line.product_id for line in lines}:
        raise ValidationError("A product is not on this delivery.", code="NOT_ON_DELIVERY")
    for line in lines:
        line.received = received.get(line.product_id, 0)
    DeliveryLine.objects.bulk_update(lines, ["received"])
    came = {line.product_id: line.received for line in lines if line.received}
    if came:
        kind = Kind.TRANSFER_IN if delivery.sent_from_id else Kind.DELIVERY
        moves = _moves(level_ids_for(delivery.store_id, came), came, kind, delivery, staff)
        move_stock(moves, occurred_at=received_at or now, now=now)
    return _end(delivery, State.RECEIVED, now=now, staff=staff)


@transaction.atomic
def cancel_delivery(*, delivery: Delivery, now: datetime, staff: Any = None) -> Delivery:
    """It does not come. What another store had sent goes back into that store's book.

    Cancelling it again changes nothing. Raises ValidationError(code="NOT_EXPECTED") when it was received.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.state == State.CANCELLED:
        return delivery
    if delivery.state != State.EXPECTED:
        raise ValidationError("This delivery was received.", code="NOT_EXPECTED")
    if delivery.sent_from_id:
        back = {line.product_id: line.expected for line in delivery.lines.all() if line.expected}
        levels = level_ids_for(delivery.sent_from_id, back)
        move_stock(_moves(levels, back, Kind.TRANSFER_IN, delivery, staff), occurred_at=now, now=now)
    return _end(delivery, State.CANCELLED, now=now, staff=staff)


def _check(lines: dict[int, int]) -> None:
    if any(not 0 <= pieces <= MOST_PIECES for pieces in lines.values()):
        raise ValidationError(f"A line has between 0 and {MOST_PIECES:,} pieces.", code="TOO_MANY_PIECES")


def _moves(
    levels: dict[int, int], pieces: dict[int, int], kind: StockMovement.Kind, delivery: Delivery, staff: Any
) -> list[Move]:
    what = "Transfer" if delivery.sent_from_id else "Delivery"
    reason = f"{what} {delivery.number}"
    return [
        Move(levels[pk], kind, quantity, staff_id=staff.pk if staff else None, reason=reason)
        for pk, quantity in pieces.items()
        if quantity
    ]


def _end(delivery: Delivery, state: Delivery.State, *, now: datetime, staff: Any) -> Delivery:
    delivery.state, delivery.ended_at = state, now
    delivery.staff = staff or delivery.staff
    delivery.save(update_fields=["state", "ended_at", "staff"])
    return delivery
