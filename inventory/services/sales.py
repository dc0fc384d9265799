"""What a till posts: a sale, its lines, the stock that left, and the customer's ledger."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from customers.identifiers import IdentifierError
from customers.lookup import hash_of
from customers.models import Identifier, Interaction, Store
from customers.services.ledger import record_interaction
from customers.wellknown import channel, source, touchpoint
from inventory.models import Sale, SaleLine, StockLevel, StockMovement
from inventory.services.stock import Move, move_stock

# A receipt beyond these is a mistyped one, and the book's numbers would not hold many of them.
MOST_PIECES = 100_000
MOST_TOTAL = Decimal(10) ** 11


@dataclass(frozen=True)
class LineIn:
    """One line of a receipt as the till sends it."""

    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class Shelf:
    """A product and its level in the store of the sale."""

    product_id: int
    level_id: int | None


class UnknownSkuError(ValidationError):
    """A line names a product that is not in the catalogue; `line` is its place, from 0."""

    def __init__(self, line: int, sku: str) -> None:
        self.line = line
        super().__init__(f"No product has the SKU {sku}. Send the product first.", code="UNKNOWN_SKU")


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
    shelves = _shelves(store.pk, lines)
    customer_id = _customer_of(loyalty_number)
    with once_per_store(receipt):
        sale = _write_sale(store, receipt, sold_at, lines, customer_id, now)
    saved = _write_lines(sale, lines, shelves)
    moves = [
        Move(shelves[line.sku].level_id or 0, StockMovement.Kind.SALE, -line.quantity, sale_line_id=row.pk)
        for line, row in zip(lines, saved, strict=True)
    ]
    move_stock(moves, occurred_at=sold_at, now=now, sale_id=sale.pk)
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


SHELVES = """
SELECT p.sku, p.id, l.id FROM inventory_product p
LEFT JOIN inventory_stocklevel l ON l.product_id = p.id AND l.store_id = %s
WHERE p.sku = ANY(%s)
"""


def _shelves(store_id: int, lines: Sequence[LineIn]) -> dict[str, Shelf]:
    """The shelf of each SKU; levels that are not there yet are made."""
    skus = sorted({line.sku for line in lines})
    with connection.cursor() as cursor:
        cursor.execute(SHELVES, [store_id, skus])
        found = {sku: Shelf(product, level) for sku, product, level in cursor.fetchall()}
    for place, line in enumerate(lines):
        if line.sku not in found:
            raise UnknownSkuError(place, line.sku)
    missing = [shelf.product_id for shelf in found.values() if shelf.level_id is None]
    return found if not missing else _with_new_levels(store_id, missing, found)


def _with_new_levels(store_id: int, product_ids: list[int], found: dict[str, Shelf]) -> dict[str, Shelf]:
    StockLevel.objects.bulk_create(
        # Sorted: another till may be making the same levels.
        [StockLevel(store_id=store_id, product_id=pk) for pk in sorted(product_ids)],
        ignore_conflicts=True,
    )
    made = dict(
        StockLevel.objects.filter(store_id=store_id, product_id__in=product_ids).values_list("product_id", "pk")
    )
    return {
        sku: shelf if shelf.level_id else Shelf(shelf.product_id, made[shelf.product_id])
        for sku, shelf in found.items()
    }


def _customer_of(loyalty_number: str) -> int | None:
    if not loyalty_number:
        return None
    try:
        value_hash = hash_of(Identifier.Kind.LOYALTY, loyalty_number)
    except IdentifierError as error:
        raise ValidationError(str(error), code="LOYALTY_NUMBER") from error
    return (
        Identifier.objects.filter(kind=Identifier.Kind.LOYALTY, value_hash=value_hash)
        .values_list("customer_id", flat=True)
        .first()
    )


@contextmanager
def once_per_store(receipt: str) -> Iterator[None]:
    """The unique constraints decide whether a receipt is new: asking first would be a statement more, and a race."""
    try:
        yield
    except IntegrityError as error:
        violated = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if violated in ("interaction_once_per_source", "receipt_once_per_store"):
            raise ReceiptExistsError(receipt) from error
        raise


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
