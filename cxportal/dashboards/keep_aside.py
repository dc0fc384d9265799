"""Keep something aside for a customer: the form on her page, and what is kept for her now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from customers.models import Store
from customers.permissions import needs
from cxportal.dashboards.person import Person, read_person
from cxportal.dashboards.posting import posted
from cxportal.dashboards.scope import own_store_id
from inventory.gtin import is_gtin
from inventory.models import Hold, Product, StockLevel
from inventory.promise_page import hold_standing
from inventory.promises import until_words
from inventory.services.holds import place_hold

KEEPS = "inventory.add_hold"
CONFLICT = 409
MOST_SHOWN = 10


class KeepForm(forms.Form):
    """What, where, how many. Store staff keep things aside in their own store."""

    what = forms.CharField(
        label="Item number or barcode",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the number on the shelf, or scan the packet."},
    )
    where = forms.CharField(
        label="Store",
        max_length=120,
        help_text="Its code or its name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the code or the name of a store."},
    )
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=100, initial=1)

    def __init__(self, *args: Any, own_store: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_store = own_store
        if own_store is not None:
            del self.fields["where"]

    def clean_what(self) -> Product:
        """The product with this number."""
        typed = self.cleaned_data["what"].strip()
        products = Product.objects.on_sale()
        found = products.filter(sku=typed).first() or (products.filter(gtin=typed).first() if is_gtin(typed) else None)
        if found is None:
            raise ValidationError("Nothing that we sell has this number.", code="UNKNOWN")
        return found

    def clean(self) -> dict[str, Any]:
        """The level, when product and store are known and the store keeps the product."""
        values = super().clean() or {}
        store = self._store(values.get("where", ""))
        if store is None and "where" in values:
            self.add_error("where", "No store that is open has this code or name.")
        if store is not None and "what" in values:
            levels = StockLevel.objects.select_related("store", "product")
            values["level"] = levels.filter(product=values["what"], store=store).first()
            if values["level"] is None:
                self.add_error("what", f"{store.name} does not keep it.")
        return values

    def _store(self, typed: str) -> Store | None:
        stores = Store.objects.trading()
        if self.own_store is not None:
            return stores.filter(pk=self.own_store).first()
        if not typed:
            return None
        return stores.filter(code__iexact=typed).first() or stores.filter(name__iexact=typed).first()


@needs(KEEPS)
@posted("customer")
def keep_aside(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the store to keep it for this customer; the shopper's caps do not bind the staff who act for one."""
    person = read_person(public_id)
    form = keep_form(request.user, request.POST)
    if form.is_valid():
        try:
            return _keep(request, person, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
    context = {"person": person, "keep_form": form}
    return render(request, "dashboards/customer_keep.html", context, status=CONFLICT if form.cleaned_data else 200)


def _keep(request: HttpRequest, person: Person, asked: dict[str, Any]) -> HttpResponse:
    now, customer = timezone.now(), person.row.merged_into or person.row
    hold = place_hold(
        customer=customer,
        level=asked["level"],
        because=Hold.Because.STAFF,
        now=now,
        quantity=asked["quantity"],
        staff=request.user,
    )
    store = asked["level"].store
    until = until_words(hold.expires_at, now, store.time_zone)
    messages.success(request, f"{store.name} is asked to keep it until {until}. The code is {hold.code}.")
    return redirect("customer", customer.public_id)


def keep_form(user: Any, given: Any = None, person: Person | None = None) -> KeepForm:
    """The form for this reader, with the customer's own store where the reader may choose one."""
    home = person.row.home_store if person else None
    return KeepForm(given, own_store=own_store_id(user), initial={"where": home.code if home else ""})


def kept_for(customer_ids: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    """What is kept, or looked for, for this person now."""
    live = Hold.objects.filter(customer__in=customer_ids, state__in=Hold.LIVE)
    rows = live.select_related("level__product", "level__store").order_by("expires_at")[:MOST_SHOWN]
    return [
        {
            "product": hold.level.product.name,
            "store": hold.level.store.name,
            "code": hold.code,
            "until": until_words(hold.expires_at, now, hold.level.store.time_zone),
            "standing": hold_standing(hold, hold.level.store, now),
            "is_in_hand": hold.state == Hold.State.IN_HAND,
        }
        for hold in rows
    ]
