"""The till's API: once per key, problems that name the field, nothing half written."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cxportal.models import ApiKey, IdempotentCall
from inventory.models import Discrepancy, Sale
from tests.cxportal.till import URL, Till
from tests.factories import make_api_key, make_customer, make_level

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(db: None) -> Till:
    return Till()


def test_receipt_is_recorded_in_the_store_of_the_key(till: Till) -> None:
    customer = make_customer(loyalty_number="L-1")
    answer = till.post(till.body(customer={"loyalty_number": "L-1"}))
    assert answer.status_code == 201
    assert answer.json()["store"] == till.level.store.code
    assert (answer.json()["total"], answer.json()["customer"]) == ("19.98", str(customer.public_id))
    assert till.on_hand() == 3


def test_same_key_and_body_again_gives_the_same_answer_and_no_second_effect(till: Till) -> None:
    body = till.body()
    first, second = till.post(body), till.post(body)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotency-Replayed"] == "true"
    assert (Sale.objects.count(), till.on_hand()) == (1, 3)


def test_same_key_with_another_body_is_refused(till: Till) -> None:
    till.post(till.body())
    answer = till.post(till.body(receipt="R2"))
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Sale.objects.count() == 1


def test_keys_of_two_tills_do_not_collide(till: Till) -> None:
    other = make_level(on_hand=5, product=till.level.product)
    _, raw = make_api_key(other.store)
    assert till.post(till.body()).status_code == 201
    assert till.post(till.body(), raw=raw).status_code == 201


def test_refused_call_may_be_mended_and_sent_again_under_its_key(till: Till) -> None:
    assert till.post(till.body(lines=[{"sku": "NIX", "quantity": 1, "unit_price": "1.00"}])).status_code == 400
    assert IdempotentCall.objects.count() == 0
    assert till.post(till.body()).status_code == 201


def test_sale_beyond_the_book_is_accepted_and_recorded(till: Till) -> None:
    lines = [{"sku": "TEA", "quantity": 7, "unit_price": "9.99"}]
    assert till.post(till.body(lines=lines)).status_code == 201
    assert (till.on_hand(), Discrepancy.objects.get().missing) == (-2, 2)


def one_line(**values: Any) -> dict[str, Any]:
    return {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": "9.99", **values}]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (one_line(sku="NIX"), "lines[0].sku"),
        (one_line(quantity=0), "lines[0].quantity"),
        (one_line(quantity=-3), "lines[0].quantity"),
        (one_line(quantity="two"), "lines[0].quantity"),
        (one_line(unit_price="-1.00"), "lines[0].unit_price"),
        (one_line(unit_price="1.999"), "lines[0].unit_price"),
        (one_line(color="red"), "lines[0].color"),
        ({"lines": []}, "lines"),
        ({"lines": "TEA"}, "lines"),
        ({"receipt": ""}, "receipt"),
        ({"sold_at": "yesterday"}, "sold_at"),
        ({"sold_at": "2999-01-01T00:00:00Z"}, "sold_at"),
        ({"sold_at": "1999-01-01T00:00:00Z"}, "sold_at"),
        ({"customer": {"loyalty": "L-1"}}, "customer.loyalty_number"),
        ({"custmer": None}, "custmer"),
    ],
)
def test_wrong_input_names_its_field_and_writes_nothing(till: Till, change: dict[str, Any], field: str) -> None:
    answer = till.post(till.body(**change))
    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert field in [error["field"] for error in body["errors"]]
    assert {"type", "title", "status", "detail"} <= set(body)
    assert (Sale.objects.count(), till.on_hand(), IdempotentCall.objects.count()) == (0, 5, 0)


def test_oversized_body_is_413(till: Till) -> None:
    answer = till.post(till.body(receipt="R" * 300_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_missing_idempotency_key_is_named(till: Till) -> None:
    answer = till.post(till.body(), key=None)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_receipt_under_a_new_key_is_a_conflict(till: Till) -> None:
    till.post(till.body())
    answer = till.post(till.body(), key="k2")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "receipt")
    assert till.on_hand() == 3


@pytest.mark.parametrize("raw", ["cxk_wrong", "a b", "ü"])
def test_wrong_key_is_401(till: Till, raw: str) -> None:
    answer = till.post(till.body(), raw=raw)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert Sale.objects.count() == 0


def test_revoked_and_missing_keys_are_401(till: Till) -> None:
    ApiKey.objects.update(revoked_at=timezone.now())
    assert till.post(till.body()).status_code == 401
    assert Client().post(URL, till.body(), content_type="application/json").status_code == 401


def test_key_is_stored_as_a_hash_only(till: Till) -> None:
    stored = ApiKey.objects.values().get(pk=till.key.pk)
    assert till.raw not in str(stored)
    assert till.raw.encode() != bytes(stored["key_hash"])


@pytest.mark.django_db(transaction=True)
def test_many_at_once_under_one_key_are_one_sale() -> None:
    till = Till()
    body, answers = till.body(), []

    def post() -> None:
        try:
            answers.append(till.post(body))
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (Sale.objects.count(), till.on_hand()) == (1, 3)


def test_availability_says_what_the_page_says(till: Till) -> None:
    answer = Client().get("/api/v1/availability/TEA/?near=40,-74").json()
    page = Client().get("/stock/TEA/?near=40,-74").content.decode()
    assert answer["stores"][0]["word"] in page
    assert answer["stores"][0]["evidence"] in page
    assert answer["stores"][0]["distance_km"] > 0
    assert Client().get("/api/v1/availability/NIX/").status_code == 404
    assert Client().get("/api/v1/availability/TEA/?near=Atlantis").json()["errors"][0]["field"] == "near"
