"""Errors of the API as problem documents (RFC 9457) that name the field and say what to do."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as RuleBroken
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """Any refusal with a status, a code that a program can compare and a sentence for a person."""

    def __init__(self, status_code: int, code: str, detail: str, *, field: str = "", **extra: Any) -> None:
        self.status_code = status_code
        self.code = code
        self.field = field
        self.extra = extra
        super().__init__(detail, code)


def problem_body(
    status_code: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **extra: Any
) -> dict[str, Any]:
    """The members of RFC 9457 and `errors`: one {field, code, detail} for each thing that is wrong."""
    body: dict[str, Any] = {
        "type": f"urn:cxportal:problem:{code.lower().replace('_', '-')}",
        "title": TITLES.get(status_code, "The request can't be served"),
        "status": status_code,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return {**body, **extra}


TITLES = {
    400: "Something in the request is wrong",
    401: "The key is missing or not valid",
    403: "This key or login may not do that",
    404: "There is nothing here",
    405: "That method is not for this address",
    409: "It collides with something that is there",
    411: "The body needs a length",
    413: "The body is too large",
    415: "The body must be plain JSON",
    422: "The key was used for something else",
    429: "Too many requests",
    500: "Something went wrong here",
}
# What a refusal of the framework is about.
FIELDS: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "body",
    exceptions.UnsupportedMediaType: "Content-Type",
    exceptions.NotAuthenticated: "Authorization",
    exceptions.AuthenticationFailed: "Authorization",
}


def flatten(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Nested error details as a list of {field, code, detail}; fields as lines[2].sku."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in flatten(value, _member(path, key))]
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        return [row for place, value in enumerate(detail) for row in flatten(value, f"{path}[{place}]")]
    if isinstance(detail, list):
        return [row for value in detail for row in flatten(value, path)]
    field = "body" if path == "non_field_errors" else path.removesuffix(".non_field_errors")
    return [{"field": field, "code": str(getattr(detail, "code", "invalid")).upper(), "detail": str(detail)}]


def _member(path: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _from_rule(error: RuleBroken) -> exceptions.APIException:
    return Problem(status.HTTP_400_BAD_REQUEST, str(getattr(error, "code", "") or "INVALID").upper(), error.messages[0])


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal becomes a problem document; None lets a real fault through."""
    if isinstance(error, RuleBroken):
        error = _from_rule(error)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = _body(error, response.status_code)
    response.content_type = CONTENT_TYPE
    return response


def _body(error: exceptions.APIException, status_code: int) -> dict[str, Any]:
    if isinstance(error, Problem):
        errors = _about(error.field, error.code, str(error.detail))
        return problem_body(status_code, error.code, str(error.detail), errors, **error.extra)
    if isinstance(error, exceptions.ValidationError):
        errors = flatten(error.detail)
        first = errors[0]
        return problem_body(status_code, first["code"], f"{first['field']}: {first['detail']}".lstrip(": "), errors)
    code, detail = str(error.get_codes()).upper(), str(error.detail)
    return problem_body(status_code, code, detail, _about(FIELDS.get(type(error), ""), code, detail))


def _about(field: str, code: str, detail: str) -> list[dict[str, str]] | None:
    return [{"field": field, "code": code, "detail": detail}] if field else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: programs get a problem document without details, people get the page."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    detail = "The fault is ours. Sent again with the same Idempotency-Key, nothing happens twice."
    return JsonResponse(problem_body(500, "SERVER_ERROR", detail), status=500, content_type=CONTENT_TYPE)
