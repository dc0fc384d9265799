"""What search engines and assistants read of a page: schema.org, as JSON-LD."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from customers.hours import DAYS
from customers.models import Store
from inventory.models import Product
from inventory.selectors.availability import Shop, StoreAvailability

CONTEXT = "https://schema.org"
# "Ask first" is what schema.org calls limited; the number of pieces is nobody's business.
AVAILABILITY = {
    "SURE": "InStock",
    "ASK": "LimitedAvailability",
    "UNKNOWN": "LimitedAvailability",
    "GONE": "OutOfStock",
}
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# An element of data ends at the first "</script": nothing that a name may hold is written as it is.
ESCAPES = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


def data_block(data: dict[str, Any]) -> SafeString:
    """`data` as it may stand within <script type="application/ld+json">."""
    text = json.dumps({"@context": CONTEXT, **data}, separators=(",", ":"), ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - everything that could end the element is escaped


def product_data(product: Product, rows: Sequence[StoreAvailability], url: str) -> dict[str, Any]:
    """A product with an offer for each store in the list."""
    known = {
        "gtin": product.gtin,
        "category": product.category,
        "color": product.colour,
        "size": product.size,
        "brand": {"@type": "Brand", "name": product.brand} if product.brand else "",
    }
    return {
        "@type": "Product",
        "name": product.name,
        "sku": product.sku,
        "url": url,
        **{name: value for name, value in known.items() if value},
        "offers": [_offer(product, row) for row in rows],
    }


def _offer(product: Product, row: StoreAvailability) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "price": str(product.price),
        "priceCurrency": product.currency,
        "availability": f"{CONTEXT}/{AVAILABILITY[row.band]}",
        "availableAtOrFrom": _place(row.store),
    }


def _place(store: Shop | Store) -> dict[str, Any]:
    address = {"@type": "PostalAddress", "streetAddress": store.street, "addressLocality": store.city}
    return {
        "@type": "Store",
        "name": store.name,
        "branchCode": store.code,
        "address": {name: value for name, value in address.items() if value},
    }


def store_data(store: Store, url: str, today: date) -> dict[str, Any]:
    """A store: where it is, its phone, its hours, and those of the days that differ."""
    week = [
        _hours(span, dayOfWeek=name)
        for day, name in zip(DAYS, DAY_NAMES, strict=True)
        if (span := store.hours.get(day))
    ]
    special = [
        _hours(span or ["00:00", "00:00"], validFrom=day, validThrough=day)
        for day, span in sorted(store.holidays.items())
        if day >= today.isoformat()
    ]
    return {
        **_place(store),
        "url": url,
        **({"telephone": store.phone} if store.phone else {}),
        "geo": {"@type": "GeoCoordinates", "latitude": store.latitude, "longitude": store.longitude},
        "openingHoursSpecification": week,
        "specialOpeningHoursSpecification": special,
    }


def _hours(span: Sequence[str], **days: str) -> dict[str, Any]:
    # schema.org has no 24:00: the end of a day is its last minute.
    opens, closes = (time.replace("24:00", "23:59") for time in span)
    return {"@type": "OpeningHoursSpecification", **days, "opens": opens, "closes": closes}
