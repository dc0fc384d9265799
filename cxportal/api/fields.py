"""What bodies of the API are made of: strict members, times with an offset, text that shows as what it is."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request

from cxportal.api.problems import Problem

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


class MomentField(serializers.DateTimeField):
    """A time with its offset: without one, nobody knows which hour of which day was meant."""

    default_error_messages = {"no_offset": "Add the offset, such as +01:00 or Z."}

    def enforce_timezone(self, value: datetime) -> datetime:
        """The time as it is; never a guess of its zone."""
        if timezone.is_naive(value):
            self.fail("no_offset")
        return super().enforce_timezone(value)


def of_our_days(value: datetime) -> None:
    """Not from the future, not from another decade."""
    now = timezone.now()
    if value > now + CLOCK_AHEAD:
        raise serializers.ValidationError("This time is in the future. Check the till's clock.", "FUTURE")
    if value < now - OLDEST:
        raise serializers.ValidationError("This time is more than ten years ago. Check the till's clock.", "TOO_OLD")


class PrintableField(serializers.CharField):
    """Text that shows as what it is: no control characters, none that turn the direction of reading."""

    default_error_messages = {"unprintable": "Send printable characters only."}

    def to_internal_value(self, data: Any) -> str:
        """The text. Looked at before spaces around it are cut, because line breaks count as such."""
        if isinstance(data, str) and not data.isprintable():
            self.fail("unprintable")
        return super().to_internal_value(data)


class SlipCustomerSerializer(StrictSerializer):
    """Whose receipt or return it is."""

    loyalty_number = serializers.CharField(max_length=60)


def body_of(request: Request, most_bytes: int, words: str) -> bytes:
    """The raw body. Problem 413 with `words` when it is larger than any that is meant."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes:
        raise Problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "BODY_TOO_LARGE", words)
    return bytes(request._request.body)
