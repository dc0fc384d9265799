"""Pages of what was promised: the hold, the place in line, the question. Who has the address may open it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from customers.permissions import public
from inventory.models import Hold, StockLevel, StockQuestion, WaitlistEntry
from inventory.promise_page import (
    Refusal,
    hold_refusal,
    hold_standing,
    other_stores,
    place_of,
    plain_refusal,
    question_standing,
    wait_standing,
)
from inventory.qr import qr_picture
from inventory.selectors.elsewhere import elsewhere
from inventory.services.holds import extend_hold, place_hold, release_hold
from inventory.services.waitlist import leave_waitlist, position
from inventory.views.contact_step import CONFLICT, Chosen, Promise, forget, known_customer, store_code, walk

FILLED_IN = ["GET", "HEAD", "POST"]
# What came to its end stays on the list for so long.
RECENT = timedelta(days=7)


@public
@require_http_methods(FILLED_IN)
@never_cache
def hold_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A hold: how it stands, its code, more time once, giving it back, and the next store when it was not found."""
    hold = _hold(public_id)
    if request.method != "POST":
        return render(request, "inventory/hold_page.html", _hold_context(hold, timezone.now()))
    try:
        return redirect("stock-hold-page", _hold_step(request, hold).public_id)
    except ValidationError as error:
        refusal = _hold_trouble(error, hold)
    context = {**_hold_context(_hold(public_id), timezone.now()), "refusal": refusal}
    return render(request, "inventory/hold_page.html", context, status=CONFLICT)


@public
@require_safe
@never_cache
def hold_part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The state alone: what an open page asks for."""
    return render(request, "inventory/_hold_state.html", _hold_context(_hold(public_id), timezone.now()))


def _hold(public_id: UUID) -> Hold:
    rows = Hold.objects.select_related("level__product", "level__store", "customer__merged_into")
    return get_object_or_404(rows, public_id=public_id)


def _hold_step(request: HttpRequest, hold: Hold) -> Hold:
    """What the pressed button says; the hold whose page comes next."""
    step, now = request.POST.get("step", ""), timezone.now()
    if step == "extend":
        return extend_hold(hold=hold, now=now)
    if step == "release":
        return release_hold(hold=hold, now=now)
    if step == "next" and _may_go_on(hold):
        level = get_object_or_404(
            StockLevel.objects.select_related("product", "store"),
            product=hold.level.product_id,
            store__code=store_code(request.POST),
            store__closed_date=None,
        )
        customer = hold.customer.merged_into or hold.customer
        return place_hold(customer=customer, level=level, because=Hold.Because.SHOPPER, now=now, quantity=hold.quantity)
    return hold


def _may_go_on(hold: Hold) -> bool:
    """A hold that the store did not keep may be had elsewhere in one tap; one that was not fetched may not."""
    return hold.state == Hold.State.NOT_FOUND or (hold.state == Hold.State.EXPIRED and hold.in_hand_at is None)


def _hold_trouble(error: ValidationError, hold: Hold) -> Refusal:
    refused = hold_refusal(error, hold.level.product, hold.level.store)
    return plain_refusal(error) if refused.offers_elsewhere else refused


def _hold_context(hold: Hold, now: datetime) -> dict[str, Any]:
    store, product = hold.level.store, hold.level.product
    standing = hold_standing(hold, store, now)
    rows = elsewhere(product, store, now=now) if _may_go_on(hold) else []
    return {
        "hold": hold,
        "product": product,
        "standing": standing,
        "place": place_of(store, now),
        "qr": qr_picture(hold.code) if hold.state == Hold.State.IN_HAND else None,
        "can_extend": standing.is_open and hold.extended_at is None,
        "can_go_on": _may_go_on(hold),
        "others": other_stores(store, rows, now),
    }


@public
@require_http_methods(FILLED_IN)
@never_cache
def wait_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A place in the line, and one button to leave it."""
    rows = WaitlistEntry.objects.select_related("product", "hold").prefetch_related("stores")
    entry = get_object_or_404(rows, public_id=public_id)
    if request.method == "POST":
        # Offered while he pressed: the page that comes next says so.
        with suppress(ValidationError):
            leave_waitlist(entry=entry, now=timezone.now())
        return redirect("stock-wait-page", public_id)
    standing = wait_standing(entry, position(entry))
    context = {"entry": entry, "product": entry.product, "stores": entry.stores.all(), "standing": standing}
    return render(request, "inventory/wait_page.html", context)


@public
@require_safe
@never_cache
def question_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A question to a store and its answer."""
    return render(request, "inventory/question_page.html", _question_context(public_id, timezone.now()))


@public
@require_safe
@never_cache
def question_part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The state alone: what an open page asks for."""
    return render(request, "inventory/_question_state.html", _question_context(public_id, timezone.now()))


def _question_context(public_id: UUID, now: datetime) -> dict[str, Any]:
    rows = StockQuestion.objects.select_related("level__product", "store")
    question = get_object_or_404(rows, public_id=public_id)
    store, product = question.store, question.level.product
    is_vain = question.state in (StockQuestion.State.NO, StockQuestion.State.LAPSED)
    rows_elsewhere = elsewhere(product, store, now=now) if is_vain else []
    return {
        "question": question,
        "product": product,
        "store": store,
        "standing": question_standing(question, store, now),
        "place": place_of(store, now),
        "others": other_stores(store, rows_elsewhere, now),
    }


@public
@require_http_methods(FILLED_IN)
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What is kept for whom this device knows; others prove their contact first."""
    customer = known_customer(request)
    if customer is not None and request.method != "POST":
        return render(request, "inventory/mine.html", {"step": "list", **_mine(customer, timezone.now())})

    def keep(known: Customer, chosen: Chosen) -> str:
        return reverse("stock-mine")

    return walk(request, Promise("inventory/mine.html", keep))


@public
@require_POST
@never_cache
def forget_me(request: HttpRequest) -> HttpResponse:
    """Forget the contact on this device; what is kept stays kept."""
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(reverse("stock"))
    return forget(redirect(back if here else "stock"))


def _mine(customer: Customer, now: datetime) -> dict[str, Any]:
    people = Customer.objects.members_of(customer).values("pk")
    recent = Q(ended_at=None) | Q(ended_at__gt=now - RECENT)
    holds = Hold.objects.filter(recent, customer__in=people).select_related("level__product", "level__store")
    waits = WaitlistEntry.objects.filter(customer__in=people, state__in=WaitlistEntry.OPEN).select_related("product")
    questions = StockQuestion.objects.filter(customer__in=people, asked_at__gt=now - RECENT)
    return {
        "contact_words": customer.masked_email or customer.masked_phone,
        "holds": [
            (hold, hold_standing(hold, hold.level.store, now)) for hold in holds.order_by("ended_at", "-placed_at")
        ],
        "waits": [(entry, wait_standing(entry, position(entry))) for entry in waits.order_by("joined_at")],
        "questions": [
            (question, question_standing(question, question.store, now))
            for question in questions.select_related("level__product", "store").order_by("-asked_at")
        ],
    }
