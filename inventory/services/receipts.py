"""What receipts and return slips have in common: their products' shelves, whose they are, and that each comes once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from customers.identifiers import IdentifierError
from customers.lookup import hash_of
from customers.models import Identifier
from inventory.services.levels import level_ids_for

# A receipt beyond these is a mistyped one, and the book's numbers would not hold many of them.
MOST_PIECES = 100_000
MOST_TOTAL = Decimal(10) ** 11


@dataclass(frozen=True)
class Shelf:
    """A product and its level in the store. `awaits`: a hold that was given out waits for its receipt."""

    product_id: int
    level_id: int
    awaits: bool = False


class UnknownSkuError(ValidationError):
    """A line names a product that is not in the catalogue; `line` is its place, from 0."""

    def __init__(self, line: int, sku: str) -> None:
        self.line = line
        super().__init__(f"No product has the SKU {sku}. Send the product first.", code="UNKNOWN_SKU")


SHELVES = """
SELECT p.sku, p.id, l.id, EXISTS (
  SELECT FROM inventory_hold h WHERE h.level_id = l.id AND h.state = 'COLLECTED' AND h.sale_line_id IS NULL
) FROM inventory_product p
LEFT JOIN inventory_stocklevel l ON l.product_id = p.id AND l.store_id = %s
WHERE p.sku = ANY(%s)
"""


def shelves_of(store_id: int, skus: Sequence[str]) -> dict[str, Shelf]:
    """The shelf of each SKU; levels that are not there yet are made. Raises UnknownSkuError."""
    with connection.cursor() as cursor:
        cursor.execute(SHELVES, [store_id, sorted(set(skus))])
        found = {sku: (product, level, awaits) for sku, product, level, awaits in cursor.fetchall()}
    for place, sku in enumerate(skus):
        if sku not in found:
            raise UnknownSkuError(place, sku)
    made = level_ids_for(store_id, [product for product, level, _ in found.values() if level is None])
    return {sku: Shelf(product, level or made[product], awaits) for sku, (product, level, awaits) in found.items()}


def customer_of(loyalty_number: str) -> int | None:
    """The customer's id; None when nobody has this number. ValidationError(code="LOYALTY_NUMBER") when it is none."""
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
def once_per_store(constraint: str, exists: ValidationError) -> Iterator[None]:
    """The unique constraints decide whether a slip is new: asking first would be a statement more, and a race."""
    try:
        yield
    except IntegrityError as error:
        violated = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if violated in ("interaction_once_per_source", constraint):
            raise exists from error
        raise
