"""`POST /api/v1/returns/`: a till posts what a customer brought back."""

from datetime import datetime
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
from cxportal.api.fields import (
    MomentField,
    PrintableField,
    SlipCustomerSerializer,
    StrictSerializer,
    body_of,
    of_our_days,
)
from cxportal.api.idempotency import key_of, once
from cxportal.api.parsing import StrictJSONParser
from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from inventory.models import Return
from inventory.services.receipts import MOST_PIECES, UnknownSkuError
from inventory.services.returns import ReturnExistsError, ReturnLineIn, post_return

MOST_LINES = 500
MOST_BYTES = 256 * 1024
TOO_LARGE = f"A return has at most {MOST_BYTES // 1024} KiB and {MOST_LINES} lines. Post it as several."
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


class ReturnsView(APIView):
    """Return slips of the store that the key belongs to."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [IsTill]
    parser_classes = [StrictJSONParser]

    @extend_schema(
        request=ReturnSerializer,
        responses={201: ReturnAnswerSerializer, **refusals(400, 401, 409, 411, 413, 415, 422)},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record a return slip once. The same key and body again get the same answer."""
        body = body_of(request, MOST_BYTES, TOO_LARGE)
        key = key_of(request.headers.get("Idempotency-Key"))
        if not isinstance(request.data, dict):
            raise Problem(400, "NOT_AN_OBJECT", "Send one return, as a JSON object.", field="body")
        form = ReturnSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        now = timezone.now()
        till = cast(Till, request.user)

        def record() -> tuple[int, dict[str, Any]]:
            return status.HTTP_201_CREATED, _post(till.api_key.store, form.validated_data, now)

        code, answer, replayed = once(till.api_key, key, body, record, now=now)
        headers = {"Idempotency-Replayed": "true"} if replayed else None
        return HttpResponse(answer, status=code, content_type="application/json", headers=headers)


def _post(store: Store, sent: dict[str, Any], now: datetime) -> dict[str, Any]:
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
    return answer_of(returned)


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
