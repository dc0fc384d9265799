"""The API's description: complete enough to write a till against it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(Client().get("/api/schema/", headers={"Accept": "application/json"}).json())


def test_schema_is_valid_and_leaves_nothing_unsaid(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert capsys.readouterr().err == ""


def test_each_address_is_described_once(schema: dict[str, Any]) -> None:
    assert sorted(schema["paths"]) == [
        "/api/v1/availability/{sku}/",
        "/api/v1/holds/",
        "/api/v1/holds/{public_id}/",
        "/api/v1/holds/{public_id}/collect/",
        "/api/v1/holds/{public_id}/release/",
        "/api/v1/returns/",
        "/api/v1/sales/",
        "/api/v1/stock-movements/",
        "/api/v1/waitlist/",
    ]


def test_till_signs_in_with_its_key(schema: dict[str, Any]) -> None:
    assert schema["paths"]["/api/v1/sales/"]["post"]["security"] == [{"till-key": []}]
    assert schema["components"]["securitySchemes"]["till-key"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("address", "method", "statuses"),
    [
        ("/api/v1/sales/", "post", {"400", "401", "409", "411", "413", "415", "422"}),
        ("/api/v1/holds/", "post", {"400", "401", "409", "411", "413", "415", "422"}),
        ("/api/v1/holds/{public_id}/", "get", {"401", "404"}),
        ("/api/v1/waitlist/", "post", {"400", "401", "409", "411", "413", "415", "422"}),
        ("/api/v1/availability/{sku}/", "get", {"400", "401", "404", "429"}),
    ],
)
def test_refusals_are_problems(schema: dict[str, Any], address: str, method: str, statuses: set[str]) -> None:
    answers = schema["paths"][address][method]["responses"]
    assert {status for status in answers if status >= "400"} == statuses
    for status in statuses:
        content = answers[status]["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_receipt_has_a_line(schema: dict[str, Any]) -> None:
    sent = schema["components"]["schemas"]["Sale"]["properties"]["lines"]
    assert (sent["minItems"], sent["maxItems"]) == (1, 500)
