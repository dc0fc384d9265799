"""Revealing one field: for an open case, with a reason, once, on the record."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from cxportal.roles import Role
from tests.cxportal.people import NOW, looks, maria, page_url, signed_in
from tests.factories import (
    make_case,
    make_customer,
)

REASON = "line dropped, call back"


def reveal(client: Client, customer: Customer, **values: str) -> Any:
    given = {"field": "phone", "case": "3-1187", "reason": REASON}
    return client.post(reverse("customer-reveal", args=[customer.public_id]), {**given, **values})


@pytest.mark.django_db(transaction=True)
def test_reveal_shows_one_field_once_and_the_page_says_who_and_why() -> None:
    customer = maria()
    make_case(customer, number="3-1187")
    client = signed_in(Role.OUTSOURCED_AGENT)
    shown = reveal(client, customer).content.decode()
    assert "+1 212 555 0134" in shown
    assert "maria.gross" not in shown
    page = client.get(page_url(customer)).content.decode()
    assert "+1 212 555 0134" not in page
    assert f"Revealed phone: “{REASON}”" in page
    assert looks(customer) == [("OUTSOURCED_AGENT", "REVEAL")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["SOLVED", "CLOSED"])
def test_without_an_open_case_nothing_is_revealed(state: str) -> None:
    customer = maria()
    make_case(customer, number="3-1187", state=state, closed_at=NOW)
    answer = reveal(signed_in(Role.OUTSOURCED_AGENT), customer).content.decode()
    assert "No open case of this customer has this number" in answer
    assert "0134" not in answer
    assert looks(customer) == []


@pytest.mark.django_db(transaction=True)
def test_somebody_elses_case_opens_nothing() -> None:
    customer = maria()
    make_case(make_customer(name="Other Person"), number="3-1187")
    assert "No open case of this customer" in reveal(signed_in(Role.OUTSOURCED_AGENT), customer).content.decode()
    assert looks(customer) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "x"}, {"field": "password"}, {"case": ""}])
def test_a_reveal_needs_field_case_and_reason(wrong: dict[str, str]) -> None:
    customer = maria()
    make_case(customer, number="3-1187")
    answer = reveal(signed_in(Role.OUTSOURCED_AGENT), customer, **wrong).content.decode()
    assert "0134" not in answer
    assert looks(customer) == []


@pytest.mark.django_db
def test_by_get_nothing_is_revealed_and_the_page_opens() -> None:
    customer = maria()
    answer = signed_in(Role.OUTSOURCED_AGENT).get(reverse("customer-reveal", args=[customer.public_id]))
    assert answer["Location"] == page_url(customer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("wrong", "field"), [({"case": "9-1"}, "case"), ({"reason": "x"}, "reason")])
def test_the_focus_goes_to_the_field_that_was_wrong(wrong: dict[str, str], field: str) -> None:
    customer = maria()
    make_case(customer, number="3-1187")
    form = reveal(signed_in(Role.OUTSOURCED_AGENT), customer, **wrong).context["reveal_form"]
    assert [name for name in form.fields if "autofocus" in form.fields[name].widget.attrs] == [field]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE_CLERK, Role.CX_HEAD, Role.ADMINISTRATOR])
def test_only_roles_that_may_reveal_have_the_form(role: Role) -> None:
    customer = maria()
    make_case(customer, number="3-1187")
    assert reveal(signed_in(role), customer).status_code == 403
