"""One call of a till or a shop: read strictly, done once under its key, answered with the same bytes every time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.models import Store
from cxportal.api.authentication import ApiKeyAuthentication, IsTill, Till
from cxportal.api.fields import body_of
from cxportal.api.idempotency import key_of, once
from cxportal.api.parsing import StrictJSONParser
from cxportal.api.problems import Problem

# Of a till's slip.
MOST_LINES = 500


@dataclass(frozen=True)
class Size:
    """How large a body may be, and what is said to those who send another."""

    most_bytes: int
    too_large: str
    no_object: str


SMALL = Size(16 * 1024, "Send at most 16 KiB.", "Send one JSON object.")


def slip(name: str) -> Size:
    """The size of what a till sends with lines: a receipt, a return."""
    too_large = f"A {name} has at most 256 KiB and {MOST_LINES} lines. Post it as several."
    return Size(256 * 1024, too_large, f"Send one {name}, as a JSON object.")


Answer = tuple[int, dict[str, Any]]
Work = Callable[[Store, dict[str, Any], datetime], Answer]


class OfStore(APIView):
    """Callers with a store's key; what is not that store's is not found."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [IsTill]
    parser_classes = [StrictJSONParser]


def called_once(
    request: Request, form_class: type[serializers.Serializer[Any]], work: Work, size: Size = SMALL
) -> HttpResponse:
    """Check the body with `form_class`, then do `work(store, values, now)` unless it was done under this key."""
    body = body_of(request, size.most_bytes, size.too_large)
    key = key_of(request.headers.get("Idempotency-Key"))
    if not isinstance(request.data, dict):
        raise Problem(400, "NOT_AN_OBJECT", size.no_object, field="body")
    form = form_class(data=request.data)
    form.is_valid(raise_exception=True)
    now, api_key = timezone.now(), cast(Till, request.user).api_key
    code, answer, replayed = once(api_key, key, body, lambda: work(api_key.store, form.validated_data, now), now=now)
    headers = {"Idempotency-Replayed": "true"} if replayed else None
    return HttpResponse(answer, status=code, content_type="application/json", headers=headers)
