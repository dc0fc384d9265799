"""Cards of what was scanned: a hold with what to do about it, or a product as this store has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from customers.models import Store
from cxportal.dashboards.scope import Sight
from cxportal.store.rows import Item, about, hold_item
from cxportal.store.scans import find_scanned
from cxportal.store.words import moment
from inventory.models import Hold, Product, StockLevel
from inventory.selectors.availability import availability_of
from inventory.stock_page import statement


@dataclass(frozen=True)
class HoldCard:
    """A hold that a shopper asks for. `ended` says what became of one that has ended."""

    item: Item
    is_in_hand: bool
    code: str
    ended: str = ""


@dataclass(frozen=True)
class ProductCard:
    """A product as this store has it: the book, how sure we are, and what can be done. No level: never kept here."""

    product: Product
    about: str
    level: StockLevel | None
    shown: dict[str, Any] | None
    count_id: UUID
    loss_id: UUID


@dataclass(frozen=True)
class Cards:
    """What a scan found."""

    scanned: str
    holds: list[HoldCard]
    products: list[ProductCard]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is called so."""
        return not (self.holds or self.products)


def scan_cards(store: Store, typed: str, sight: Sight, now: datetime) -> Cards:
    """Cards of everything in this store that `typed` may mean."""
    found = find_scanned(store, typed, now)
    zone = ZoneInfo(store.time_zone)
    holds = [_hold_card(hold, found.scanned, sight, now, zone) for hold in found.holds]
    return Cards(found.scanned, holds, _product_cards(found.products, now))


def _hold_card(hold: Hold, scanned: str, sight: Sight, now: datetime, zone: ZoneInfo) -> HoldCard:
    item = hold_item(hold, sight, now, zone)
    if hold.state in Hold.LIVE:
        return HoldCard(item, hold.state == Hold.State.IN_HAND, scanned)
    ended = f"{hold.get_state_display()}, {moment(hold.ended_at or now, now, zone)}."
    return HoldCard(item, False, scanned, ended)


def _product_cards(found: list[tuple[Product, StockLevel | None]], now: datetime) -> list[ProductCard]:
    rows = {
        row.level_id: row for row in availability_of([level.pk for _, level in found if level], now=now, exact=True)
    }
    return [
        ProductCard(
            product,
            about(product),
            level,
            statement(rows[level.pk]) if level and level.pk in rows else None,
            uuid4(),
            uuid4(),
        )
        for product, level in found
    ]
