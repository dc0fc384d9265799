"""The public page of one store: where it is, when it is open, and whether it has what somebody looks for."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.models import Store
from customers.permissions import public
from inventory.forms import LookForm
from inventory.geo import Point
from inventory.models import Product
from inventory.selectors.availability import StoreAvailability, availability_of
from inventory.selectors.catalogue import bare_name, find_products
from inventory.selectors.nearby import nearest_stores
from inventory.selectors.shelf_of_store import came_lately, levels_of
from inventory.stock_doors import doors_of, product_url
from inventory.stock_page import statement
from inventory.store_page import AROUND, store_view
from inventory.structured import data_block, store_data
from inventory.views.caching import shared
from inventory.views.places import whole_url

LOOK_SECONDS = 30
# A store is asked for one thing at a time: who gets more hits than these types another word.
MOST_HITS = 8


@public
@require_safe
@shared(LOOK_SECONDS)
def store(request: HttpRequest, code: str) -> HttpResponse:
    """One trading store."""
    shop = get_object_or_404(Store.objects.trading(), code=code)
    now = timezone.now()
    form = LookForm(request.GET)
    form.is_valid()
    wanted = str(form.cleaned_data.get("q", ""))
    url = whole_url(request, reverse("stock-store", args=[code]))
    context = {
        "store": shop,
        "wanted": wanted,
        "view": store_view(shop, _around(shop), came_lately(shop.pk, now=now), now),
        "url": url,
        "data": data_block(store_data(shop, url, now.astimezone(ZoneInfo(shop.time_zone)).date())),
        **(_search(shop, wanted, now, exact=request.user.is_authenticated) if wanted else {}),
    }
    return render(request, "inventory/store.html", context)


def _around(shop: Store) -> list[Store]:
    """The stores nearest to this one, without itself."""
    ids = nearest_stores(Point(shop.latitude, shop.longitude), limit=AROUND + 1)
    found = Store.objects.in_bulk([pk for pk in ids if pk != shop.pk])
    return [found[pk] for pk in ids if pk in found][:AROUND]


def _search(shop: Store, wanted: str, now: datetime, *, exact: bool) -> dict[str, Any]:
    """Whether it is here: what the store says of each product found, and what it does not keep."""
    found = find_products(wanted, limit=MOST_HITS)
    levels = levels_of(shop.pk, found.products)
    rows = {row.product_id: row for row in availability_of(levels.values(), now=now, exact=exact)}
    kept = [(product, rows[product.pk]) for product in found.products if product.pk in rows]
    return {
        "is_called": found.is_called,
        "is_capped": found.is_capped,
        "statements": [_said(product, row, shop) for product, row in kept],
        "not_kept": [
            (product, product_url(product, shop.name)) for product in found.products if product.pk not in rows
        ],
    }


def _said(product: Product, row: StoreAvailability, shop: Store) -> dict[str, Any]:
    """A statement with the product in the place of the store."""
    facts = " ".join(fact for fact in (product.size, product.colour) if fact)
    said = statement(row, doors=doors_of(product.sku))
    product_words = {"store": bare_name(product), "store_url": product_url(product, shop.name), "hours": facts}
    return {**said, **product_words, "anchor": f"item-{product.pk}"}
