"""What one look at one product in all stores asks of the database."""

import time

from django.utils import timezone

from cxportal.bench.figures import Figure, note
from cxportal.bench.raw_till import statements_of
from cxportal.bench.shape import EVERYWHERE
from inventory.geo import Point
from inventory.models import Product
from inventory.selectors.availability import availability

HERE = Point(40.1, -88.0)


def availability_everywhere() -> Figure:
    """Statements for the product that every store keeps."""
    product = Product.objects.get(sku=EVERYWHERE)
    rows: list[object] = []
    seen = statements_of(lambda: rows.extend(availability(product.pk, now=timezone.now(), near=HERE)))
    started = time.perf_counter()
    availability(product.pk, now=timezone.now(), near=HERE)
    spent_ms = (time.perf_counter() - started) * 1000
    note(f"availability in {len(rows)} stores: {len(seen)} statements, {spent_ms:.0f} ms")
    return Figure("availability_500_statements", len(seen), n=len(rows), more={"ms": spent_ms})
