"""The shelves of one store that the book is probably wrong about: what to look at first, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.permissions import needs
from cxportal.store.scope import WORKS_IN_STORE, store_or_404
from inventory.models import Product
from inventory.selectors.count_plan import CountTask, hidden, phantoms


@dataclass(frozen=True)
class Doubt:
    """One shelf: `percent` of 100 such shelves have one. The book's number stays unsaid, for counts are blind."""

    product: Product
    why: str
    percent: int
    target: int
    tap_id: UUID


@dataclass(frozen=True)
class DoubtList:
    """One kind of doubt, the one that a look mends the most first."""

    title: str
    note: str
    empty: str
    rows: list[Doubt]
    # Where a count leads back to on the screen.
    name: str = "counts"


@needs(WORKS_IN_STORE)
@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """What the book offers and the shelf hardly has, and what lies there and is not offered."""
    store, now = store_or_404(request.user, request.GET.get("at", "")), timezone.now()
    lists = [
        DoubtList(
            "Probably not there",
            "The book offers it. Who comes for it drives for nothing.",
            "No shelf of this kind. What the book offers is probably there.",
            _rows(phantoms(store.pk, now=now)),
        ),
        DoubtList(
            "Probably there, not offered",
            "The book has none left. It may lie in the wrong place, or have come back unseen.",
            "No shelf of this kind.",
            _rows(hidden(store.pk, now=now)),
        ),
    ]
    return render(request, "store/doubts.html", {"store": store, "lists": lists})


def _rows(tasks: Sequence[CountTask]) -> list[Doubt]:
    return [Doubt(task.product, task.why, min(99, round(task.chance * 100)), task.level.pk, uuid4()) for task in tasks]
