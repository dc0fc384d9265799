"""What a till posts: a sale, its lines, the stock that left, and the customer's ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import Interaction, Store
from customers.services.ledger import record_interaction
from customers.wellknown import channel, source, touchpoint
from inventory.models import Sale, SaleLine, StockMovement
from inventory.services.receipts import (
    MOST_PIECES,
    MOST_TOTAL,
    Shelf,
    UnknownSkuError,
    customer_of,
    once_per_store,
    shelves_of,
)
from inventory.services.settling import settle_collected
from inventory.services.stock import Move, move_stock

__all__ = ["MOST_PIECES", "LineIn", "ReceiptExistsError", "UnknownSkuError", "post_sale", "sale_facts"]


@dataclass(frozen=True)
class LineIn:
    """One line of a receipt as the till sends it."""

    sku: str
    quantity: int
    unit_price: Decimal


class ReceiptExistsError(ValidationError):
    """This store has posted this receipt before."""

    def __init__(self, receipt: str) -> None:
        super().__init__(f"Receipt {receipt} of this store is already in the book.", code="RECEIPT_EXISTS")


@transaction.atomic
def post_sale(
    *,
    store: Store,
    receipt: str,
    sold_at: datetime,
    lines: Sequence[LineIn],
    now: datetime,
    loyalty_number: str = "",
) -> Sale:
    """Record one receipt: sale, lines, movements, counters, ledger row and the note for open pages.

    A sale is a fact: what the book does not have is sold all the same and opens a discrepancy. An unknown loyalty
    number makes an anonymous sale. Raises UnknownSkuError, ReceiptExistsError, or ValidationError: NO_LINES,
    TOO_MANY_PIECES, TOTAL_TOO_LARGE, STOCK_OUT_OF_RANGE for the lines, LOYALTY_NUMBER for the number.
    """
    _check_size(lines)
    shelves = shelves_of(store.pk, [line.sku for line in lines])
    customer_id = customer_of(loyalty_number)
    with once_per_store("receipt_once_per_store", ReceiptExistsError(receipt)):
        sale = _write_sale(store, receipt, sold_at, lines, customer_id, now)
    saved = _write_lines(sale, lines, shelves)
    moves = [
        Move(shelves[line.sku].level_id, StockMovement.Kind.SALE, -line.quantity, sale_line_id=row.pk)
        for line, row in zip(lines, saved, strict=True)
    ]
    back = settle_collected(moves, sold_at=sold_at) if any(shelf.awaits for shelf in shelves.values()) else []
    moves += [move for move in back if move.occurred_at is None]
    move_stock(moves, occurred_at=sold_at, now=now, sale_id=sale.pk)
    for move in back:
        if move.occurred_at:
            move_stock([move], occurred_at=move.occurred_at, now=now)
    return sale


def _check_size(lines: Sequence[LineIn]) -> None:
    if not lines:
        raise ValidationError("A receipt has at least one line.", code="NO_LINES")
    if sum(line.quantity for line in lines) > MOST_PIECES:
        raise ValidationError(f"A receipt has at most {MOST_PIECES:,} pieces.", code="TOO_MANY_PIECES")
    if _total(lines) > MOST_TOTAL:
        raise ValidationError(f"A receipt comes to at most {MOST_TOTAL:,}.", code="TOTAL_TOO_LARGE")


def _total(lines: Sequence[LineIn]) -> Decimal:
    return sum((line.unit_price * line.quantity for line in lines), Decimal(0)).quantize(Decimal("0.01"))


def _write_sale(
    store: Store, receipt: str, sold_at: datetime, lines: Sequence[LineIn], customer_id: int | None, now: datetime
) -> Sale:
    total = _total(lines)
    entry = record_interaction(
        kind=Interaction.Kind.SALE,
        occurred_at=sold_at,
        now=now,
        source_id=source("till"),
        event_id=f"{store.code}:{receipt}",
        channel_id=channel("store"),
        touchpoint_id=touchpoint("till"),
        customer_id=customer_id,
        store_id=store.pk,
        subject=f"sale:{receipt}",
        facts=sale_facts(receipt, sum(line.quantity for line in lines), total, store.currency),
    )
    return Sale.objects.create(
        store=store,
        customer_id=customer_id,
        interaction=entry,
        receipt=receipt,
        sold_at=sold_at,
        recorded_at=now,
        total=total,
        currency=store.currency,
    )


def sale_facts(receipt: str, pieces: int, total: Decimal, currency: str) -> dict[str, str | int]:
    """What the ledger keeps of a sale."""
    return {"receipt": receipt, "pieces": pieces, "total": str(total), "currency": currency}


def _write_lines(sale: Sale, lines: Sequence[LineIn], shelves: dict[str, Shelf]) -> list[SaleLine]:
    return SaleLine.objects.bulk_create(
        [
            SaleLine(
                sale=sale,
                product_id=shelves[line.sku].product_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
            for line in lines
        ]
    )
