"""What a shopper may do about one product in one store: one thing, and a small one beside it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from inventory.models import Product
from inventory.selectors.availability import StoreAvailability

# A plain link to an open map: nothing of the shopper's goes with it, and the page itself loads nothing from there.
WAY = "https://www.openstreetmap.org/directions?to="
# Stands for the store's code while an address is made: one is made for a product, not one for each of its stores.
ANY_STORE = "any-store"


@dataclass(frozen=True)
class Doors:
    """Where one product is held, asked for and waited for; ANY_STORE stands in the place of the store's code."""

    hold: str
    ask: str
    wait: str
    store: str


def doors_of(sku: str) -> Doors:
    """The doors of the product with this SKU."""
    return Doors(
        hold=reverse("stock-hold", args=[sku, ANY_STORE]),
        ask=reverse("stock-ask", args=[sku, ANY_STORE]),
        wait=f"{reverse('stock-wait', args=[sku])}?store={ANY_STORE}",
        store=reverse("stock-store", args=[ANY_STORE]),
    )


def action(row: StoreAvailability, doors: Doors) -> dict[str, str]:
    """The one thing to do: have it held, ask first, or wait for it."""
    label, door = {
        "SURE": ("Hold it for me", doors.hold),
        "GONE": ("Tell me when it is back", doors.wait),
    }.get(row.band, ("Ask the store", doors.ask))
    return {"label": label, "url": for_store(door, row.store.code), "note": ""}


def beside(row: StoreAvailability) -> dict[str, str] | None:
    """What may be done as well: to go there at once, or to call."""
    store = row.store
    if row.band == "SURE":
        return {"label": "Show me the way", "url": way_to(store.latitude, store.longitude)}
    if row.band in ("ASK", "UNKNOWN") and store.phone:
        return {"label": f"Or call {store.phone}", "url": call(store.phone)}
    return None


def for_store(door: str, code: str) -> str:
    """The address of a door, for the store of this code."""
    before, _, after = door.rpartition(ANY_STORE)
    return f"{before}{code}{after}"


def way_to(latitude: float, longitude: float) -> str:
    """Directions to a place, on an open map."""
    return f"{WAY}{latitude},{longitude}"


def call(phone: str) -> str:
    """What a phone dials."""
    return f"tel:{phone.replace(' ', '')}"


def product_url(product: Product, near: str, **more: Any) -> str:
    """The stock page of a product, the place kept."""
    return with_query(reverse("stock-product", args=[product.sku]), near=near, **more)


def with_query(url: str, **given: Any) -> str:
    """`url` with those of `given` that are not empty."""
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{url}?{query}" if query else url
