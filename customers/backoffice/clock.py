"""Moments as the store's own clock shows them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from customers.models import Store


def store_time(moment: datetime | None, store: Store | None) -> str:
    """ "2026-03-01 17:05 EST"; without a store in UTC."""
    if moment is None:
        return "-"
    local = moment.astimezone(ZoneInfo(store.time_zone if store else "UTC"))
    return f"{local:%Y-%m-%d %H:%M %Z}"
