"""Pages about goods that come and go: a delivery to open, a transfer to send."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from customers.models import Store
from customers.permissions import needs
from cxportal.store.forms import TRANSFER_ROWS
from cxportal.store.scope import WORKS_IN_STORE, store_or_404
from inventory.geo import Point
from inventory.models import Delivery
from inventory.selectors.nearby import nearest_stores

MOST_STORES = 60


@dataclass(frozen=True)
class TransferRow:
    """One line of the form."""

    number: int
    sku: str


@needs(WORKS_IN_STORE)
@require_safe
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery: what should come, and fields for what did."""
    store = store_or_404(request.user, request.GET.get("at", ""))
    # The sender of a transfer sees in his own store's screen that it has arrived: another store's delivery is no page.
    found = get_object_or_404(Delivery.objects.select_related("sent_from", "staff"), pk=pk, store=store)
    lines = found.lines.select_related("product").order_by("product__name", "pk")
    return render(
        request, "store/delivery.html", {"store": store, "delivery": found, "lines": lines, "tap_id": uuid4()}
    )


@needs(WORKS_IN_STORE)
@require_safe
def transfer(request: HttpRequest) -> HttpResponse:
    """Where to, and what: goods that leave for another store."""
    store = store_or_404(request.user, request.GET.get("at", ""))
    first = request.GET.get("sku", "")[:40]
    context = {
        "store": store,
        "stores": nearest_others(store),
        "rows": [TransferRow(number, first if number == 1 else "") for number in range(1, TRANSFER_ROWS + 1)],
        "tap_id": uuid4(),
    }
    return render(request, "store/transfer.html", context)


def nearest_others(store: Store) -> list[Store]:
    """Where goods may be sent, the nearest first; a chain may have ten thousand stores."""
    ids = nearest_stores(Point(store.latitude, store.longitude), limit=MOST_STORES + 1)
    stores = Store.objects.in_bulk(ids)
    return [stores[pk] for pk in ids if pk != store.pk][:MOST_STORES]
