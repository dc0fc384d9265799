"""The page "today": what the tills took, what is wrong with the stock, and the ledger as it grows."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.models import Store
from customers.permissions import needs, signed_in
from customers.selectors import newest_entries
from cxportal.context import nav
from cxportal.dashboards.alerts import alerts_for
from cxportal.dashboards.figures import today_figures
from cxportal.dashboards.reads import ledger_entries
from cxportal.dashboards.scope import clock_of, own_store_id, sight_of
from inventory.tickets import ledger_channel, write_ticket

SEES_TODAY = "cxportal.view_today"
LEDGER_ROWS = 30


@signed_in
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The front page; who may not see it is sent to the first page that he may open."""
    if not request.user.has_perm(SEES_TODAY):
        return redirect(first_door(request))
    now, store = timezone.now(), own_store(request.user)
    zone = clock_of(store)
    context = {
        "store": store,
        "clock": f"{now.astimezone(zone):%A %-d %B, %H:%M %Z}",
        "figures": today_figures(now, store, zone),
        "alerts": alerts_for(request.user, store, now),
        "entries": newest(request.user, now, zone),
    }
    return render(request, "dashboards/today.html", context)


@needs(SEES_TODAY)
@require_safe
def ledger_part(request: HttpRequest) -> HttpResponse:
    """The newest rows alone: what the open page fetches when something happened."""
    entries = newest(request.user, timezone.now(), clock_of(own_store(request.user)))
    return render(request, "dashboards/_today_ledger.html", {"entries": entries})


@needs(SEES_TODAY)
@require_safe
def figures_part(request: HttpRequest) -> HttpResponse:
    """The figures alone."""
    store = own_store(request.user)
    figures = today_figures(timezone.now(), store, clock_of(store))
    return render(request, "dashboards/_today_figures.html", {"figures": figures})


@needs(SEES_TODAY)
@require_safe
def ticket(request: HttpRequest) -> JsonResponse:
    """A fresh ticket for the live ledger: of the own store for store roles, else of the chain."""
    return JsonResponse({"ticket": write_ticket([ledger_channel(own_store_id(request.user))])})


def first_door(request: HttpRequest) -> str:
    """The address of the first staff page that this person may open. PermissionDenied when there is none."""
    # The stock page is everybody's: whoever signed in would not see that he is in.
    doors = [door for door in nav(request) if door.url != reverse("stock")]
    if not doors:
        raise PermissionDenied("No page is open to this role.")
    return doors[0].url


def own_store(user: Any) -> Store | None:
    """The store whose day is shown; None for the chain."""
    return user.store if own_store_id(user) else None


def newest(user: Any, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The newest rows of the ledger as this person may read them."""
    rows = newest_entries(LEDGER_ROWS, own_store_id(user))
    return ledger_entries(rows, sight_of(user), now, zone, with_pages=user.has_perm("customers.view_customer"))
