"""Floor 2: products, the book of stock, sales, holds and the waiting line."""

from inventory.models.hold import Hold, HoldEvent, WaitlistEntry
from inventory.models.product import Product, search_text
from inventory.models.sale import Sale, SaleLine
from inventory.models.stock import Discrepancy, StockChange, StockCount, StockLevel, StockMovement

__all__ = [
    "Discrepancy",
    "Hold",
    "HoldEvent",
    "Product",
    "Sale",
    "SaleLine",
    "StockChange",
    "StockCount",
    "StockLevel",
    "StockMovement",
    "WaitlistEntry",
    "search_text",
]
