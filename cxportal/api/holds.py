"""`/api/v1/holds/`: consoles and web shops keep something aside for a customer in the store of their key."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError as RuleBroken
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, Store, Way
from customers.services.contact import customer_at
from cxportal.api.authentication import Till
from cxportal.api.calls import Answer, OfStore, called_once
from cxportal.api.fields import PrintableField, StrictSerializer
from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from inventory.models import Hold, Product, StockLevel
from inventory.promises import MOST_PIECES
from inventory.services.holds import collect_hold, place_hold, release_hold

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
REFUSED = refusals(400, 401, 409, 411, 413, 415, 422)
# Who called proved the address himself; it stands at the address, so that everybody can see whose word it is.
PROVED_BY = "web-shop"


class ContactSerializer(StrictSerializer):
    """An address that the caller has proved to be the customer's."""

    email = PrintableField(max_length=254, required=False)
    phone = PrintableField(max_length=40, required=False, help_text="With its country code, such as +1 202 555 0147.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Send email or phone, one of them.", "ONE_CONTACT")
        return attrs


class ForWhomSerializer(StrictSerializer):
    """Whom a promise is for: a customer that is known, or a contact."""

    customer = serializers.UUIDField(required=False, help_text="The customer's public id.")
    contact = ContactSerializer(required=False)
    sku = serializers.CharField(max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if ("customer" in attrs) == ("contact" in attrs):
            raise serializers.ValidationError("Send customer or contact, one of them.", "ONE_CUSTOMER")
        return attrs


class HoldSerializer(ForWhomSerializer):
    """What is to be kept aside."""

    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES, required=False, default=1)


class CollectSerializer(StrictSerializer):
    """What the customer says at the counter."""

    code = PrintableField(max_length=8)


class ReleaseSerializer(StrictSerializer):
    """Nothing to say: an empty object."""


class HoldAnswerSerializer(serializers.Serializer[Any]):
    """A hold as it stands."""

    id = serializers.UUIDField()
    sku = serializers.CharField()
    store = serializers.CharField()
    quantity = serializers.IntegerField()
    state = serializers.ChoiceField(Hold.State.values)
    code = serializers.CharField()
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    customer = serializers.UUIDField()


class HoldsView(OfStore):
    """New holds."""

    @extend_schema(request=HoldSerializer, responses={201: HoldAnswerSerializer, **REFUSED}, parameters=[KEY])
    def post(self, request: Request) -> HttpResponse:
        """Ask the store to keep it aside; only the state IN_HAND means that somebody has it."""
        return called_once(request, HoldSerializer, _place)


class HoldView(OfStore):
    """One hold."""

    @extend_schema(responses={200: HoldAnswerSerializer, **refusals(401, 404)})
    def get(self, request: Request, public_id: UUID) -> Response:
        """How it stands."""
        return Response(answer_of(_hold(cast(Till, request.user).api_key.store, public_id)))


class CollectView(OfStore):
    """The customer has it."""

    @extend_schema(
        request=CollectSerializer, responses={200: HoldAnswerSerializer, **REFUSED, **refusals(404)}, parameters=[KEY]
    )
    def post(self, request: Request, public_id: UUID) -> HttpResponse:
        """Give it out to whoever says the code; the receipt that follows takes no second piece."""

        def collect(store: Store, sent: dict[str, Any], now: datetime) -> Answer:
            hold = _hold(store, public_id)
            if sent["code"].strip().upper() != hold.code:
                raise Problem(409, "WRONG_CODE", "This is not the code of this hold.", field="code")
            return status.HTTP_200_OK, answer_of(_or_conflict(lambda: collect_hold(hold=hold, staff=None, now=now)))

        return called_once(request, CollectSerializer, collect)


class ReleaseView(OfStore):
    """The customer does not need it any more."""

    @extend_schema(
        request=ReleaseSerializer, responses={200: HoldAnswerSerializer, **REFUSED, **refusals(404)}, parameters=[KEY]
    )
    def post(self, request: Request, public_id: UUID) -> HttpResponse:
        """Give it back; it goes to the next in line, or onto the shelf."""

        def release(store: Store, sent: dict[str, Any], now: datetime) -> Answer:
            hold = _hold(store, public_id)
            return status.HTTP_200_OK, answer_of(_or_conflict(lambda: release_hold(hold=hold, now=now)))

        return called_once(request, ReleaseSerializer, release)


def _place(store: Store, sent: dict[str, Any], now: datetime) -> Answer:
    product = product_of(sent["sku"])
    level = StockLevel.objects.filter(store=store, product=product).first()
    if level is None:
        raise Problem(409, "NOTHING_FREE", "This store does not keep it.", field="sku")
    level.store = store
    customer = customer_of(sent, now)
    hold = _or_conflict(
        lambda: place_hold(
            customer=customer, level=level, because=Hold.Because.SHOPPER, now=now, quantity=sent["quantity"]
        )
    )
    return status.HTTP_201_CREATED, answer_of(_hold(store, hold.public_id))


def _or_conflict(step: Any) -> Hold:
    """A step that the hold's state, or a cap, does not allow is 409: the call is well formed."""
    try:
        return cast(Hold, step())
    except RuleBroken as error:
        raise Problem(409, str(error.code), error.messages[0]) from error


def _hold(store: Store, public_id: UUID) -> Hold:
    rows = Hold.objects.select_related("level__product", "level__store", "store", "customer")
    return get_object_or_404(rows, public_id=public_id, store=store)


def product_of(sku: str) -> Product:
    """The product with this SKU. Problem 400 when there is none."""
    product = Product.objects.on_sale().filter(sku=sku).first()
    if product is None:
        raise Problem(400, "UNKNOWN_SKU", f"No product has the SKU {sku}.", field="sku")
    return product


def customer_of(sent: dict[str, Any], now: datetime) -> Customer:
    """Whom it is for; a contact that nobody has makes a customer. Problem 400 when there is nobody."""
    if "contact" in sent:
        ((kind, address),) = sent["contact"].items()
        try:
            way = Way.EMAIL if kind == "email" else Way.SMS
            return customer_at(way=way, address=address, now=now, source_code=PROVED_BY)
        except RuleBroken as error:
            raise Problem(400, str(error.code), error.messages[0], field=f"contact.{kind}") from error
    found = Customer.objects.select_related("merged_into").filter(public_id=sent["customer"]).first()
    person = found and (found.merged_into or found)
    if person is None or person.is_erased:
        raise Problem(400, "UNKNOWN_CUSTOMER", "No customer has this id.", field="customer")
    return person


def answer_of(hold: Hold) -> dict[str, Any]:
    """The hold as the caller gets it; the customer by his public id."""
    return {
        "id": str(hold.public_id),
        "sku": hold.level.product.sku,
        "store": hold.level.store.code,
        "quantity": hold.quantity,
        "state": hold.state,
        "code": hold.code,
        "placed_at": hold.placed_at.isoformat(),
        "expires_at": hold.expires_at.isoformat(),
        "customer": str(hold.customer.public_id),
    }
