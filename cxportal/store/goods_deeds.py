"""What is done with goods that come and go: deliveries, transfers."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from customers.models import Store
from cxportal.store.answers import Answer, done
from cxportal.store.deed import Deed
from cxportal.store.forms import TransferForm, checked, numbered
from cxportal.store.words import pieces
from inventory.models import Delivery, DeliveryLine, Product
from inventory.services.deliveries import receive_delivery, send_transfer

ITEM = "item-"
NOON = time(12)
MOST_NAMED = 3
# Digits of the largest primary key.
LONGEST_KEY = 19


def receive(deed: Deed) -> Answer:
    """What came of a delivery is put into the book; what differs from the note is named."""
    delivery: Delivery = deed.row(Delivery.objects.filter(store=deed.store))
    typed = numbered(dict(deed.values))
    received = {int(name): number for name, number in typed.items() if name.isdecimal() and len(name) <= LONGEST_KEY}
    receive_delivery(delivery=delivery, received=received, now=deed.now, staff=deed.staff, received_at=deed.at)
    lines = list(delivery.lines.select_related("product").order_by("product__name", "pk"))
    came = sum(line.received or 0 for line in lines)
    return done(f"Delivery {delivery.number}: {pieces(came)} came. {differences(lines)}")


def differences(lines: list[DeliveryLine]) -> str:
    """What came short or over, in words."""
    odd = [(line.product.name, (line.received or 0) - line.expected) for line in lines]
    told = [f"{name}: {abs(gap)} {'over' if gap > 0 else 'short'}" for name, gap in odd if gap]
    if not told:
        return "As written."
    more = f", and {len(told) - MOST_NAMED} more lines differ" if len(told) > MOST_NAMED else ""
    return f"{', '.join(told[:MOST_NAMED])}{more}."


def send(deed: Deed) -> Answer:
    """Pieces leave this store's book and are expected in another."""
    given = checked(TransferForm(dict(deed.values)))
    receiver = Store.objects.trading().filter(code=given["to"]).first()
    if receiver is None:
        raise ValidationError("No store has this code.", code="UNREADABLE")
    delivery = send_transfer(
        sender=deed.store,
        receiver=receiver,
        number=given["number"] or f"{deed.store.code}-{deed.at:%Y%m%d-%H%M%S}",
        expected_at=_arrival(deed.at, receiver),
        lines=_lines(deed),
        now=deed.at,
        staff=deed.staff,
    )
    return done(f"Transfer {delivery.number} to {receiver.name} is on its way. The pieces have left this book.")


def _arrival(sent_at: datetime, receiver: Store) -> datetime:
    """Noon of the next day, in the receiver's clock: a plan, until somebody says otherwise."""
    zone = ZoneInfo(receiver.time_zone)
    return datetime.combine(sent_at.astimezone(zone).date() + timedelta(days=1), NOON, zone)


def _lines(deed: Deed) -> dict[int, int]:
    """Pieces by product id. ValidationError(code="UNREADABLE") that names what nobody sells."""
    typed = {name: number for name, number in numbered(dict(deed.values)).items() if number}
    items = {name: deed.values.get(f"{ITEM}{name}", "").strip() for name in typed}
    wanted = {item for item in items.values() if item.isprintable()}
    products = Product.objects.filter(sku__in=wanted) | Product.objects.exclude(gtin="").filter(gtin__in=wanted)
    known = {code: product.pk for product in products for code in (product.sku, product.gtin) if code}
    if not typed:
        raise ValidationError("Type at least one item and how many pieces.", code="UNREADABLE")
    if unknown := [item for item in items.values() if item not in known]:
        raise ValidationError(f"No product has the number “{unknown[0][:40]}”.", code="UNREADABLE")
    lines: dict[int, int] = {}
    for name, number in typed.items():
        lines[known[items[name]]] = lines.get(known[items[name]], 0) + number
    return lines
