"""Staff keep something aside for a customer: who may, in which store, and what is refused."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from cxportal.roles import Role
from inventory.models import Hold, StockLevel
from inventory.promises import MOST_LIVE_PER_PERSON, MOST_PIECES
from tests.cxportal.people import maria, page_url, signed_in
from tests.factories import make_level, make_product, make_store, make_wellknown

# The vault writes down who reads a page, in a transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)

GTIN = "4006381333931"


@pytest.fixture
def level() -> StockLevel:
    make_wellknown()
    return make_level(
        on_hand=9, product=make_product(sku="TEA", gtin=GTIN), store=make_store(code="s1", name="Harbour")
    )


def keep(client: Client, customer: Customer, **values: Any) -> Any:
    asked = {"what": "TEA", "where": "s1", "quantity": "1", **values}
    return client.post(reverse("customer-keep", args=[customer.public_id]), asked)


@pytest.mark.parametrize("values", [{}, {"what": GTIN}, {"where": "harbour"}, {"where": "S1"}])
def test_an_agent_keeps_one_aside_in_any_store(level: StockLevel, values: dict[str, str]) -> None:
    client, customer = signed_in(Role.AGENT), maria()
    assert keep(client, customer, **values)["Location"] == page_url(customer)
    hold = Hold.objects.get()
    assert (hold.level, hold.customer, hold.because, hold.state) == (level, customer, "STAFF", "REQUESTED")
    shown = client.get(page_url(customer)).content.decode()
    assert f"The code is {hold.code}." in shown
    assert "The store is looking for it" in shown


def test_a_clerk_keeps_one_aside_in_his_own_store(level: StockLevel) -> None:
    clerk, elsewhere = signed_in(Role.STORE_CLERK, store=level.store), signed_in(Role.STORE_CLERK)
    assert keep(clerk, maria(phone="+12125550135"), where="other").status_code == 302
    answer = keep(elsewhere, maria(phone="+12125550136", loyalty_number=""))
    assert "does not keep it." in answer.content.decode()
    assert Hold.objects.get().level == level


@pytest.mark.parametrize("role", [Role.CX_HEAD, Role.MARKETING, Role.ADMINISTRATOR])
def test_roles_that_keep_nothing_aside_have_no_form(level: StockLevel, role: Role) -> None:
    client, customer = signed_in(role), maria()
    page = client.get(page_url(customer)).content.decode()
    may = role is Role.ADMINISTRATOR
    assert (reverse("customer-keep", args=[customer.public_id]) in page) is may
    assert keep(client, customer).status_code == (302 if may else 403)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"what": "COFFEE"}, "Nothing that we sell has this number."),
        ({"what": ""}, "Type the number on the shelf"),
        ({"where": "nowhere"}, "No store that is open has this code or name."),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"quantity": "10"}, "Nothing is free in this store."),
    ],
)
def test_what_cannot_be_kept_is_said(level: StockLevel, values: dict[str, str], words: str) -> None:
    assert words in keep(signed_in(Role.AGENT), maria(), **values).content.decode()
    assert Hold.objects.count() == 0


def test_a_store_that_does_not_keep_it_is_said(level: StockLevel) -> None:
    make_store(code="s2", name="Hill")
    assert "Hill does not keep it." in keep(signed_in(Role.AGENT), maria(), where="s2").content.decode()


def test_the_caps_of_shoppers_do_not_bind_staff(level: StockLevel) -> None:
    client, customer = signed_in(Role.AGENT), maria()
    for number in range(MOST_LIVE_PER_PERSON + 1):
        other = make_level(on_hand=9, product=make_product(sku=f"T{number}"), store=level.store)
        keep(client, customer, what=other.product.sku, quantity=str(MOST_PIECES + 1))
    assert Hold.objects.count() == MOST_LIVE_PER_PERSON + 1


def test_a_merged_record_keeps_for_its_survivor(level: StockLevel) -> None:
    survivor = maria()
    merged = maria(phone="+12125550135", loyalty_number="", merged_into=survivor)
    assert keep(signed_in(Role.AGENT), merged)["Location"] == page_url(survivor)
    assert Hold.objects.get().customer == survivor


def test_by_get_the_form_leads_to_the_customer(level: StockLevel) -> None:
    customer = maria()
    answer = signed_in(Role.AGENT).get(reverse("customer-keep", args=[customer.public_id]))
    assert answer["Location"] == page_url(customer)
