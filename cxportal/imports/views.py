"""Importing counts and deliveries: choose a file, see what it would change, book it."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import Store
from customers.permissions import needs
from cxportal.dashboards.posting import posted
from cxportal.dashboards.scope import own_store_id
from cxportal.imports.batches import KINDS, book, contents_of, done_plans, plan, upload
from cxportal.imports.forms import UploadForm
from cxportal.imports.reading import UnreadableError
from cxportal.models import ImportBatch
from inventory.services.imports import Fate, Plan

IMPORTS = "cxportal.add_importbatch"
# Refusals are shown all; of the rest as many as somebody reads.
MOST_SHOWN = 200
NEWEST = 10
ORDER = (Fate.REFUSED, Fate.AGAIN, Fate.NEW, Fate.SAME)


@needs(IMPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The form, and what came in before."""
    stores = _stores(request.user)
    form = _form(request, stores)
    if request.method == "POST" and form.is_valid():
        batch = _uploaded(request, form)
        if batch is not None:
            return redirect("import-batch", batch.pk)
    newest = _batches(stores).select_related("staff").order_by("-pk")[:NEWEST]
    status = 422 if form.errors else 200
    return render(request, "imports/imports.html", {"form": form, "batches": newest}, status=status)


@needs(IMPORTS)
@require_safe
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What an upload would change, or what it has changed."""
    batch, store = _batch_or_404(request.user, pk)
    is_done = batch.state == ImportBatch.State.DONE
    plans = done_plans(batch) if is_done else plan(contents_of(batch, store), now=timezone.now())
    return render(request, "imports/batch.html", {"batch": batch, "store": store, "is_done": is_done, **_shown(plans)})


@needs(IMPORTS)
@posted("import-batch")
def book_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Book what can be booked; a second tap changes nothing."""
    batch, store = _batch_or_404(request.user, pk)
    if batch.state == ImportBatch.State.CHECKED:
        book(batch, contents_of(batch, store), now=timezone.now(), staff=request.user)
    return redirect("import-batch", batch.pk)


def _form(request: HttpRequest, stores: QuerySet[Store]) -> UploadForm:
    if request.method == "POST":
        return UploadForm(request.POST, request.FILES, stores=stores)
    only = stores.first() if own_store_id(request.user) else None
    clock = timezone.now().astimezone(ZoneInfo(only.time_zone) if only else None)
    return UploadForm(initial={"store": only, "usual_at": clock.replace(tzinfo=None)}, stores=stores)


def _uploaded(request: HttpRequest, form: UploadForm) -> ImportBatch | None:
    """The upload; None when the file can't be read, which the form then says."""
    sent = form.cleaned_data
    store: Store = sent["store"]
    try:
        return upload(
            kind=sent["kind"],
            store=store,
            name=sent["file"].name,
            content=sent["file"].read(),
            # The wall clock that was typed is the store's, wherever the server stands.
            usual_at=sent["usual_at"].replace(tzinfo=ZoneInfo(store.time_zone)),
            now=timezone.now(),
            staff=request.user,
        )
    except UnreadableError as error:
        form.add_error("file", str(error))
        return None


def _stores(user: Any) -> QuerySet[Store]:
    """The stores that this person may import for."""
    own = own_store_id(user)
    return Store.objects.filter(pk=own) if own else Store.objects.trading().order_by("name")


def _batches(stores: QuerySet[Store]) -> QuerySet[ImportBatch]:
    """Uploads of these stores; those of other doors have no kind."""
    ids = list(stores.values_list("pk", flat=True))
    return ImportBatch.objects.filter(mapping__kind__in=list(KINDS), mapping__store__in=ids)


def _batch_or_404(user: Any, pk: int) -> tuple[ImportBatch, Store]:
    batch = get_object_or_404(_batches(_stores(user)), pk=pk)
    return batch, Store.objects.get(pk=batch.mapping["store"])


def _shown(plans: list[Plan]) -> dict[str, Any]:
    """The rows that a page shows, the wrong ones first, and how many there are of each."""
    fates = Counter(row.fate for row in plans)
    ordered = sorted(plans, key=lambda row: (ORDER.index(row.fate), row.line))
    most = max(MOST_SHOWN, fates[Fate.REFUSED])
    return {
        "plans": ordered[:most],
        "hidden": max(0, len(ordered) - most),
        "bookable": fates[Fate.NEW] + fates[Fate.AGAIN],
        "refused": fates[Fate.REFUSED],
        "again": fates[Fate.AGAIN],
        "same": fates[Fate.SAME],
        "new": fates[Fate.NEW],
    }
