"""`POST /api/v1/sales/`: a till posts a receipt."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.models import Store
from cxportal.api.authentication import ApiKeyAuthentication, IsTill, Till
from cxportal.api.idempotency import key_of, once
from cxportal.api.problems import Problem
from inventory.models import Sale
from inventory.services.sales import LineIn, ReceiptExistsError, UnknownSkuError, post_sale

MOST_LINES = 500
MOST_BYTES = 256 * 1024
MOST_PIECES = 100_000
# A till's clock may be a little ahead; more is a mistake that would hide the sale from every report of today.
CLOCK_AHEAD = timedelta(minutes=10)
OLDEST = timedelta(days=3650)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses members that it does not know: a misspelt one must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        """The values; an error that names each unknown member."""
        values = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name: [serializers.ErrorDetail(f"Not known here. Known: {known}.", "UNKNOWN")] for name in unknown}
            )
        return values


class SaleCustomerSerializer(StrictSerializer):
    """Whose receipt it is."""

    loyalty_number = serializers.CharField(max_length=60)


class SaleLineSerializer(StrictSerializer):
    """One line of a receipt."""

    sku = serializers.CharField(max_length=40)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES)
    unit_price = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))


class SaleSerializer(StrictSerializer):
    """A receipt as the till sends it."""

    receipt = serializers.CharField(max_length=60)
    sold_at = serializers.DateTimeField(help_text="ISO 8601 with a zone, such as 2026-11-22T16:05:00+01:00.")
    customer = SaleCustomerSerializer(required=False, allow_null=True)
    lines = serializers.ListField(child=SaleLineSerializer(), allow_empty=False, max_length=MOST_LINES)

    def validate_sold_at(self, value: Any) -> Any:
        """Not from the future, not from another decade."""
        now = timezone.now()
        if value > now + CLOCK_AHEAD:
            raise serializers.ValidationError("This time is in the future. Check the till's clock.", "FUTURE")
        if value < now - OLDEST:
            raise serializers.ValidationError(
                "This time is more than ten years ago. Check the till's clock.", "TOO_OLD"
            )
        return value


class SaleAnswerSerializer(serializers.Serializer[Any]):
    """What the till gets back."""

    id = serializers.IntegerField()
    receipt = serializers.CharField()
    store = serializers.CharField()
    sold_at = serializers.DateTimeField()
    total = serializers.CharField()
    currency = serializers.CharField()
    customer = serializers.UUIDField(allow_null=True)


class SalesView(APIView):
    """Receipts of the store that the key belongs to."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [IsTill]

    @extend_schema(
        request=SaleSerializer,
        responses={201: SaleAnswerSerializer, 400: OpenApiResponse(description="A problem document (RFC 9457)")},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record a receipt once. The same key and body again get the same answer."""
        body = _body(request)
        key = key_of(request.headers.get("Idempotency-Key"))
        form = SaleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        now = timezone.now()
        till = cast(Till, request.user)

        def record() -> tuple[int, dict[str, Any]]:
            return status.HTTP_201_CREATED, _post(till.api_key.store, form.validated_data, now)

        code, answer, replayed = once(till.api_key, key, body, record, now=now)
        headers = {"Idempotency-Replayed": "true"} if replayed else None
        return HttpResponse(answer, status=code, content_type="application/json", headers=headers)


def _body(request: Request) -> bytes:
    """The raw body. Problem 413 when it is larger than any receipt."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Problem(
            status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
            "BODY_TOO_LARGE",
            f"A receipt has at most {MOST_BYTES // 1024} KiB and {MOST_LINES} lines. Post it as several.",
        )
    return bytes(request._request.body)


def _post(store: Store, sent: dict[str, Any], now: datetime) -> dict[str, Any]:
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
    return answer_of(sale)


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
