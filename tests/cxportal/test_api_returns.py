"""The till's API for what comes back: once per key, once per slip, problems that name the field."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.models import Return, ReturnLine
from tests.cxportal.till import Till
from tests.factories import make_api_key, make_customer, make_level

pytestmark = pytest.mark.django_db
URL = "/api/v1/returns/"


@pytest.fixture
def till(db: None) -> Till:
    return Till()


def body(**values: Any) -> dict[str, Any]:
    lines = [{"sku": "TEA", "quantity": 2, "refund": "9.99"}]
    return {"number": "B1", "returned_at": timezone.now().isoformat(), "lines": lines, **values}


def post(till: Till, sent: Any, key: str | None = "k1", raw: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {raw or till.raw}", **({"Idempotency-Key": key} if key else {})}
    return Client().post(URL, sent, content_type="application/json", headers=headers)


def test_slip_is_recorded_in_the_store_of_the_key(till: Till) -> None:
    customer = make_customer(loyalty_number="L-1")
    answer = post(till, body(receipt="R1", customer={"loyalty_number": "L-1"}))
    assert answer.status_code == 201
    assert answer.json()["store"] == till.level.store.code
    assert (answer.json()["number"], answer.json()["total"]) == ("B1", "19.98")
    assert answer.json()["customer"] == str(customer.public_id)
    assert till.on_hand() == 7


def test_what_can_not_be_sold_again_does_not_come_back_to_the_shelf(till: Till) -> None:
    lines = [{"sku": "TEA", "quantity": 2, "refund": "9.99", "sellable": False, "reason": "Torn"}]
    assert post(till, body(lines=lines)).status_code == 201
    assert till.on_hand() == 5
    assert ReturnLine.objects.get().reason == "Torn"


def test_same_key_and_body_again_gives_the_same_answer_and_no_second_effect(till: Till) -> None:
    sent = body()
    first, second = post(till, sent), post(till, sent)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotency-Replayed"] == "true"
    assert (Return.objects.count(), till.on_hand()) == (1, 7)


def test_same_slip_under_another_key_is_refused(till: Till) -> None:
    post(till, body())
    answer = post(till, body(), key="k2")
    assert (answer.status_code, answer.json()["code"]) == (409, "RETURN_EXISTS")
    assert till.on_hand() == 7


def test_a_slip_may_have_the_number_of_a_receipt(till: Till) -> None:
    assert till.post(till.body(receipt="7"), key="k1").status_code == 201
    assert post(till, body(number="7"), key="k2").status_code == 201


def test_two_stores_may_use_one_number(till: Till) -> None:
    other = make_level(on_hand=5, product=till.level.product)
    _, raw = make_api_key(other.store)
    assert post(till, body()).status_code == 201
    assert post(till, body(), raw=raw).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "NIX", "quantity": 1, "refund": "1.00"}]}, "lines[0].sku"),
        ({"lines": [{"sku": "TEA", "quantity": 0, "refund": "1.00"}]}, "lines[0].quantity"),
        ({"lines": [{"sku": "TEA", "quantity": 1, "refund": "-1.00"}]}, "lines[0].refund"),
        ({"lines": [{"sku": "TEA", "quantity": 1, "refund": "1.00", "resaleable": True}]}, "lines[0].resaleable"),
        ({"returned_at": "2099-01-01T00:00:00Z"}, "returned_at"),
        ({"returned_at": "2026-01-01T00:00:00"}, "returned_at"),
        ({"number": "B\u202e1"}, "number"),
        ({"customer": {"loyalty_number": "-"}}, "customer.loyalty_number"),
    ],
)
def test_refusals_name_the_field(till: Till, change: dict[str, Any], field: str) -> None:
    answer = post(till, body(**change))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert (Return.objects.count(), till.on_hand()) == (0, 5)


def test_strangers_and_calls_without_a_key_are_refused(till: Till) -> None:
    assert post(till, body(), raw="nobody").status_code == 401
    assert post(till, body(), key=None).json()["code"] == "IDEMPOTENCY_KEY"
    assert post(till, [body()]).json()["code"] == "NOT_AN_OBJECT"
