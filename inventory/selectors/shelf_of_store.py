"""Reads of what one store keeps, for its public page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from inventory.models import Product, StockLevel

LATELY_DAYS = 14
MOST_LATELY = 8


def levels_of(store_id: int, products: Sequence[Product]) -> dict[int, int]:
    """The level of each of these products in the store, by product; those it never kept are left out."""
    rows = StockLevel.objects.filter(store=store_id, product__in=[product.pk for product in products])
    return dict(rows.values_list("product_id", "pk"))


def came_lately(store_id: int, *, now: datetime) -> list[StockLevel]:
    """What was delivered to the store in the last two weeks and is still in its book, the newest first."""
    return list(
        StockLevel.objects.filter(
            store=store_id,
            product__is_active=True,
            last_received_at__gt=now - timedelta(days=LATELY_DAYS),
            on_hand__gt=F("held"),
        )
        .select_related("product")
        .order_by("-last_received_at", "-on_hand", "pk")[:MOST_LATELY]
    )
