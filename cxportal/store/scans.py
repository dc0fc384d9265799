"""What was scanned or typed at the top of the screen: a hold's code, a bar code, an item number, a name."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from customers.models import Store
from inventory.models import Hold, Product, StockLevel
from inventory.models.hold import CODE_LENGTH
from inventory.selectors.catalogue import find_products

LONGEST = 200
# A shopper who comes too late still has his code; the screen then says what became of the hold.
ENDED_SHOWN = timedelta(days=14)
MOST_FOUND = 12
PUBLIC_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """Holds whose code it is, or else products with their level in this store (None where it has none)."""

    scanned: str
    holds: list[Hold]
    products: list[tuple[Product, StockLevel | None]]


def find_scanned(store: Store, typed: str, now: datetime) -> Found:
    """Everything in this store that `typed` may mean; a hold's code before anything else."""
    scanned = typed.strip()[:LONGEST]
    holds = holds_of(store, scanned, now)
    return Found(scanned, holds, [] if holds or not scanned else products_of(store, scanned))


def holds_of(store: Store, scanned: str, now: datetime) -> list[Hold]:
    """Live holds with this code, or those that ended lately; a picture's code carries the hold's public id."""
    holds = Hold.objects.filter(store=store).select_related("level__product", "customer")
    named = PUBLIC_ID.search(scanned)
    if named:
        return list(holds.filter(public_id=UUID(named.group())))
    code = plain_code(scanned)
    if len(code) != CODE_LENGTH:
        return []
    same = holds.filter(code=code)
    live = list(same.filter(state__in=Hold.LIVE).order_by("placed_at")[:MOST_FOUND])
    return live or list(same.filter(ended_at__gte=now - ENDED_SHOWN).order_by("-ended_at")[:1])


def plain_code(typed: str) -> str:
    """A code as it is stored: people write it small and with blanks."""
    return re.sub(r"[\s-]", "", typed).upper()


def is_code_of(hold: Hold, typed: str) -> bool:
    """Whether this is the hold's code, typed or read from the shopper's picture."""
    return plain_code(typed) == hold.code or str(hold.public_id) in typed.lower()


def products_of(store: Store, scanned: str) -> list[tuple[Product, StockLevel | None]]:
    """Products that are called so, with their level in this store."""
    products = list(find_products(scanned).products)[:MOST_FOUND]
    levels = {level.product_id: level for level in StockLevel.objects.filter(store=store, product__in=products)}
    return [(product, levels.get(product.pk)) for product in products]
