"""The public door: which store has it, and how sure are we."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.permissions import public
from inventory.forms import LookForm
from inventory.geo import PointError
from inventory.models import Product
from inventory.selectors.availability import availability
from inventory.selectors.catalogue import Place, find_place, find_products, towns, variants
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
    if len(found) == 1:
        return redirect(product_url(found[0], near))
    context = {
        "form": form,
        "wanted": wanted,
        "near": near,
        "hits": [(product, product_url(product, near)) for product in found],
        "towns": [] if wanted else towns(),
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
    near = request.GET.get("near", "").strip()[:120]
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


def _place(near: str) -> tuple[Place | None, str]:
    """The place, or what to do when it is not known."""
    try:
        place = find_place(near)
    except PointError as error:
        return None, str(error)
    if place or not near:
        return place, ""
    return None, f"We don't know “{near}”. Try one of our towns: {', '.join(towns(limit=6))}."
