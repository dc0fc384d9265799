"""The API for movements in bulk: an answer for each row, each event once, one refused row leaves the others in."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.api import movements
from inventory.models import StockMovement
from inventory.services.movements import MOST_ROWS
from tests.cxportal.till import Till

pytestmark = pytest.mark.django_db
URL = "/api/v1/stock-movements/"


@pytest.fixture
def till(db: None) -> Till:
    return Till()


def row(**values: Any) -> dict[str, Any]:
    now = timezone.now().isoformat()
    return {"event_id": "e1", "sku": "TEA", "kind": "DELIVERY", "quantity": 2, "occurred_at": now, **values}


def post(till: Till, *rows: Any, raw: str | None = None) -> Any:
    return send(till, {"movements": list(rows)}, raw)


def send(till: Till, body: Any, raw: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {raw or till.raw}"}
    return Client().post(URL, body, content_type="application/json", headers=headers)


def test_each_row_gets_its_answer(till: Till) -> None:
    answer = post(till, row(), row(event_id="e2", sku="NIX"), row(event_id="e3", kind="DAMAGE", quantity=1))
    assert answer.status_code == 200
    assert answer.json() == {
        "created": 2,
        "known": 0,
        "refused": 1,
        "results": [
            {"event_id": "e1", "status": 201},
            {
                "event_id": "e2",
                "status": 422,
                "code": "UNKNOWN_SKU",
                "detail": "No product has the SKU NIX. Send it first.",
            },
            {"event_id": "e3", "status": 201},
        ],
    }
    assert till.on_hand() == 6


def test_the_same_rows_again_change_nothing(till: Till) -> None:
    rows = [row(), row(event_id="e2")]
    post(till, *rows)
    answer = post(till, *reversed(rows))
    assert (answer.json()["created"], answer.json()["known"]) == (0, 2)
    assert (till.on_hand(), StockMovement.objects.filter(kind="DELIVERY").count()) == (9, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": "2"}, "QUANTITY"),
        ({"quantity": True}, "QUANTITY"),
        ({"quantity": 0}, "QUANTITY"),
        ({"quantity": 10**30}, "QUANTITY"),
        ({"occurred_at": "2026-01-01T10:00:00"}, "OCCURRED_AT"),
        ({"occurred_at": "2026-02-31T10:00:00Z"}, "OCCURRED_AT"),
        ({"occurred_at": 5}, "OCCURRED_AT"),
        ({"occurred_at": "2099-01-01T10:00:00Z"}, "FUTURE"),
        ({"kind": "SALE"}, "KIND"),
        ({"kind": None}, "KIND"),
        ({"event_id": ""}, "EVENT_ID"),
        ({"event_id": "e\u0000"}, "EVENT_ID"),
        ({"reason": "x" * 161}, "REASON"),
        ({"shelf": 3}, "MEMBERS"),
    ],
)
def test_a_wrong_row_leaves_the_others_in(till: Till, change: dict[str, Any], code: str) -> None:
    answer = post(till, row(**change), row(event_id="good")).json()
    assert [result["status"] for result in answer["results"]] == [422, 201]
    assert answer["results"][0]["code"] == code
    assert till.on_hand() == 7


@pytest.mark.parametrize("odd", [None, 5, "text", []])
def test_a_row_that_is_no_object_is_refused(till: Till, odd: Any) -> None:
    assert post(till, odd).json()["results"][0]["code"] == "NOT_AN_OBJECT"


@pytest.mark.parametrize("body", [[], {}, {"movements": {}}, {"movements": [], "more": 1}, "text"])
def test_what_is_no_batch_is_refused(till: Till, body: Any) -> None:
    answer = send(till, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_batch_has_at_most_a_thousand_rows(till: Till) -> None:
    assert post(till).json()["code"] == "ROWS"
    many = [row(event_id=f"e{number}") for number in range(MOST_ROWS + 1)]
    assert post(till, *many).json()["code"] == "ROWS"
    assert post(till, *many[1:]).json()["created"] == MOST_ROWS


def test_large_bodies_and_strangers_are_refused(till: Till) -> None:
    assert post(till, row(reason="x" * movements.MOST_BYTES)).status_code == 413
    assert post(till, row(), raw="nobody").status_code == 401
    assert till.on_hand() == 5
