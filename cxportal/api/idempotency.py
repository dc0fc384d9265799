"""Calls that are safe to repeat: the same key and body give the same answer and have no second effect."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from rest_framework import status

from cxportal.api.problems import Problem
from cxportal.models import ApiKey, IdempotentCall

LONGEST_KEY = 255

# One statement claims the key or waits for the call that has it; two calls at once can't both be the first.
CLAIM = """
INSERT INTO cxportal_idempotentcall (api_key_id, key, request_hash, body, created_at) VALUES (%s, %s, %s, '', %s)
ON CONFLICT (api_key_id, key) DO NOTHING RETURNING id
"""


def key_of(header: str | None) -> str:
    """The Idempotency-Key of a request. Problem 400 when it is missing or too long."""
    key = (header or "").strip()
    if not key or len(key) > LONGEST_KEY:
        raise Problem(
            status.HTTP_400_BAD_REQUEST,
            "IDEMPOTENCY_KEY",
            f"Send a header Idempotency-Key of 1 to {LONGEST_KEY} characters, a new one for each receipt.",
            field="Idempotency-Key",
        )
    return key


def once(
    api_key: ApiKey, key: str, body: bytes, work: Callable[[], tuple[int, dict[str, Any]]], *, now: datetime
) -> tuple[int, str, bool]:
    """Do `work` unless it was done under this key: (status, answer as JSON text, replayed).

    Effect and answer are written in one transaction, so a crash leaves neither. A refused call leaves no trace: the
    till may mend it and send it again under the same key. Problem 422 when the key was used with another body.
    """
    request_hash = hashlib.sha256(body).digest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [api_key.pk, key, request_hash, now])
            claimed = cursor.fetchone()
        if claimed is None:
            return _answer_given(api_key, key, request_hash)
        code, given = work()
        answer = json.dumps(given, separators=(",", ":"))
        IdempotentCall.objects.filter(pk=claimed[0]).update(status=code, body=answer)
    return code, answer, False


def _answer_given(api_key: ApiKey, key: str, request_hash: bytes) -> tuple[int, str, bool]:
    call = IdempotentCall.objects.get(api_key=api_key, key=key)
    if bytes(call.request_hash) != request_hash:
        raise Problem(
            status.HTTP_422_UNPROCESSABLE_ENTITY,
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was used for another body. Use a new key for a new receipt.",
            field="Idempotency-Key",
        )
    return call.status or status.HTTP_200_OK, call.body, True
