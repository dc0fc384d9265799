"""Deliveries that the demo's stores expect: of what sold out there. Simulated; nobody has received them."""

from datetime import datetime, timedelta

from customers.models import Store
from inventory.models import StockLevel
from inventory.services.deliveries import expect_delivery

STORES = 8
PRODUCTS = 6
PIECES = 6
# The first comes while somebody looks at the demo, the others on the days after.
FIRST_AFTER = timedelta(hours=2)
APART = timedelta(hours=19)


def write_arrivals(*, now: datetime) -> int:
    """Expect one delivery in each of the first stores; returns how many."""
    written = 0
    for place, store in enumerate(Store.objects.order_by("id")[:STORES]):
        gone = StockLevel.objects.filter(store=store, on_hand__lte=0, last_sold_at__isnull=False)
        products = gone.order_by("-last_sold_at", "id").values_list("product_id", flat=True)[:PRODUCTS]
        lines = dict.fromkeys(products, PIECES)
        if not lines:
            continue
        expected_at = now + FIRST_AFTER + place * APART
        expect_delivery(store=store, number=f"D-{place + 1:04d}", expected_at=expected_at, lines=lines, now=now)
        written += 1
    return written
