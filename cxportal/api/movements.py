"""`POST /api/v1/stock-movements/`: a store's machines report what moved, up to a thousand rows at once."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError as RuleBroken
from django.http import JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from cxportal.api.authentication import Till
from cxportal.api.calls import OfStore
from cxportal.api.fields import MomentField, body_of
from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from inventory.services.movements import (
    CREATED,
    LONGEST_EVENT_ID,
    LONGEST_REASON,
    MOST_PIECES,
    MOST_ROWS,
    REFUSED,
    SEEN_BEFORE,
    WAYS,
    MovementRow,
    RowResult,
    post_movements,
)

MOST_BYTES = 512 * 1024
TOO_LARGE = f"A batch has at most {MOST_BYTES // 1024} KiB and {MOST_ROWS:,} rows. Post it as several."


class MovementSerializer(serializers.Serializer[Any]):
    """One movement; for the schema only, because a thousand rows are checked faster by hand."""

    event_id = serializers.CharField(max_length=LONGEST_EVENT_ID, help_text="Your own name for it, new in its store.")
    sku = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=[kind.value for kind in WAYS])
    quantity = serializers.IntegerField(
        min_value=1, max_value=MOST_PIECES, help_text="Pieces; the kind says which way they go."
    )
    occurred_at = MomentField(help_text="ISO 8601 with a zone, such as 2026-11-22T16:05:00+01:00.")
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False)


class MovementsSerializer(serializers.Serializer[Any]):
    """A batch."""

    movements = serializers.ListField(child=MovementSerializer(), min_length=1, max_length=MOST_ROWS)


class RowAnswerSerializer(serializers.Serializer[Any]):
    """What became of one row."""

    event_id = serializers.CharField()
    status = serializers.IntegerField(help_text="201 in the book, 200 known before, 422 refused.")
    code = serializers.CharField(required=False, help_text="Why it was refused, for programs to compare.")
    detail = serializers.CharField(required=False, help_text="Why it was refused, for persons to read.")


class MovementsAnswerSerializer(serializers.Serializer[Any]):
    """What became of a batch."""

    created = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = serializers.ListField(child=RowAnswerSerializer(), help_text="In the order of the rows.")


class MovementsView(OfStore):
    """Movements of the store that the key belongs to."""

    @extend_schema(
        request=MovementsSerializer, responses={200: MovementsAnswerSerializer, **refusals(400, 401, 411, 413, 415)}
    )
    def post(self, request: Request) -> JsonResponse:
        """Book each row once, by its event_id: late, twice and in any order. One refused row leaves the others in."""
        body_of(request, MOST_BYTES, TOO_LARGE)
        sent = [read_row(row) for row in _rows(request.data)]
        till = cast(Till, request.user)
        rows = [row for row in sent if isinstance(row, MovementRow)]
        try:
            done = iter(post_movements(store=till.api_key.store, rows=rows, now=timezone.now()))
        except RuleBroken as error:
            raise Problem(400, str(error.code), error.messages[0], field="movements") from error
        results = [next(done) if isinstance(row, MovementRow) else row for row in sent]
        counts = Counter(result.status for result in results)
        return JsonResponse(
            {
                "created": counts[CREATED],
                "known": counts[SEEN_BEFORE],
                "refused": counts[REFUSED],
                "results": [_answer(result) for result in results],
            }
        )


def _rows(data: Any) -> list[Any]:
    """The rows of the body. Problem 400 when there are none, or too many."""
    if not isinstance(data, dict) or set(data) != {"movements"} or not isinstance(data["movements"], list):
        raise Problem(400, "NOT_A_BATCH", 'Send {"movements": [...]}.', field="body")
    rows: list[Any] = data["movements"]
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Problem(400, "ROWS", f"Send 1 to {MOST_ROWS:,} rows.", field="movements")
    return rows


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("Send printable text.")
    return value.strip()


def _pieces(value: Any) -> int:
    # True is an int for Python, and nobody's number of pieces.
    if type(value) is not int:
        raise ValueError("Send a whole number.")
    return value


def _moment(value: Any) -> datetime:
    moment = parse_datetime(value) if isinstance(value, str) else None
    if moment is None or timezone.is_naive(moment):
        raise ValueError("Send a time with its offset, such as 2026-11-22T16:05:00+01:00.")
    return moment


READS: Mapping[str, Callable[[Any], Any]] = {
    "event_id": _text,
    "sku": _text,
    "kind": _text,
    "quantity": _pieces,
    "occurred_at": _moment,
    "reason": _text,
}
NEEDED = READS.keys() - {"reason"}


def read_row(sent: Any) -> MovementRow | RowResult:
    """One row of the body, or why it is refused."""
    if not isinstance(sent, dict):
        return RowResult("", REFUSED, "NOT_AN_OBJECT", "Send an object.")
    name = sent.get("event_id")
    event_id = name if isinstance(name, str) and name.isprintable() else ""
    odd = sent.keys() - READS.keys() or NEEDED - sent.keys()
    if odd:
        words = f"Members: {', '.join(READS)}. Unknown or missing: {', '.join(sorted(odd))}."
        return RowResult(event_id, REFUSED, "MEMBERS", words)
    values: dict[str, Any] = {}
    for member, value in sent.items():
        try:
            values[member] = READS[member](value)
        except (ValueError, OverflowError) as error:
            return RowResult(event_id, REFUSED, member.upper(), f"{member}: {error}")
    return MovementRow(**values)


def _answer(result: RowResult) -> dict[str, Any]:
    answer: dict[str, Any] = {"event_id": result.event_id, "status": result.status}
    return answer if result.status != REFUSED else {**answer, "code": result.code, "detail": result.reason}
