"""Consoles and web shops: hold, collect and wait in the store of the key, once per call."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Customer
from inventory.models import Hold, StockLevel, WaitlistEntry
from tests.factories import make_api_key, make_customer, make_level, make_product, make_wellknown

pytestmark = pytest.mark.django_db

HOLDS, WAITS = "/api/v1/holds/", "/api/v1/waitlist/"


class Shop:
    """A web shop's key, one product and three pieces of it."""

    def __init__(self) -> None:
        make_wellknown()
        self.level = make_level(on_hand=3, product=make_product(sku="TEA"))
        _, self.raw = make_api_key(self.level.store)
        self.customer = make_customer()

    def post(self, address: str, body: Any, *, key: str = "k1", raw: str = "") -> Any:
        headers = {"Authorization": f"Bearer {raw or self.raw}", "Idempotency-Key": key}
        return Client().post(address, body, content_type="application/json", headers=headers)

    def get(self, address: str, raw: str = "") -> Any:
        return Client().get(address, headers={"Authorization": f"Bearer {raw or self.raw}"})

    def hold(self, **values: Any) -> Any:
        return self.post(HOLDS, {"sku": "TEA", "customer": str(self.customer.public_id), **values})

    def held(self) -> int:
        return StockLevel.objects.get(pk=self.level.pk).held


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()


def test_a_hold_is_placed_in_the_store_of_the_key_once(shop: Shop) -> None:
    first, second = shop.hold(quantity=2), shop.hold(quantity=2)
    assert (first.status_code, first.content) == (201, second.content)
    assert second["Idempotency-Replayed"] == "true"
    hold = Hold.objects.get()
    assert (first.json()["id"], first.json()["state"]) == (str(hold.public_id), "REQUESTED")
    assert (first.json()["store"], first.json()["quantity"]) == (shop.level.store.code, 2)
    assert shop.held() == 2


def test_a_proven_contact_makes_a_customer_with_the_shop_as_its_source(shop: Shop) -> None:
    body = {"sku": "TEA", "contact": {"email": "new@chain.example"}}
    answer = shop.post(HOLDS, body)
    made = Customer.objects.get(public_id=answer.json()["customer"])
    assert made.identifiers.get().source.code == "web-shop"
    rare = make_level(store=shop.level.store, product=make_product(sku="RARE"))
    waits = shop.post(WAITS, {**body, "sku": rare.product.sku}, key="k2")
    assert waits.json()["customer"] == str(made.public_id)


def test_who_has_one_kept_does_not_wait_for_another(shop: Shop) -> None:
    shop.hold()
    answer = shop.post(WAITS, {"sku": "TEA", "customer": str(shop.customer.public_id)}, key="k2")
    assert (answer.status_code, answer.json()["code"]) == (409, "ALREADY_HELD")


def test_a_merged_customer_is_his_survivor(shop: Shop) -> None:
    merged = make_customer(merged_into=shop.customer)
    assert shop.hold(customer=str(merged.public_id)).json()["customer"] == str(shop.customer.public_id)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"sku": "NONE"}, "UNKNOWN_SKU", "sku"),
        ({"customer": str(uuid4())}, "UNKNOWN_CUSTOMER", "customer"),
        ({"contact": {"email": "a@b.example"}}, "ONE_CUSTOMER", "body"),
        ({"customer": None}, "NULL", "customer"),
        ({"quantity": 3}, "MAX_VALUE", "quantity"),
        ({"colour": "red"}, "UNKNOWN", "colour"),
    ],
)
def test_what_is_wrong_is_named(shop: Shop, values: dict[str, Any], code: str, field: str) -> None:
    answer = shop.hold(**values)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["errors"][0]["field"] == field
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("contact", [{}, {"email": "a@b.example", "phone": "+12025550147"}])
def test_a_contact_is_one_address(shop: Shop, contact: dict[str, str]) -> None:
    answer = shop.post(HOLDS, {"sku": "TEA", "contact": contact})
    assert (answer.status_code, answer.json()["code"]) == (400, "ONE_CONTACT")


def test_a_contact_that_can_be_none_is_named(shop: Shop) -> None:
    answer = shop.post(HOLDS, {"sku": "TEA", "contact": {"phone": "12"}})
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == ("ADDRESS", "contact.phone")


def test_caps_and_empty_shelves_are_conflicts_and_leave_no_trace(shop: Shop) -> None:
    shop.hold()
    again = shop.post(HOLDS, {"sku": "TEA", "customer": str(shop.customer.public_id)}, key="k2")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_HELD")
    shelf = make_product(sku="NOWHERE")
    gone = shop.post(HOLDS, {"sku": shelf.sku, "contact": {"email": "other@chain.example"}}, key="k3")
    assert (gone.status_code, gone.json()["code"]) == (409, "NOTHING_FREE")
    assert (Hold.objects.count(), Customer.objects.count()) == (1, 1)


def test_a_hold_is_collected_by_its_code(shop: Shop) -> None:
    hold = shop.hold().json()
    wrong = shop.post(f"{HOLDS}{hold['id']}/collect/", {"code": "222222"}, key="k2")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "WRONG_CODE")
    answer = shop.post(f"{HOLDS}{hold['id']}/collect/", {"code": hold["code"].lower()}, key="k2")
    assert (answer.status_code, answer.json()["state"]) == (200, "COLLECTED")
    assert shop.get(f"{HOLDS}{hold['id']}/").json()["state"] == "COLLECTED"
    late = shop.post(f"{HOLDS}{hold['id']}/release/", {}, key="k3")
    assert (late.status_code, late.json()["code"]) == (409, "NOT_LIVE")


def test_a_hold_is_given_back(shop: Shop) -> None:
    hold = shop.hold().json()
    assert shop.post(f"{HOLDS}{hold['id']}/release/", {}, key="k2").json()["state"] == "RELEASED"
    assert shop.held() == 0


def test_holds_of_other_stores_are_not_found(shop: Shop) -> None:
    hold = shop.hold().json()
    _, other = make_api_key(make_level().store)
    assert shop.get(f"{HOLDS}{hold['id']}/", raw=other).status_code == 404
    for step, body in (("collect", {"code": hold["code"]}), ("release", {})):
        assert shop.post(f"{HOLDS}{hold['id']}/{step}/", body, raw=other).status_code == 404
    assert Hold.objects.get().state == "REQUESTED"


def test_without_a_key_nothing_is_said(shop: Shop) -> None:
    hold = shop.hold().json()
    assert Client().get(f"{HOLDS}{hold['id']}/").status_code == 401
    assert shop.post(HOLDS, {"sku": "TEA"}, raw="cx_unknown").status_code == 401


def test_a_place_in_the_line(shop: Shop) -> None:
    make_level(store=shop.level.store, product=make_product(sku="RARE"))
    first = shop.post(WAITS, {"sku": "RARE", "customer": str(shop.customer.public_id)})
    assert (first.status_code, first.json()["position"], first.json()["state"]) == (201, 1, "WAITING")
    second = shop.post(WAITS, {"sku": "RARE", "contact": {"phone": "+12025550147"}, "wants": "HOLD"}, key="k2")
    assert second.json()["position"] == 2
    assert WaitlistEntry.objects.count() == 2


def test_what_is_free_is_kept_at_once(shop: Shop) -> None:
    answer = shop.post(WAITS, {"sku": "TEA", "customer": str(shop.customer.public_id)})
    assert (answer.json()["state"], answer.json()["hold"]) == ("OFFERED", str(Hold.objects.get().public_id))
