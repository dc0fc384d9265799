"""The public door: keep one for me, ask the store, tell me when it is back."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.models import Customer, Store
from customers.permissions import public
from inventory.forms import typed_place
from inventory.geo import Point
from inventory.models import Hold, Product, StockLevel, WaitlistEntry
from inventory.promise_forms import HoldForm, WaitForm
from inventory.promise_page import Refusal, city_beside, hold_refusal, other_stores, place_of, said, wait_refusal
from inventory.promises import hold_until, until_words
from inventory.selectors.availability import StoreAvailability, availability_of
from inventory.selectors.elsewhere import elsewhere, known_place, places_to_wait
from inventory.services.holds import place_hold
from inventory.services.questions import ask_store
from inventory.services.waitlist import join_waitlist
from inventory.stock_page import distance_words
from inventory.views.contact_step import Chosen, Promise, store_code, walk

FILLED_IN = ["GET", "HEAD", "POST"]


@public
@require_http_methods(FILLED_IN)
@never_cache
def hold(request: HttpRequest, sku: str, code: str) -> HttpResponse:
    """Hold it for me: what, where, until when; then the shopper's contact, its code, and the hold."""
    level, now = _level(sku, code), timezone.now()
    row = _row(level, now)

    def keep(customer: Customer, chosen: Chosen) -> str:
        return _hold_url(_place(level, customer, int(chosen["quantity"] or 1)))

    def refuse(error: ValidationError, customer: Customer) -> Refusal:
        return hold_refusal(error, level.product, level.store)

    refusal = None if row.facts.free else refuse(ValidationError("", code="NOTHING_FREE"), Customer())
    context = {**_page(level, row, now), "until": _until(level.store, now), "refusal": refusal}
    return walk(request, Promise("inventory/hold.html", keep, context, HoldForm, refuse))


def _place(level: StockLevel, customer: Customer, quantity: int) -> Hold:
    """The hold; a second tap finds the one of the first."""
    try:
        return place_hold(
            customer=customer, level=level, because=Hold.Because.SHOPPER, now=timezone.now(), quantity=quantity
        )
    except ValidationError as error:
        known = Hold.objects.filter(level=level, customer=customer, state__in=Hold.LIVE).first()
        if error.code != "ALREADY_HELD" or known is None:
            raise
        return known


@public
@require_http_methods(FILLED_IN)
@never_cache
def ask(request: HttpRequest, sku: str, code: str) -> HttpResponse:
    """Ask the store whether it is really there; the answer comes to the shopper's phone or address."""
    level, now = _level(sku, code), timezone.now()

    def keep(customer: Customer, chosen: Chosen) -> str:
        question = ask_store(customer=customer, level=level, now=timezone.now())
        return reverse("stock-question-page", args=[question.public_id])

    return walk(request, Promise("inventory/ask.html", keep, _page(level, _row(level, now), now)))


@public
@require_http_methods(FILLED_IN)
@never_cache
def wait(request: HttpRequest, sku: str) -> HttpResponse:
    """Tell me when it is back: which stores, and whether to keep it or only to tell."""
    product = get_object_or_404(Product.objects.on_sale(), sku=sku)
    near = typed_place(request.GET.get("near", ""))
    place = known_place(near)
    # Who comes from one store's "gone" waits there, or around it.
    first = Store.objects.trading().filter(code=store_code(request.GET)).first()
    here = Point(first.latitude, first.longitude) if first else None
    around = place.point if place else here
    places = [(store, distance_words(km) or city_beside(store)) for store, km in places_to_wait(product, around)]
    stores = {store.code: store for store, _ in places}

    def choices(given: QueryDict | None) -> forms.Form:
        chosen = [first.code] if first and first.code in stores else list(stores)[:1]
        return WaitForm(given, stores=places, initial={"stores": chosen})

    def keep(customer: Customer, chosen: Chosen) -> str:
        entry = join_waitlist(
            customer=customer,
            product=product,
            stores=[stores[code] for code in chosen["stores"]],
            wants=WaitlistEntry.Wants(chosen["wants"]),
            now=timezone.now(),
        )
        # Free and nobody before him: it is his at once.
        return _hold_url(entry.hold) if entry.hold else reverse("stock-wait-page", args=[entry.public_id])

    def refuse(error: ValidationError, customer: Customer) -> Refusal:
        return wait_refusal(error)

    context = {
        "product": product,
        "near": near,
        "is_lost": bool(near) and place is None,
        "first": first,
        "has_stores": bool(places),
    }
    return walk(request, Promise("inventory/wait.html", keep, context, choices, refuse))


def _level(sku: str, code: str) -> StockLevel:
    levels = StockLevel.objects.select_related("product", "store")
    return get_object_or_404(
        levels, product__sku=sku, product__is_active=True, store__code=code, store__closed_date=None
    )


def _row(level: StockLevel, now: datetime) -> StoreAvailability:
    return availability_of([level.pk], now=now)[0]


def _page(level: StockLevel, row: StoreAvailability, now: datetime) -> dict[str, Any]:
    """What is said of this product in this store, and where else it is when there is none here."""
    rows = [] if row.facts.free else elsewhere(level.product, level.store, now=now)
    return {
        "product": level.product,
        "store": level.store,
        "place": place_of(level.store, now),
        "s": said(row),
        "others": other_stores(level.store, rows, now),
    }


def _until(store: Store, now: datetime) -> str:
    until = hold_until(now, store.hold_hours, store.hours, store.holidays, store.time_zone)
    return until_words(until, now, store.time_zone)


def _hold_url(held: Hold) -> str:
    return reverse("stock-hold-page", args=[held.public_id])
