"""`POST /api/v1/returns/`: a till posts what a customer brought back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError as RuleBroken
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request

from customers.models import Store
from cxportal.api.calls import MOST_LINES, Answer, OfStore, called_once, slip
from cxportal.api.fields import MomentField, PrintableField, SlipCustomerSerializer, StrictSerializer, of_our_days
from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from inventory.models import Return
from inventory.services.receipts import MOST_PIECES, UnknownSkuError
from inventory.services.returns import ReturnExistsError, ReturnLineIn, post_return

# What a broken rule of the service is about.
RULE_FIELDS = {"LOYALTY_NUMBER": "customer.loyalty_number"}


class ReturnLineSerializer(StrictSerializer):
    """One line of a return slip."""

    sku = serializers.CharField(max_length=40)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES)
    refund = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), help_text="Given back for one piece."
    )
    sellable = serializers.BooleanField(default=True, help_text="False: it can't be sold again.")
    reason = PrintableField(max_length=160, required=False, default="", allow_blank=True)


class ReturnSerializer(StrictSerializer):
    """A return slip as the till sends it."""

    number = PrintableField(max_length=60, help_text="Of the slip, new in its store.")
    returned_at = MomentField(
        help_text="ISO 8601 with a zone, such as 2026-11-22T16:05:00+01:00.", validators=[of_our_days]
    )
    receipt = PrintableField(max_length=60, required=False, default="", allow_blank=True)
    customer = SlipCustomerSerializer(required=False, allow_null=True)
    lines = serializers.ListField(child=ReturnLineSerializer(), allow_empty=False, min_length=1, max_length=MOST_LINES)


class ReturnAnswerSerializer(serializers.Serializer[Any]):
    """What the till gets back."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    store = serializers.CharField()
    returned_at = serializers.DateTimeField()
    total = serializers.CharField()
    currency = serializers.CharField()
    customer = serializers.UUIDField(allow_null=True)


class ReturnsView(OfStore):
    """Return slips of the store that the key belongs to."""

    @extend_schema(
        request=ReturnSerializer,
        responses={201: ReturnAnswerSerializer, **refusals(400, 401, 409, 411, 413, 415, 422)},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record a return slip once. The same key and body again get the same answer."""
        return called_once(request, ReturnSerializer, _post, slip("return"))


def _post(store: Store, sent: dict[str, Any], now: datetime) -> Answer:
    try:
        returned = post_return(
            store=store,
            number=sent["number"],
            returned_at=sent["returned_at"],
            receipt=sent["receipt"],
            lines=[_line(line) for line in sent["lines"]],
            loyalty_number=(sent.get("customer") or {}).get("loyalty_number", ""),
            now=now,
        )
    except UnknownSkuError as error:
        raise Problem(400, "UNKNOWN_SKU", error.messages[0], field=f"lines[{error.line}].sku") from error
    except ReturnExistsError as error:
        raise Problem(409, "RETURN_EXISTS", error.messages[0], field="number") from error
    except RuleBroken as error:
        code = str(error.code)
        raise Problem(400, code, error.messages[0], field=RULE_FIELDS.get(code, "lines")) from error
    return status.HTTP_201_CREATED, answer_of(returned)


def _line(sent: dict[str, Any]) -> ReturnLineIn:
    return ReturnLineIn(
        sent["sku"], sent["quantity"], sent["refund"], is_sellable=sent["sellable"], reason=sent["reason"]
    )


def answer_of(returned: Return) -> dict[str, Any]:
    """The slip as it stands in the book; the customer by his public id, never by his number."""
    customer = returned.customer
    return {
        "id": returned.pk,
        "number": returned.number,
        "store": returned.store.code,
        "returned_at": returned.returned_at.isoformat(),
        "total": str(returned.total),
        "currency": returned.currency,
        "customer": str(customer.public_id) if customer else None,
    }
