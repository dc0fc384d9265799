"""What `/api/schema/` says beyond the views: how a till signs in, and what a refusal looks like."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from cxportal.api.problems import CONTENT_TYPE, TITLES


class TillKeyScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer <key>`. drf-spectacular registers it when this module is imported."""

    target_class = "cxportal.api.authentication.ApiKeyAuthentication"
    name = "till-key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The scheme in OpenAPI's words."""
        return {"type": "http", "scheme": "bearer", "description": "The key of a till. It fixes the store."}


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    field = serializers.CharField(help_text="Such as lines[2].sku, the name of a header, or body.")
    code = serializers.CharField(help_text="For programs to compare.")
    detail = serializers.CharField(help_text="For persons to read.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs to compare.")
    detail = serializers.CharField(help_text="What to do about it, for persons to read.")
    # The metaclass takes fields away from the class: the property of this name stays what it is.
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment]


def refusals(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The refusals of an operation, for `extend_schema(responses=...)`."""
    return {(code, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, TITLES[code]) for code in statuses}
