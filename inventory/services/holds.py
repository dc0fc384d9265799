"""Keeping items aside for customers: from the request over the clerk's look at the shelf to its end."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from customers.models import Customer, Interaction
from customers.services.ledger import record_interaction
from customers.wellknown import channel, source, touchpoint
from inventory.locks import lock_levels
from inventory.models import Hold, HoldEvent, ShelfObservation, StockLevel, WaitlistEntry
from inventory.promises import MOST_PIECES, hold_until
from inventory.services.answers import say_in_hand, say_not_found, when_told
from inventory.services.beliefs import observe
from inventory.services.book import Balance
from inventory.services.discrepancies import note_discrepancies
from inventory.services.ending import COLLECTED, NOT_FOUND, RELEASED, End, Ended, end_holds
from inventory.services.expiry import expire_due, expire_on
from inventory.services.line import serve_line
from inventory.services.placing import Placed, Wish, put_aside
from inventory.services.settling import settle_with_receipt

State = Hold.State

REFUSALS = {
    "NOTHING_FREE": "Nothing is free in this store.",
    "ALREADY_HELD": "One is kept aside for this customer already.",
    "TOO_MANY_HOLDS": "Three are kept aside for you already. Collect one or give it back first.",
    "TOO_MANY_IN_STORE": "Two are kept aside for you in this store already.",
    "STORE_BUSY": "This store has too many to look for just now. Try again in an hour, or call.",
    "NO_SHOWS": "Some that were kept aside for you were not collected. Call the store, and they keep it aside for you.",
    "TOO_MANY_PIECES": f"At most {MOST_PIECES} pieces can be kept aside at a time.",
}
ENDED = "This hold has ended already."
LOCK_CUSTOMER = "SELECT id FROM customers_customer WHERE id = %s FOR NO KEY UPDATE"


def place_hold(
    *,
    customer: Customer,
    level: StockLevel,
    because: Hold.Because,
    now: datetime,
    quantity: int = 1,
    staff: Any = None,
) -> Hold:
    """Ask the store to keep `quantity` items aside for `customer`, until it closes after its hold time (hours).

    The store's limit on requests is kept about, the customer's own exactly. Raises ValidationError with a code of
    REFUSALS; staff are bound by NOTHING_FREE and ALREADY_HELD alone. Nobody is refused for the sake of a hold that is
    over: it is ended first, and goes to the line first.
    """
    is_shopper = because == Hold.Because.SHOPPER and staff is None
    if is_shopper and quantity > MOST_PIECES:
        raise _refused("TOO_MANY_PIECES")
    store = level.store
    wish = Wish(
        level_id=level.pk,
        store_id=level.store_id,
        customer_id=customer.merged_into_id or customer.pk,
        quantity=quantity,
        because=because,
        now=now,
        until=hold_until(now, store.hold_hours, store.hours, store.holidays, store.time_zone),
        staff_id=staff.pk if staff else None,
        has_caps=is_shopper,
    )
    try:
        placed = _place(wish)
    except IntegrityError as error:
        if "one_live_hold_per_customer" not in str(error):
            raise
        raise _refused("ALREADY_HELD") from error
    if placed.hold is None:
        raise _refused(placed.refusal or "NOTHING_FREE")
    return placed.hold


@transaction.atomic
def _place(wish: Wish) -> Placed:
    # His holds can't be counted while he places another; the next statement sees all that was before.
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CUSTOMER, [wish.customer_id])
    placed = put_aside(wish)
    if not (placed.hold or placed.refusal) and placed.has_due:
        expire_on(wish.level_id, now=wish.now)
        placed = put_aside(wish)
    if placed.is_second:
        raise _refused("ALREADY_HELD")
    return placed


def _refused(code: str) -> ValidationError:
    return ValidationError(REFUSALS[code], code=code)


@transaction.atomic
def find_hold(*, hold: Hold, staff: Any, now: datetime) -> Hold:
    """A clerk has it in hand: only now the shopper is told to come.

    He gets the store's whole hold time from when he can know. Raises ValidationError(code="NOT_LIVE").
    """
    fresh = _locked(hold)
    if fresh.state == State.IN_HAND:
        return fresh
    _check(fresh, State.REQUESTED)
    _look(fresh, was_there=True, now=now)
    fresh.state, fresh.in_hand_at = State.IN_HAND, now
    heard_at = when_told(fresh, now=now)
    fresh.expires_at = max(fresh.expires_at, _until(fresh, heard_at))
    fresh.save(update_fields=["state", "in_hand_at", "expires_at"])
    log_hold(fresh, HoldEvent.Kind.FOUND, now=now, staff=staff)
    say_in_hand(fresh, heard_at=heard_at, now=now)
    return fresh


@transaction.atomic
def miss_hold(*, hold: Hold, staff: Any, now: datetime) -> Hold:
    """A clerk looked and it is not there: the shopper is told where else, and nobody is promised from this shelf.

    Whose turn in line it was keeps his place; another of his stores may have one. Raises
    ValidationError(code="NOT_LIVE").
    """
    others = _levels_of_wait(hold)
    lock_levels([hold.level_id, *others])
    fresh = _locked(hold)
    if fresh.state == State.NOT_FOUND:
        return fresh
    _check(fresh, State.REQUESTED)
    _look(fresh, was_there=False, now=now)
    fresh = _end(fresh, NOT_FOUND, now, staff)
    serve_line(others, now=now)
    say_not_found(fresh, now=now)
    return fresh


@transaction.atomic
def collect_hold(*, hold: Hold, staff: Any, now: datetime) -> Hold:
    """The customer has it: the piece leaves the book; the receipt that follows takes no second one.

    Also straight from the shelf, without having been in hand. Raises ValidationError(code="NOT_LIVE").
    """
    fresh = _locked(hold)
    if fresh.state == State.COLLECTED:
        return fresh
    _check(fresh, *Hold.LIVE)
    if fresh.state == State.REQUESTED:
        _look(fresh, was_there=True, now=now)
    ended = end_holds([fresh.pk], COLLECTED, now=now, staff_id=staff.pk if staff else None)
    if settle_with_receipt(fresh, now=now):
        serve_line([fresh.level_id], now=now)
    else:
        _note_shortage(ended, fresh.quantity, now)
    return _fresh(hold.pk)


def _note_shortage(ended: list[Ended], quantity: int, now: datetime) -> None:
    """A till sold the piece that lay aside, and here it was all the same: the book had one less than there was."""
    balances = {one.level_id: Balance(one.level_id, one.store_id, one.product_id, one.on_hand, 0) for one in ended}
    note_discrepancies(dict.fromkeys(balances, -quantity), balances, because="", now=now)


@transaction.atomic
def release_hold(*, hold: Hold, now: datetime, staff: Any = None) -> Hold:
    """Given back: the next in line gets it, or the shelf. Raises ValidationError(code="NOT_LIVE")."""
    fresh = _locked(hold)
    if fresh.state == State.RELEASED:
        return fresh
    _check(fresh, *Hold.LIVE)
    fresh = _end(fresh, RELEASED, now, staff)
    serve_line([fresh.level_id], now=now)
    return fresh


@transaction.atomic
def extend_hold(*, hold: Hold, now: datetime) -> Hold:
    """Keep it for the store's hold time longer, once; asked again it stays as it is.

    Raises ValidationError(code="NOT_LIVE"), also when its time is over and nobody has ended it yet.
    """
    fresh = _locked(hold)
    if fresh.state in Hold.LIVE and fresh.extended_at:
        return fresh
    _check(fresh, *Hold.LIVE)
    if fresh.expires_at <= now:
        raise ValidationError(ENDED, code="NOT_LIVE")
    fresh.extended_at, fresh.expires_at = now, _until(fresh, fresh.expires_at)
    fresh.save(update_fields=["extended_at", "expires_at"])
    log_hold(fresh, HoldEvent.Kind.EXTENDED, now=now)
    return fresh


def log_hold(hold: Hold, kind: HoldEvent.Kind, *, now: datetime, staff: Any = None) -> HoldEvent:
    """One moment of a hold that stays live, with its row in the ledger."""
    entry = record_interaction(
        kind=Interaction.Kind.HOLD,
        occurred_at=now,
        now=now,
        source_id=source("portal"),
        event_id=f"hold:{hold.pk}:{kind.lower()}",
        channel_id=channel("store" if staff else "web"),
        touchpoint_id=touchpoint("store-hold"),
        customer_id=hold.customer_id,
        store_id=hold.store_id,
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


def _locked(hold: Hold) -> Hold:
    """The row as it is now. Whoever changes a hold has locked its level, so nobody else does until the end."""
    lock_levels([hold.level_id])
    return _fresh(hold.pk)


def _fresh(pk: int) -> Hold:
    return Hold.objects.select_related("level__store", "level__product", "customer").get(pk=pk)


def _check(hold: Hold, *states: Hold.State) -> None:
    if hold.state not in states:
        raise ValidationError("It is in hand already." if hold.state in Hold.LIVE else ENDED, code="NOT_LIVE")


def _look(hold: Hold, *, was_there: bool, now: datetime) -> None:
    observe(level_id=hold.level_id, kind=ShelfObservation.Kind.HOLD, was_there=was_there, now=now, hold=hold)


def _end(hold: Hold, end: End, now: datetime, staff: Any) -> Hold:
    end_holds([hold.pk], end, now=now, staff_id=staff.pk if staff else None)
    return _fresh(hold.pk)


def _until(hold: Hold, start: datetime) -> datetime:
    store = hold.level.store
    return hold_until(start, store.hold_hours, store.hours, store.holidays, store.time_zone)


def _levels_of_wait(hold: Hold) -> list[int]:
    """Where else the one whose turn it is would fetch it."""
    entry = WaitlistEntry.objects.filter(hold=hold, state=WaitlistEntry.State.OFFERED).first()
    if entry is None:
        return []
    levels = StockLevel.objects.filter(product=entry.product_id, store__in=entry.stores.values("pk"))
    return list(levels.exclude(pk=hold.level_id).values_list("pk", flat=True))


__all__ = [
    "REFUSALS",
    "collect_hold",
    "expire_due",
    "extend_hold",
    "find_hold",
    "log_hold",
    "miss_hold",
    "place_hold",
    "release_hold",
]
