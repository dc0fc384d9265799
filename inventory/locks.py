"""Locks on stock levels: always in primary key order, always inside a transaction."""

from collections.abc import Iterable

from inventory.models import StockLevel


def lock_levels(level_ids: Iterable[int]) -> None:
    """Lock these levels until the transaction ends; others wait, nobody deadlocks."""
    wanted = sorted(set(level_ids))
    list(StockLevel.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
