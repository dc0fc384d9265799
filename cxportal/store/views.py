"""The pages of the store screen. Whatever is done there is a tap (taps.py)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.models import Store
from customers.permissions import needs
from cxportal.dashboards.posting import posted
from cxportal.dashboards.scope import sight_of
from cxportal.store.cards import scan_cards
from cxportal.store.forms import LOSSES
from cxportal.store.posting import back_to, is_json, tap_of
from cxportal.store.rows import read_screen
from cxportal.store.scope import WORKS_IN_STORE, store_of, store_or_404, stores_called
from cxportal.store.taps import take_tap
from inventory.tickets import store_channel, write_ticket


@needs(WORKS_IN_STORE)
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """What there is to do in a store; who has none chooses one."""
    store = store_of(request.user, request.GET.get("at", ""))
    if store is None:
        words = request.GET.get("called", "").strip()[:80]
        return render(request, "store/choose.html", {"stores": stores_called(words), "called": words})
    return render(request, "store/screen.html", _context(request, store))


@needs(WORKS_IN_STORE)
@require_safe
def tasks_part(request: HttpRequest) -> HttpResponse:
    """The lists alone: what the open screen asks for when something changed."""
    store = store_or_404(request.user, request.GET.get("at", ""))
    return render(request, "store/_tasks.html", _context(request, store))


@needs(WORKS_IN_STORE)
@require_safe
def ticket(request: HttpRequest) -> JsonResponse:
    """A fresh ticket for this store's changes."""
    store = store_or_404(request.user, request.GET.get("at", ""))
    return JsonResponse({"ticket": write_ticket([store_channel(store.pk)])})


@needs(WORKS_IN_STORE)
@require_safe
def scan(request: HttpRequest) -> HttpResponse:
    """What was scanned: a hold to give out, or a product of this store."""
    store = store_or_404(request.user, request.GET.get("at", ""))
    cards = scan_cards(store, request.GET.get("code", ""), sight_of(request.user), timezone.now())
    page = "store/_scan.html" if request.headers.get("HX-Request") else "store/scan.html"
    return render(request, page, {"store": store, "cards": cards, "losses": LOSSES})


@needs(WORKS_IN_STORE)
@posted("store")
def taps(request: HttpRequest) -> HttpResponse:
    """Take one tap: as JSON from the open screen, as a plain form without JavaScript."""
    tap, at = tap_of(request)
    store, now = store_or_404(request.user, at), timezone.now()
    answer = take_tap(tap, store=store, staff=request.user, now=now)
    if is_json(request):
        return JsonResponse(answer.as_json(), status=answer.status)
    messages.add_message(request, messages.SUCCESS if answer.is_done else messages.WARNING, answer.words)
    return redirect(back_to(request, at))


@needs(WORKS_IN_STORE)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the screen for when the line drops; its address says which pages it may keep."""
    return render(request, "store/worker.js", content_type="text/javascript")


def _context(request: HttpRequest, store: Store) -> dict[str, Any]:
    return {"store": store, "screen": read_screen(store, sight_of(request.user), timezone.now())}
