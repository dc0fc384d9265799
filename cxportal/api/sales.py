"""`POST /api/v1/sales/`: a till posts a receipt."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError as RuleBroken
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.models import Store
from cxportal.api.authentication import ApiKeyAuthentication, IsTill, Till
from cxportal.api.idempotency import key_of, once
from cxportal.api.parsing import StrictJSONParser
from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from inventory.models import Sale
from inventory.services.sales import MOST_PIECES, LineIn, ReceiptExistsError, UnknownSkuError, post_sale

MOST_LINES = 500
MOST_BYTES = 256 * 1024
# A till's clock may be a little ahead; more is a mistake that would hide the sale from every report of today.
CLOCK_AHEAD = timedelta(minutes=10)
OLDEST = timedelta(days=3650)
# What a broken rule of the service is about; the others weigh the lines together.
RULE_FIELDS = {"LOYALTY_NUMBER": "customer.loyalty_number", "TOTAL_TOO_LARGE": "lines"}


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


class MomentField(serializers.DateTimeField):
    """A time with its offset: without one, nobody knows which hour of which day was meant."""

    default_error_messages = {"no_offset": "Add the offset, such as +01:00 or Z."}

    def enforce_timezone(self, value: datetime) -> datetime:
        """The time as it is; never a guess of its zone."""
        if timezone.is_naive(value):
            self.fail("no_offset")
        return super().enforce_timezone(value)


class PrintableField(serializers.CharField):
    """Text that shows as what it is: no control characters, none that turn the direction of reading."""

    default_error_messages = {"unprintable": "Send printable characters only."}

    def to_internal_value(self, data: Any) -> str:
        """The text. Looked at before spaces around it are cut, because line breaks count as such."""
        if isinstance(data, str) and not data.isprintable():
            self.fail("unprintable")
        return super().to_internal_value(data)


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

    receipt = PrintableField(max_length=60)
    sold_at = MomentField(help_text="ISO 8601 with a zone, such as 2026-11-22T16:05:00+01:00.")
    customer = SaleCustomerSerializer(required=False, allow_null=True)
    lines = serializers.ListField(child=SaleLineSerializer(), allow_empty=False, min_length=1, max_length=MOST_LINES)

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
    parser_classes = [StrictJSONParser]

    @extend_schema(
        request=SaleSerializer,
        responses={201: SaleAnswerSerializer, **refusals(400, 401, 409, 411, 413, 415, 422)},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record a receipt once. The same key and body again get the same answer."""
        body = _body(request)
        key = key_of(request.headers.get("Idempotency-Key"))
        if not isinstance(request.data, dict):
            raise Problem(400, "NOT_AN_OBJECT", "Send one receipt, as a JSON object.", field="body")
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
    except RuleBroken as error:
        code = str(error.code)
        field = RULE_FIELDS.get(code) or ("lines" if len(sent["lines"]) > 1 else "lines[0].quantity")
        raise Problem(400, code, error.messages[0], field=field) from error
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
