"""What no till sends by design: odd bytes, absurd numbers, unknown addresses. Each is refused, none is a fault."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from cxportal import urls
from cxportal.models import IdempotentCall
from inventory.models import Sale, StockLevel
from tests.cxportal.till import URL, Till

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.fixture
def till(db: None) -> Till:
    return Till()


def refused(answer: Any) -> tuple[int, str]:
    """(status, first field) of a problem document that wrote nothing."""
    assert answer["Content-Type"] == PROBLEM
    assert (Sale.objects.count(), IdempotentCall.objects.count()) == (0, 0)
    document = answer.json()
    assert document["status"] == answer.status_code
    return answer.status_code, document["errors"][0]["field"] if "errors" in document else ""


@pytest.mark.parametrize(
    "address", ["/stock/%00/", "/stock/%00/stores/", "/stock/a%0Ab/ticket/", f"/stock/{'A' * 41}/"]
)
def test_what_can_be_no_sku_is_not_found(till: Till, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_what_can_be_no_sku_is_a_problem_of_the_api(till: Till) -> None:
    assert refused(Client().get("/api/v1/availability/%00/")) == (404, "")


@pytest.mark.parametrize("address", ["/stock/?near=%00", "/stock/TEA/?near=%00", "/api/v1/availability/TEA/?near=%00"])
def test_control_characters_are_no_place(till: Till, address: str) -> None:
    assert Client().get(address).status_code == 200


def lines(*rows: tuple[int, str]) -> dict[str, Any]:
    return {"lines": [{"sku": "TEA", "quantity": quantity, "unit_price": price} for quantity, price in rows]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lines((100_001, "1.00")), "lines[0].quantity"),
        (lines((100_000, "1.00"), (1, "1.00")), "lines"),
        (lines((11, "9999999999.99")), "lines"),
        (lines((1, "99999999999.99")), "lines[0].unit_price"),
        ({"lines": [{"sku": "TEA\u0000", "quantity": 1, "unit_price": "1.00"}]}, "lines[0].sku"),
        ({"sold_at": "2026-11-22T12:00:00"}, "sold_at"),
        ({"sold_at": "2026-11-22"}, "sold_at"),
        ({"sold_at": 1}, "sold_at"),
        ({"sold_at": "0001-01-01T00:00:00+14:00"}, "sold_at"),
        ({"sold_at": "9999-12-31T23:59:59-14:00"}, "sold_at"),
        ({"customer": {"loyalty_number": "!!!"}}, "customer.loyalty_number"),
        ({"receipt": "R\u202e1"}, "receipt"),
        ({"receipt": "R1\n"}, "receipt"),
        ({"receipt": "R\u00001"}, "receipt"),
        ({"receipt": "R\ud8001"}, "receipt"),
    ],
)
def test_absurd_values_name_their_field(till: Till, change: dict[str, Any], field: str) -> None:
    assert refused(till.post(json.dumps(till.body(**change)))) == (400, field)
    assert till.on_hand() == 5


def test_largest_receipt_is_taken(till: Till) -> None:
    assert till.post(till.body(**lines((10, "9999999999.99"), (99_990, "0.00")))).status_code == 201


@pytest.mark.parametrize("rows", [[(7, "1.00")], [(3, "1.00"), (4, "1.00")]])
def test_counter_that_can_hold_no_more_refuses_and_stays(till: Till, rows: list[tuple[int, str]]) -> None:
    least = -(2**31) + 3
    StockLevel.objects.filter(pk=till.level.pk).update(on_hand=least)
    answer = till.post(till.body(**lines(*rows)))
    assert answer.json()["code"] == "STOCK_OUT_OF_RANGE"
    assert refused(answer) == (400, "lines[0].quantity" if len(rows) == 1 else "lines")
    assert till.on_hand() == least


@pytest.mark.parametrize(
    "body",
    [
        "{not json",
        "[" * 100_000,
        '{"a":' * 20_000,
        '{"receipt": "R1", "receipt": "R2"}',
        '{"receipt": NaN}',
        '{"lines": [{"quantity": -Infinity}]}',
        '{"receipt": ' + "9" * 5000 + "}",
        '{"\\ud800": 1}',
        b'{"receipt": "\xff"}',
        "[1]",
        '"R1"',
        "null",
        "7",
    ],
)
def test_body_that_is_no_receipt_is_named(till: Till, body: str | bytes) -> None:
    assert refused(till.post(body)) == (400, "body")


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("content_type", "text/csv", "Content-Type"),
        ("content_type", "application/json; charset=utf-16", "Content-Type"),
        ("Content-Encoding", "gzip", "Content-Encoding"),
    ],
)
def test_body_in_another_coat_is_415(till: Till, header: str, value: str, field: str) -> None:
    assert refused(till.post(json.dumps(till.body()), **{header: value})) == (415, field)


@pytest.mark.parametrize("content_type", ["application/json", 'application/json; charset="UTF-8"'])
def test_body_in_utf8_is_read(till: Till, content_type: str) -> None:
    assert till.post(json.dumps(till.body()), content_type=content_type).status_code == 201


@pytest.mark.parametrize("header", [None, "Basic dGlsbDp0aWxs", "Bearer", "Bearer a b", "Bearer cx_wrong"])
def test_every_401_names_the_header(till: Till, header: str | None) -> None:
    answer = Client().post(
        URL, till.body(), content_type="application/json", headers={"Authorization": header} if header else None
    )
    assert refused(answer) == (401, "Authorization")
    assert "Bearer" in answer["WWW-Authenticate"]
    assert (answer.json()["detail"] == "Send the header Authorization: Bearer <key>.") is not (
        header is not None and header.startswith("Bearer")
    )


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/", "/api/v1/sale/", "/api/v2/sales"])
def test_unknown_address_of_the_api_is_a_problem(db: None, method: str, address: str) -> None:
    assert refused(getattr(Client(), method)(address)) == (404, "")


def test_slash_at_the_end_is_not_needed(till: Till) -> None:
    headers = {"Authorization": f"Bearer {till.raw}", "Idempotency-Key": "k1"}
    answers = [
        Client().post(
            address, till.body(receipt="R1", sold_at="2026-11-01T10:00:00Z"), "application/json", headers=headers
        )
        for address in ("/api/v1/sales", "/api/v1/sales/")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Sale.objects.count() == 1
    assert Client().get("/api/v1/availability/TEA").status_code == 200


class BrokenView(APIView):
    """A fault of ours."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    def get(self, request: Request) -> None:
        raise ZeroDivisionError("secret words")


class WithFault:
    """The portal's addresses, and two that fail."""

    handler500 = urls.handler500
    urlpatterns = [path("api/broken/", BrokenView.as_view()), path("broken/", BrokenView.as_view()), *urls.urlpatterns]


@pytest.fixture
def faulty() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=WithFault):
        yield Client(raise_request_exception=False)


def test_fault_under_api_is_a_problem_without_details(faulty: Client) -> None:
    answer = faulty.get("/api/broken/")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (500, PROBLEM, "SERVER_ERROR")
    assert b"secret" not in answer.content
    assert faulty.get("/broken/")["Content-Type"].startswith("text/html")
