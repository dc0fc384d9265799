"""The levels of products in a store; those that are not there yet are made."""

from collections.abc import Iterable

from inventory.models import StockLevel


def level_ids_for(store_id: int, product_ids: Iterable[int]) -> dict[int, int]:
    """The level's id of each product in this store, made with nothing on hand where there is none."""
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    levels = StockLevel.objects.filter(store_id=store_id, product_id__in=wanted).values_list("product_id", "pk")
    found = dict(levels)
    missing = [pk for pk in wanted if pk not in found]
    if missing:
        # In this order everywhere: somebody else may be making the same levels.
        StockLevel.objects.bulk_create(
            [StockLevel(store_id=store_id, product_id=pk) for pk in missing], ignore_conflicts=True
        )
        found |= dict(levels.filter(product_id__in=missing))
    return found
