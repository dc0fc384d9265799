"""One call of a till or a shop: read strictly, done once under its key, answered with the same bytes every time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from customers.models import Store
from cxportal.api.authentication import Till
from cxportal.api.fields import body_of
from cxportal.api.idempotency import key_of, once
from cxportal.api.problems import Problem

MOST_BYTES = 16 * 1024

Answer = tuple[int, dict[str, Any]]
Work = Callable[[Store, dict[str, Any], datetime], Answer]


def called_once(request: Request, form_class: type[serializers.Serializer[Any]], work: Work) -> HttpResponse:
    """Check the body with `form_class`, then do `work(store, values, now)` unless it was done under this key."""
    body = body_of(request, MOST_BYTES, f"Send at most {MOST_BYTES // 1024} KiB.")
    key = key_of(request.headers.get("Idempotency-Key"))
    if not isinstance(request.data, dict):
        raise Problem(400, "NOT_AN_OBJECT", "Send one JSON object.", field="body")
    form = form_class(data=request.data)
    form.is_valid(raise_exception=True)
    now, api_key = timezone.now(), cast(Till, request.user).api_key
    code, answer, replayed = once(api_key, key, body, lambda: work(api_key.store, form.validated_data, now), now=now)
    headers = {"Idempotency-Replayed": "true"} if replayed else None
    return HttpResponse(answer, status=code, content_type="application/json", headers=headers)
