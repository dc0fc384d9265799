"""Keeping items aside for customers."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import Customer, Interaction
from customers.services.ledger import record_interaction
from customers.wellknown import channel, source, touchpoint
from inventory.models import Hold, HoldEvent, StockLevel, StockMovement
from inventory.services.stock import Balance, Move, write_moves


@transaction.atomic
def place_hold(
    *,
    customer: Customer,
    level: StockLevel,
    because: Hold.Because,
    now: datetime,
    quantity: int = 1,
    staff: Any = None,
) -> Hold:
    """Keep `quantity` items aside for `customer` until the store's hold time (hours) has passed.

    Raises ValidationError(code="NOTHING_FREE") when the book has no such number free, and code="ALREADY_HELD" when
    this customer has a live hold on it.
    """
    # Two shoppers may ask for the last item at once: only the row that the UPDATE hit tells the truth.
    if not StockLevel.objects.filter(pk=level.pk).with_free(quantity).take(quantity):
        raise ValidationError("Nothing is free in this store.", code="NOTHING_FREE")
    if Hold.objects.filter(level=level, customer=customer, state__in=Hold.LIVE).exists():
        raise ValidationError("This customer has one kept aside already.", code="ALREADY_HELD")
    hold = Hold.objects.create(
        level=level,
        store_id=level.store_id,
        customer=customer,
        quantity=quantity,
        because=because,
        placed_at=now,
        expires_at=now + timedelta(hours=level.store.hold_hours),
    )
    log_hold(hold, HoldEvent.Kind.PLACED, now=now, staff=staff)
    _book(hold, StockMovement.Kind.HOLD_PLACED, now=now)
    return hold


def log_hold(hold: Hold, kind: HoldEvent.Kind, *, now: datetime, staff: Any = None) -> HoldEvent:
    """One moment of a hold, with its row in the ledger."""
    entry = record_interaction(
        kind=Interaction.Kind.HOLD,
        occurred_at=now,
        now=now,
        source_id=source("portal"),
        event_id=f"hold:{hold.pk}:{kind.lower()}",
        channel_id=channel("store"),
        touchpoint_id=touchpoint("store-hold"),
        customer_id=hold.customer_id,
        store_id=hold.level.store_id,
        direction=Interaction.Direction.INTERNAL if staff else Interaction.Direction.INBOUND,
        subject=f"hold:{hold.pk}",
        facts={
            "hold": hold.pk,
            "event": kind.value,
            "product": hold.level.product_id,
            "quantity": hold.quantity,
            "until": hold.expires_at.isoformat(),
        },
    )
    return HoldEvent.objects.create(hold=hold, kind=kind, interaction=entry, staff=staff, occurred_at=now)


def _book(hold: Hold, kind: StockMovement.Kind, *, now: datetime) -> None:
    """The counter was moved by the conditional UPDATE; read it back under its lock and write the book."""
    values = StockLevel.objects.values_list("id", "store_id", "product_id", "on_hand", "held").get(pk=hold.level_id)
    move = Move(hold.level_id, kind, 0, held_change=hold.quantity, hold_id=hold.pk)
    write_moves([move], {hold.level_id: Balance(*values)}, occurred_at=now, now=now)
