"""`POST /api/v1/sales/`: a till posts a receipt."""

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
from inventory.models import Sale
from inventory.services.sales import MOST_PIECES, LineIn, ReceiptExistsError, UnknownSkuError, post_sale

# What a broken rule of the service is about; the others weigh the lines together.
RULE_FIELDS = {"LOYALTY_NUMBER": "customer.loyalty_number", "TOTAL_TOO_LARGE": "lines"}


class SaleLineSerializer(StrictSerializer):
    """One line of a receipt."""

    sku = serializers.CharField(max_length=40)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES)
    unit_price = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))


class SaleSerializer(StrictSerializer):
    """A receipt as the till sends it."""

    receipt = PrintableField(max_length=60)
    sold_at = MomentField(
        help_text="ISO 8601 with a zone, such as 2026-11-22T16:05:00+01:00.", validators=[of_our_days]
    )
    customer = SlipCustomerSerializer(required=False, allow_null=True)
    lines = serializers.ListField(child=SaleLineSerializer(), allow_empty=False, min_length=1, max_length=MOST_LINES)


class SaleAnswerSerializer(serializers.Serializer[Any]):
    """What the till gets back."""

    id = serializers.IntegerField()
    receipt = serializers.CharField()
    store = serializers.CharField()
    sold_at = serializers.DateTimeField()
    total = serializers.CharField()
    currency = serializers.CharField()
    customer = serializers.UUIDField(allow_null=True)


class SalesView(OfStore):
    """Receipts of the store that the key belongs to."""

    @extend_schema(
        request=SaleSerializer,
        responses={201: SaleAnswerSerializer, **refusals(400, 401, 409, 411, 413, 415, 422)},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record a receipt once. The same key and body again get the same answer."""
        return called_once(request, SaleSerializer, _post, slip("receipt"))


def _post(store: Store, sent: dict[str, Any], now: datetime) -> Answer:
    try:
        sale = post_sale(
            store=store,
            receipt=sent["receipt"],
            sold_at=sent["sold_at"],
            lines=[LineIn(line["sku"], line["quantity"], line["unit_price"]) for line in sent["lines"]],
            loyalty_number=(sent.get("customer") or {}).get("loyalty_number", ""),
            now=now,
        )
    except UnknownSkuError as error:
        raise Problem(400, "UNKNOWN_SKU", error.messages[0], field=f"lines[{error.line}].sku") from error
    except ReceiptExistsError as error:
        raise Problem(409, "RECEIPT_EXISTS", error.messages[0], field="receipt") from error
    except RuleBroken as error:
        code = str(error.code)
        field = RULE_FIELDS.get(code) or ("lines" if len(sent["lines"]) > 1 else "lines[0].quantity")
        raise Problem(400, code, error.messages[0], field=field) from error
    return status.HTTP_201_CREATED, answer_of(sale)


def answer_of(sale: Sale) -> dict[str, Any]:
    """The receipt as it stands in the book; the customer by his public id, never by his number."""
    customer = sale.customer
    return {
        "id": sale.pk,
        "receipt": sale.receipt,
        "store": sale.store.code,
        "sold_at": sale.sold_at.isoformat(),
        "total": str(sale.total),
        "currency": sale.currency,
        "customer": str(customer.public_id) if customer else None,
    }
