"""The public door: which store has it, and how sure are we."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.permissions import public
from inventory.forms import LookForm, typed_place
from inventory.models import Product
from inventory.selectors.alternatives import alternatives
from inventory.selectors.availability import MAX_STORES, availability_of
from inventory.selectors.catalogue import bare_name, find_products, towns, variants
from inventory.selectors.nearby import nearest_levels
from inventory.stock_doors import doors_of, product_url, with_query
from inventory.stock_page import NEAREST, alike, nobody_has_it, stock_view
from inventory.structured import data_block, product_data
from inventory.tickets import product_channel, write_ticket
from inventory.views.caching import shared
from inventory.views.places import near_url, place_of, whole_url

# A search may be kept for long: what it says of stores is a number, not a promise.
SEARCH_SECONDS = 60
# A look at a product is old when the next till has sold one; the open page hears of it, and asks.
LOOK_SECONDS = 5


@public
@require_safe
@shared(SEARCH_SECONDS)
def look(request: HttpRequest) -> HttpResponse:
    """Search: one hit by number goes straight to the product, several are listed."""
    form = LookForm(request.GET)
    form.is_valid()
    wanted, near = _words(form, "q"), _words(form, "near")
    found = find_products(wanted)
    # Who misspelt the product gets to the place on its page: one page asks the database three times at most.
    place, trouble = place_of(near, wanted) if found.is_called else (None, "")
    near = place.name if place and place.typed else near
    if found.is_called and len(found.products) == 1:
        return redirect(product_url(found.products[0], near))
    context = {
        "form": LookForm({"q": wanted, "near": near}),
        "wanted": wanted,
        "place": place,
        "place_trouble": trouble,
        "found": found,
        "hits": [(product, bare_name(product), product_url(product, near)) for product in found.products],
        "towns": [] if wanted or trouble else [(town, near_url(town, wanted)) for town in towns()],
    }
    return render(request, "inventory/look.html", context)


@public
@require_safe
@shared(LOOK_SECONDS)
def stock(request: HttpRequest, sku: str) -> HttpResponse:
    """One product in the stores that keep it, nearest first."""
    product = get_object_or_404(Product.objects.on_sale(), sku=sku)
    now = timezone.now()
    context = _stores(request, product, now)
    near, rows = context["near"], context["rows"]
    sisters = [(sister, product_url(sister, near)) for sister in variants(product)]
    url = whole_url(request, reverse("stock-product", args=[sku]))
    context |= {
        "form": LookForm({"q": product.name, "near": near}),
        "variants": sisters,
        "url": url,
        "data": data_block(product_data(product, rows, url)),
    }
    return render(request, "inventory/stock.html", context)


@public
@require_safe
@shared(0)
def stores_part(request: HttpRequest, sku: str) -> HttpResponse:
    """The list alone: what an open page asks for when a word has changed, or without a stream again and again."""
    product = get_object_or_404(Product.objects.on_sale(), sku=sku)
    return render(request, "inventory/_stores.html", _stores(request, product, timezone.now()))


@public
@require_safe
@never_cache
def ticket(request: HttpRequest, sku: str) -> JsonResponse:
    """A fresh ticket for the product's live stream, and the time; a page asks at every (re)connect."""
    product = get_object_or_404(Product.objects.on_sale().only("pk"), sku=sku)
    return JsonResponse({"ticket": write_ticket([product_channel(product.pk)]), "now": int(timezone.now().timestamp())})


def _words(form: LookForm, field: str) -> str:
    return str(form.cleaned_data.get(field, ""))


def _stores(request: HttpRequest, product: Product, now: datetime) -> dict[str, Any]:
    """What the list says; `?far=1` asks for the stores farther away as well."""
    near = typed_place(request.GET.get("near", ""))
    place, trouble = place_of(near)
    point = place.point if place else None
    most = MAX_STORES if request.GET.get("far") else NEAREST
    # One more than is shown tells whether there are more.
    ids = nearest_levels(product.pk, point, limit=most + 1)
    rows = availability_of(ids, now=now, near=point, exact=request.user.is_authenticated)
    view = stock_view(rows, place, now, doors_of(product.sku), most=most)
    shown = rows[: len(view.statements)]
    others = alternatives(product, [row.store.pk for row in shown], now=now) if nobody_has_it(shown) else []
    return {
        "product": product,
        "near": near,
        "place": place,
        "place_trouble": trouble,
        "rows": shown,
        "view": view,
        "farther_url": _farther_url(product, near, view.next_anchor, is_far=most == MAX_STORES),
        "alternatives": alike(others, near),
        "now": now,
    }


def _farther_url(product: Product, near: str, next_anchor: str, *, is_far: bool) -> str:
    """Where the list goes on; empty when it ends here, or when it is as long as it gets."""
    if not next_anchor or is_far:
        return ""
    return f"{with_query(reverse('stock-product', args=[product.sku]), near=near, far=1)}#{next_anchor}"
