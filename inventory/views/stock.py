"""The public door: which store has it, and how sure are we."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.permissions import public
from inventory.forms import LookForm, typed_place
from inventory.geo import PointError
from inventory.models import Product
from inventory.selectors.availability import availability
from inventory.selectors.catalogue import Place, bare_name, find_place, find_products, guess_place, towns, variants
from inventory.stock_page import product_url, stock_view
from inventory.tickets import product_channel, write_ticket


@public
@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """Search: one hit by number goes straight to the product, several are listed."""
    form = LookForm(request.GET)
    form.is_valid()
    wanted, near = _words(form, "q"), _words(form, "near")
    found = find_products(wanted)
    # Who misspelt the product gets to the place on its page: one page asks the database three times at most.
    place, trouble = _place(near, wanted) if found.is_called else (None, "")
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
        "towns": [] if wanted or trouble else [(town, _near_url(town, wanted)) for town in towns()],
    }
    return render(request, "inventory/look.html", context)


@public
@require_safe
@never_cache
def stock(request: HttpRequest, sku: str) -> HttpResponse:
    """One product in every store that keeps it, nearest first."""
    product = get_object_or_404(Product.objects.on_sale(), sku=sku)
    context = _stores(request, product, timezone.now())
    sisters = [(sister, product_url(sister, context["near"])) for sister in variants(product)]
    form = LookForm({"q": product.name, "near": context["near"]})
    return render(request, "inventory/stock.html", {**context, "form": form, "variants": sisters})


@public
@require_safe
@never_cache
def stores_part(request: HttpRequest, sku: str) -> HttpResponse:
    """The list alone: what a page without a stream asks for again and again."""
    product = get_object_or_404(Product.objects.on_sale(), sku=sku)
    return render(request, "inventory/_stores.html", _stores(request, product, timezone.now()))


@public
@require_safe
@never_cache
def ticket(request: HttpRequest, sku: str) -> JsonResponse:
    """A fresh ticket for the product's live stream; a page asks at every (re)connect."""
    product = get_object_or_404(Product.objects.on_sale().only("pk"), sku=sku)
    return JsonResponse({"ticket": write_ticket([product_channel(product.pk)])})


def _words(form: LookForm, field: str) -> str:
    return str(form.cleaned_data.get(field, ""))


def _stores(request: HttpRequest, product: Product, now: datetime) -> dict[str, Any]:
    near = typed_place(request.GET.get("near", ""))
    place, trouble = _place(near)
    rows = availability(product.pk, now=now, near=place.point if place else None)
    return {
        "product": product,
        "near": near,
        "place": place,
        "place_trouble": trouble,
        "view": stock_view(rows, place, now),
        "now": now,
    }


def _place(near: str, wanted: str = "") -> tuple[Place | None, str]:
    """The place, or what to do when it is not known, as HTML."""
    try:
        place = find_place(near)
    except PointError as error:
        return None, str(error)
    if place or not near:
        return place, ""
    place, ideas = guess_place(near)
    if place:
        return place, ""
    ask = "Did you mean:" if ideas else "Our stores are in:"
    links = [(_near_url(name, wanted), name) for name in ideas or towns()]
    known = format_html_join(", ", '<a href="{}">{}</a>', links)
    return None, format_html("{} {}.", f"We don't know “{near}”. {ask}", known)


def _near_url(name: str, wanted: str) -> str:
    """The page one is on, near the place of this name."""
    return f"?{urlencode({'q': wanted, 'near': name} if wanted else {'near': name})}"
