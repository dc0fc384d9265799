"""Refusals of the API: what RFC 9457 asks for, and the field that is wrong."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail

from cxportal.api.problems import CONTENT_TYPE, TITLES, Problem, flatten, problem_body, problem_response


def body(error: Exception) -> dict[str, Any]:
    """The document that an error becomes."""
    response = problem_response(error, {})
    assert response is not None
    assert response.content_type == CONTENT_TYPE
    assert response.data["status"] == response.status_code
    return dict(response.data)


def test_a_problem_has_the_members_of_the_rfc() -> None:
    assert problem_body(422, "KEY_REUSED", "The key stands for another body.") == {
        "type": "urn:cxportal:problem:key-reused",
        "title": TITLES[422],
        "status": 422,
        "code": "KEY_REUSED",
        "detail": "The key stands for another body.",
    }


def test_a_status_without_a_title_of_its_own_has_one() -> None:
    assert problem_body(418, "TEAPOT", "Short and stout.")["title"] == "The request can't be served"


@pytest.mark.parametrize(
    ("detail", "rows"),
    [
        ({"receipt": [ErrorDetail("Needed.", "required")]}, [("receipt", "REQUIRED")]),
        ({"lines": [{}, {"sku": [ErrorDetail("Unknown.", "unknown")]}]}, [("lines[1].sku", "UNKNOWN")]),
        ({"customer": {"loyalty_number": [ErrorDetail("Blank.", "blank")]}}, [("customer.loyalty_number", "BLANK")]),
        ({"lines": {"non_field_errors": [ErrorDetail("Empty.", "empty")]}}, [("lines", "EMPTY")]),
        ([ErrorDetail("Bad.", "parse_error")], [("", "PARSE_ERROR")]),
        ("plain words", [("", "INVALID")]),
    ],
)
def test_nested_errors_become_one_row_per_field(detail: Any, rows: list[tuple[str, str]]) -> None:
    assert [(row["field"], row["code"]) for row in flatten(detail)] == rows


def test_every_wrong_field_is_named() -> None:
    detail = {"receipt": [ErrorDetail("Needed.", "required")], "sold_at": [ErrorDetail("No time.", "invalid")]}
    document = body(exceptions.ValidationError(detail))
    assert (document["status"], document["code"], document["detail"]) == (400, "REQUIRED", "receipt: Needed.")
    assert [row["field"] for row in document["errors"]] == ["receipt", "sold_at"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValidationError("Nothing is free.", code="NOTHING_FREE"), 400, "NOTHING_FREE"),
        (ValidationError("No code."), 400, "INVALID"),
        (Http404(), 404, "NOT_FOUND"),
        (PermissionDenied("Not yours."), 403, "PERMISSION_DENIED"),
        (exceptions.NotAuthenticated(), 401, "NOT_AUTHENTICATED"),
        (exceptions.MethodNotAllowed("GET"), 405, "METHOD_NOT_ALLOWED"),
        (exceptions.ParseError(), 400, "PARSE_ERROR"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (exceptions.Throttled(), 429, "THROTTLED"),
        (Problem(409, "RUNNING", "The same call is running."), 409, "RUNNING"),
    ],
)
def test_every_refusal_is_a_problem(error: Exception, status: int, code: str) -> None:
    document = body(error)
    assert (document["status"], document["code"]) == (status, code)
    assert document["title"] == TITLES[status]


def test_a_problem_may_name_its_field_and_carry_more() -> None:
    document = body(Problem(400, "UNKNOWN_SKU", "No such SKU.", field="lines[2].sku", retry=False))
    assert document["errors"] == [{"field": "lines[2].sku", "code": "UNKNOWN_SKU", "detail": "No such SKU."}]
    assert document["retry"] is False


def test_a_fault_of_ours_is_no_refusal() -> None:
    assert problem_response(ZeroDivisionError(), {}) is None
