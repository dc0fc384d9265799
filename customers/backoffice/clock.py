"""Moments as the store's own clock shows them; those without a store follow cxportal/formats."""

from datetime import datetime
from zoneinfo import ZoneInfo

from customers.models import Store


def store_time(moment: datetime | None, store: Store | None) -> str:
    """ "1 Mar 2026, 17:05 EST"; without a store in UTC."""
    if moment is None:
        return "-"
    local = moment.astimezone(ZoneInfo(store.time_zone if store else "UTC"))
    return f"{local:%-d %b %Y, %H:%M %Z}"
