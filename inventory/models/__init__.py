"""Floor 2: products, the book of stock, sales, holds, the waiting line, and what we believe of the shelves."""

from inventory.models.delivery import Delivery, DeliveryLine
from inventory.models.hold import Hold, HoldEvent
from inventory.models.product import Product, search_text
from inventory.models.question import StockQuestion, StoreTap
from inventory.models.returned import Return, ReturnLine
from inventory.models.sale import Sale, SaleLine
from inventory.models.shelf import LossRate, ShelfBelief, ShelfObservation
from inventory.models.stock import Discrepancy, StockChange, StockCount, StockLevel, StockMovement
from inventory.models.synonym import Synonym
from inventory.models.waitlist import WaitlistEntry

__all__ = [
    "Delivery",
    "DeliveryLine",
    "Discrepancy",
    "Hold",
    "HoldEvent",
    "LossRate",
    "Product",
    "Return",
    "ReturnLine",
    "Sale",
    "SaleLine",
    "ShelfBelief",
    "ShelfObservation",
    "StockChange",
    "StockCount",
    "StockLevel",
    "StockMovement",
    "StockQuestion",
    "StoreTap",
    "Synonym",
    "WaitlistEntry",
    "search_text",
]
