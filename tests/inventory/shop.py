"""A shop for tests of promises: people who wait and hold, what the book says of them, what they were told."""

from datetime import datetime
from typing import Any

from customers.models import Customer, Message, Store
from inventory.models import Hold, Product, StockLevel, StockMovement, WaitlistEntry
from inventory.services.holds import place_hold
from inventory.services.ledger_check import check_ledger
from inventory.services.stock import Move, move_stock
from inventory.services.waitlist import join_waitlist
from tests.factories import NOW, make_customer, make_level, make_wellknown

Wants = WaitlistEntry.Wants


def shelf(on_hand: int, **values: Any) -> StockLevel:
    """A level with its store, and all that services write with."""
    make_wellknown()
    return make_level(on_hand=on_hand, **values)


def somebody(**values: Any) -> Customer:
    """A customer who can be told by e-mail."""
    customer = make_customer(email=values.pop("email", "") or "shopper@example.org", **values)
    make_wellknown()
    return customer


def hold(level: StockLevel, customer: Customer | None = None, *, now: datetime = NOW, **values: Any) -> Hold:
    """A shopper asks on the page."""
    because = values.pop("because", Hold.Because.SHOPPER)
    return place_hold(customer=customer or somebody(), level=level, because=because, now=now, **values)


def wait(
    *levels: StockLevel, customer: Customer | None = None, now: datetime = NOW, wants: Wants = Wants.HOLD
) -> WaitlistEntry:
    """Somebody waits for what these stores sell out of."""
    stores: list[Store] = [level.store for level in levels]
    product: Product = levels[0].product
    return join_waitlist(customer=customer or somebody(), product=product, stores=stores, wants=wants, now=now)


def deliver(level: StockLevel, quantity: int, *, now: datetime = NOW) -> None:
    """So many come in."""
    move_stock([Move(level.pk, StockMovement.Kind.DELIVERY, quantity)], occurred_at=now, now=now)


def counters(level: StockLevel) -> tuple[int, int]:
    """(on hand, held), and the book adds up."""
    check = check_ledger()
    assert check.wrong == 0, check.first
    level.refresh_from_db()
    return level.on_hand, level.held


def states(*entries: WaitlistEntry) -> list[str]:
    """How each of them stands now."""
    found = dict(WaitlistEntry.objects.values_list("pk", "state"))
    return [found[entry.pk] for entry in entries]


def told(customer: Customer) -> list[str]:
    """What he was told, in order."""
    return list(Message.objects.filter(customer=customer).order_by("id").values_list("kind", flat=True))
