"""Waiting for a product: joining the line, leaving it, and where somebody stands in it."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from customers.models import Customer, Interaction, Store
from customers.services.ledger import record_interaction
from customers.wellknown import channel, source, touchpoint
from inventory.locks import lock_levels
from inventory.models import Hold, Product, StockLevel, WaitlistEntry
from inventory.promises import MOST_PIECES, MOST_WAITS, NO_SHOW_DAYS, NO_SHOWS
from inventory.services.ending import RELEASED, end_holds
from inventory.services.line import serve_line

State = WaitlistEntry.State
Wants = WaitlistEntry.Wants

# Those before him who would take it in a store of his.
BEFORE = """
SELECT count(*) FROM inventory_waitlistentry o, inventory_waitlistentry me
WHERE me.id = %s AND o.product_id = me.product_id AND o.state = 'WAITING'
  AND (o.joined_at, o.id) < (me.joined_at, me.id) AND o.wants = 'HOLD' AND EXISTS (
    SELECT FROM inventory_waitlistentry_stores a
    JOIN inventory_waitlistentry_stores b ON b.store_id = a.store_id AND b.waitlistentry_id = me.id
    WHERE a.waitlistentry_id = o.id)
"""


@transaction.atomic
def join_waitlist(
    *,
    customer: Customer,
    product: Product,
    stores: Iterable[Store],
    wants: WaitlistEntry.Wants,
    now: datetime,
    quantity: int = 1,
) -> WaitlistEntry:
    """Wait for `product` in `stores`, at the end of the line; who waits already adds stores and keeps his place.

    When one is free and nobody is before him, it is his at once: look at the entry's state and hold. Raises
    ValidationError: NO_STORES, TOO_MANY_PIECES, ALREADY_HELD, TOO_MANY_WAITS, NO_SHOWS.
    """
    wanted = sorted(stores, key=lambda store: store.pk)
    if not wanted:
        raise ValidationError("Choose at least one store.", code="NO_STORES")
    if quantity > MOST_PIECES:
        raise ValidationError(f"At most {MOST_PIECES} pieces can be kept aside at a time.", code="TOO_MANY_PIECES")
    person = customer.merged_into_id or customer.pk
    customer = Customer.objects.select_for_update(no_key=True).get(pk=person)
    level_ids = _levels(product.pk, [store.pk for store in wanted])
    # Before the entry is written: a delivery that comes now waits for us, and then finds it.
    lock_levels(level_ids)
    people = list(Customer.objects.members_of(customer).values_list("pk", flat=True))
    open_ones = WaitlistEntry.objects.filter(customer__in=people, state__in=WaitlistEntry.OPEN)
    mine = open_ones.filter(product=product).order_by("joined_at", "pk")
    entry = mine.select_for_update(no_key=True).first()
    if entry is None:
        _check_has_none(people, product)
        if open_ones.count() >= MOST_WAITS:
            message = f"You wait for {MOST_WAITS} products already. Leave one of the lines first."
            raise ValidationError(message, code="TOO_MANY_WAITS")
    if wants == Wants.HOLD and (entry is None or entry.wants != wants):
        _check_comes(people, now)
    if entry is None:
        entry = WaitlistEntry.objects.create(
            customer=customer, product=product, wants=wants, quantity=quantity, joined_at=now
        )
    elif entry.state == State.WAITING and (entry.wants, entry.quantity) != (wants, quantity):
        entry.wants, entry.quantity = wants, quantity
        entry.save(update_fields=["wants", "quantity"])
    entry.stores.add(*wanted)
    _log(entry, "JOINED", now, store_id=wanted[0].pk if len(wanted) == 1 else None)
    # Who got one at once stands before us and waits for the answer: he is told, unlike who never knew of his turn.
    at_once = [hold.pk for hold in serve_line(level_ids, now=now) if hold.customer_id == entry.customer_id]
    Hold.objects.filter(pk__in=at_once).update(because=Hold.Because.SHOPPER)
    entry.refresh_from_db()
    return entry


def _check_has_none(people: list[int], product: Product) -> None:
    if Hold.objects.filter(customer__in=people, state__in=Hold.LIVE, level__product=product).exists():
        raise ValidationError("One is kept aside for you already.", code="ALREADY_HELD")


def _check_comes(people: list[int], now: datetime) -> None:
    """A place in line becomes a hold: who lets them lie is told, and asks the staff."""
    lately = Hold.objects.filter(customer__in=people, placed_at__gt=now - timedelta(days=NO_SHOW_DAYS))
    if lately.filter(state=Hold.State.EXPIRED, in_hand_at__isnull=False).count() >= NO_SHOWS:
        message = "Some that were kept aside for you were not collected. Choose “Only tell me”, or call the store."
        raise ValidationError(message, code="NO_SHOWS")


def _levels(product_id: int, store_ids: list[int]) -> list[int]:
    """The levels of the product there; made where there are none, so that there is something to wait at."""
    StockLevel.objects.bulk_create(
        [StockLevel(store_id=store_id, product_id=product_id) for store_id in store_ids], ignore_conflicts=True
    )
    return list(StockLevel.objects.filter(product=product_id, store__in=store_ids).values_list("pk", flat=True))


@transaction.atomic
def leave_waitlist(*, entry: WaitlistEntry, now: datetime) -> WaitlistEntry:
    """Leave the line; what is kept aside for him now goes to the next. Who has left already stays gone."""
    Customer.objects.select_for_update(no_key=True).get(pk=entry.customer_id)
    hold = Hold.objects.filter(wait=entry, state__in=Hold.LIVE).first()
    if hold is not None:
        lock_levels([hold.level_id])
    fresh = WaitlistEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if fresh.state not in WaitlistEntry.OPEN:
        return fresh
    if fresh.state == State.OFFERED:
        if hold is None or fresh.hold_id != hold.pk:
            # It was offered while we were coming.
            raise ValidationError("One has just been kept aside for you. Look again.", code="JUST_OFFERED")
        end_holds([hold.pk], RELEASED, now=now)
        serve_line([hold.level_id], now=now)
    WaitlistEntry.objects.filter(pk=fresh.pk).update(state=State.LEFT, ended_at=now)
    _log(fresh, "LEFT", now)
    fresh.refresh_from_db()
    return fresh


def position(entry: WaitlistEntry) -> int:
    """How many get one before him, and himself: 1 is next. 0 when he does not wait."""
    if entry.state != State.WAITING:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [entry.pk])
        return int(cursor.fetchone()[0]) + 1


def _log(entry: WaitlistEntry, event: str, now: datetime, store_id: int | None = None) -> None:
    record_interaction(
        kind=Interaction.Kind.WAITLIST,
        occurred_at=now,
        now=now,
        source_id=source("portal"),
        # Adding a store is told each time, so the entry alone is no name for it.
        event_id=f"wait:{entry.pk}:{event.lower()}:{uuid.uuid4().hex[:12]}",
        channel_id=channel("web"),
        touchpoint_id=touchpoint("waiting-list"),
        customer_id=entry.customer_id,
        store_id=store_id,
        subject=f"wait:{entry.pk}",
        facts={"event": event, "product": entry.product_id, "quantity": entry.quantity, "wants": entry.wants},
    )
