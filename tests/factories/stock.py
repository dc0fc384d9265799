"""Products, the book of stock, sales, holds."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from customers.models import Customer, Store
from inventory.models import Discrepancy, Hold, Product, Sale, SaleLine, StockLevel, StockMovement, WaitlistEntry
from tests.factories.people import make_customer, make_interaction, make_store
from tests.factories.values import NOW, numbers


def make_product(**values: Any) -> Product:
    """A product for 9.99."""
    number = next(numbers)
    defaults = {"sku": f"P{number:05}", "name": f"Product {number}", "price": Decimal("9.99")}
    return Product.objects.create(**{**defaults, **values})


def make_level(*, on_hand: int = 0, **values: Any) -> StockLevel:
    """A counter and the movement that opens it, so that the book adds up."""
    store = values.pop("store", None) or make_store()
    product = values.pop("product", None) or make_product()
    level = StockLevel.objects.create(store=store, product=product, on_hand=on_hand, **values)
    if on_hand or level.held:
        make_movement(level, quantity=on_hand, held_change=level.held)
    return level


def make_movement(level: StockLevel, *, quantity: int = 1, held_change: int = 0, **values: Any) -> StockMovement:
    """One line of the book; it does not move the counter."""
    defaults = {
        "kind": StockMovement.Kind.OPENING,
        "on_hand_after": level.on_hand,
        "held_after": level.held,
        "occurred_at": NOW,
        "recorded_at": NOW,
    }
    return StockMovement.objects.create(
        level=level, quantity=quantity, held_change=held_change, **{**defaults, **values}
    )


def make_sale(
    lines: Sequence[tuple[Product, int]] = (),
    *,
    store: Store | None = None,
    customer: Customer | None = None,
    **values: Any,
) -> Sale:
    """A receipt with its ledger row, past the services: it moves no stock."""
    store = store or make_store()
    receipt = values.pop("receipt", f"R{next(numbers)}")
    interaction = make_interaction(
        store=store,
        customer=customer,
        subject=f"sale:{receipt}",
        event_id=values.pop("event_id", f"{store.code}:{receipt}"),
    )
    total = sum((product.price * quantity for product, quantity in lines), Decimal(0))
    defaults = {"sold_at": NOW, "recorded_at": NOW, "total": total, "currency": store.currency}
    sale = Sale.objects.create(
        store=store, customer=customer, interaction=interaction, receipt=receipt, **{**defaults, **values}
    )
    for product, quantity in lines:
        SaleLine.objects.create(sale=sale, product=product, quantity=quantity, unit_price=product.price)
    return sale


def make_hold(*, level: StockLevel | None = None, customer: Customer | None = None, **values: Any) -> Hold:
    """A live hold, past the services: the counter does not know of it."""
    defaults = {"because": Hold.Because.SHOPPER, "placed_at": NOW, "expires_at": NOW + timedelta(hours=24)}
    level = level or make_level(on_hand=5)
    return Hold.objects.create(
        level=level, store_id=level.store_id, customer=customer or make_customer(), **{**defaults, **values}
    )


def make_wait(**values: Any) -> WaitlistEntry:
    """Somebody who waits."""
    customer = values.pop("customer", None) or make_customer()
    product = values.pop("product", None) or make_product()
    stores = values.pop("stores", ())
    wait = WaitlistEntry.objects.create(customer=customer, product=product, **{"joined_at": NOW, **values})
    wait.stores.set(stores)
    return wait


def make_discrepancy(**values: Any) -> Discrepancy:
    """Two pieces that the book never had."""
    level = values.pop("level", None) or make_level()
    return Discrepancy.objects.create(level=level, **{"missing": 2, "opened_at": NOW, **values})
