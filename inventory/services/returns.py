"""What customers bring back: the slip, the money given back, and the pieces, sellable or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import Interaction, Store
from customers.services.ledger import record_interaction
from customers.wellknown import channel, source, touchpoint
from inventory.models import Return, ReturnLine, StockMovement
from inventory.services.receipts import MOST_PIECES, MOST_TOTAL, customer_of, once_per_store, shelves_of
from inventory.services.stock import Move, move_stock


@dataclass(frozen=True)
class ReturnLineIn:
    """One line of a return slip. `refund` is given back for one piece."""

    sku: str
    quantity: int
    refund: Decimal
    is_sellable: bool = True
    reason: str = ""


class ReturnExistsError(ValidationError):
    """This store has posted this return slip before."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Return {number} of this store is already in the book.", code="RETURN_EXISTS")


@transaction.atomic
def post_return(
    *,
    store: Store,
    number: str,
    returned_at: datetime,
    lines: Sequence[ReturnLineIn],
    now: datetime,
    receipt: str = "",
    loyalty_number: str = "",
) -> Return:
    """Record one return slip: slip, lines, movements, counters, ledger row, and the line of those who wait.

    What can't be sold again goes into the book and out of it as damaged. Raises UnknownSkuError, ReturnExistsError, or
    ValidationError: NO_LINES, TOO_MANY_PIECES, TOTAL_TOO_LARGE, STOCK_OUT_OF_RANGE, LOYALTY_NUMBER.
    """
    total = _total(lines)
    _check_size(lines, total)
    shelves = shelves_of(store.pk, [line.sku for line in lines])
    customer_id = customer_of(loyalty_number)
    with once_per_store("return_once_per_store", ReturnExistsError(number)):
        returned = _write_return(store, number, receipt, returned_at, lines, total, customer_id, now)
    ReturnLine.objects.bulk_create(
        [
            ReturnLine(
                returned=returned,
                product_id=shelves[line.sku].product_id,
                quantity=line.quantity,
                refund=line.refund,
                is_sellable=line.is_sellable,
                reason=line.reason,
            )
            for line in lines
        ]
    )
    moves = [move for line in lines for move in _moves(number, line, shelves[line.sku].level_id)]
    move_stock(moves, occurred_at=returned_at, now=now)
    return returned


def _moves(number: str, line: ReturnLineIn, level_id: int) -> list[Move]:
    """Back into the book; out again when nobody would buy it."""
    back = Move(level_id, StockMovement.Kind.RETURN, line.quantity, reason=f"Return {number}")
    if line.is_sellable:
        return [back]
    return [back, Move(level_id, StockMovement.Kind.DAMAGE, -line.quantity, reason=line.reason or "Came back damaged")]


def _total(lines: Sequence[ReturnLineIn]) -> Decimal:
    return sum((line.refund * line.quantity for line in lines), Decimal(0)).quantize(Decimal("0.01"))


def _check_size(lines: Sequence[ReturnLineIn], total: Decimal) -> None:
    if not lines:
        raise ValidationError("A return has at least one line.", code="NO_LINES")
    if sum(line.quantity for line in lines) > MOST_PIECES:
        raise ValidationError(f"A return has at most {MOST_PIECES:,} pieces.", code="TOO_MANY_PIECES")
    if total > MOST_TOTAL:
        raise ValidationError(f"A return comes to at most {MOST_TOTAL:,}.", code="TOTAL_TOO_LARGE")


def _write_return(
    store: Store,
    number: str,
    receipt: str,
    returned_at: datetime,
    lines: Sequence[ReturnLineIn],
    total: Decimal,
    customer_id: int | None,
    now: datetime,
) -> Return:
    pieces = sum(line.quantity for line in lines)
    entry = record_interaction(
        kind=Interaction.Kind.RETURN,
        occurred_at=returned_at,
        now=now,
        source_id=source("till"),
        # A slip and a receipt of one store may have the same number.
        event_id=f"{store.code}:return:{number}",
        channel_id=channel("store"),
        touchpoint_id=touchpoint("till"),
        customer_id=customer_id,
        store_id=store.pk,
        subject=f"return:{number}",
        facts={"return": number, "receipt": receipt, "pieces": pieces, "total": str(total), "currency": store.currency},
    )
    return Return.objects.create(
        store=store,
        customer_id=customer_id,
        interaction=entry,
        number=number,
        receipt=receipt,
        returned_at=returned_at,
        recorded_at=now,
        total=total,
        currency=store.currency,
    )
