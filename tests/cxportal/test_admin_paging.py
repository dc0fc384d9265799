"""Lists of the back office on a table of many pages: one page is read, whatever page the address asks for."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.backoffice import PortalAdmin, paging
from customers.models import Customer
from cxportal.roles import Role
from tests.factories import NOW, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/customers/customer/"
PER_PAGE = 2
DEEPEST = 20
HUGE = "9" * 5000  # more digits than int() takes


@pytest.fixture
def office(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(admin.site.get_model_admin(Customer), "list_per_page", PER_PAGE)
    monkeypatch.setattr(paging, "DEEPEST_PAGE", DEEPEST)
    client.force_login(make_staff(Role.ADMINISTRATOR))
    return client


def fill(rows: int) -> None:
    Customer.objects.bulk_create([Customer(created_at=NOW) for _ in range(rows)])


def opened(office: Client, page: int | str) -> tuple[Any, list[str]]:
    """The answer, and the statements about customers that it took."""
    with CaptureQueriesContext(connection) as captured:
        answer = office.get(LIST, {"p": page})
    asked = [query["sql"] for query in captured if 'FROM "customers_customer"' in query["sql"]]
    return answer, asked


def shown(answer: Any) -> int:
    return len(re.findall(r'<th class="field-', answer.content.decode()))


def links(answer: Any) -> set[int]:
    """Pages that the answer links to."""
    return {int(page) for page in re.findall(r'href="\?(?:[^"]*&amp;)?p=(\d+)', answer.content.decode())}


@pytest.mark.parametrize("page", [1, 3, DEEPEST, DEEPEST + 1, 101, 99999, HUGE, 0, -1, "x"])
def test_every_page_of_a_long_list_is_read_by_limit(office: Client, page: int | str) -> None:
    fill(300)
    answer, asked = opened(office, page)
    assert answer.status_code == 200
    assert shown(answer) == PER_PAGE
    assert asked != []
    assert [sql for sql in asked if " LIMIT " not in sql] == []
    assert max(links(answer)) <= DEEPEST


@pytest.mark.parametrize("page", [8, DEEPEST, 101, 99999])
def test_a_page_behind_the_end_is_empty_and_leads_back(office: Client, page: int) -> None:
    fill(5)
    answer, asked = opened(office, page)
    assert (answer.status_code, shown(answer), links(answer)) == (200, 0, set())
    assert [sql for sql in asked if " LIMIT " not in sql] == []
    assert "The list ends before this page." in answer.content.decode()


@pytest.mark.parametrize(("page", "said"), [(DEEPEST - 1, False), (DEEPEST, True), (101, True)])
def test_where_pages_end_it_says_so(office: Client, page: int, said: bool) -> None:
    fill(300)
    answer, _ = opened(office, page)
    assert (f"Pages end at {DEEPEST}" in answer.content.decode()) is said


def test_a_list_that_ends_on_the_deepest_page_has_nothing_deeper_to_name(office: Client) -> None:
    fill(DEEPEST * PER_PAGE)
    answer, _ = opened(office, DEEPEST)
    assert "Pages end" not in answer.content.decode()


def test_an_address_that_asks_for_all_gets_a_page(office: Client) -> None:
    fill(300)
    answer = office.get(LIST, {"all": ""})
    assert shown(answer) == PER_PAGE


def test_control_djangos_own_list_would_read_the_table(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PortalAdmin, "get_changelist", lambda *_: ChangeList)
    fill(30)
    answer, asked = opened(office, 101)
    assert shown(answer) == 30
    assert [sql for sql in asked if " LIMIT " not in sql] != []


@pytest.mark.parametrize("page", [101, 99999])
def test_choices_of_a_field_end_too(office: Client, page: int) -> None:
    fill(300)
    field: dict[str, str | int] = {
        "page": page,
        "app_label": "customers",
        "model_name": "interaction",
        "field_name": "customer",
    }
    with CaptureQueriesContext(connection) as captured:
        answer = office.get("/admin/autocomplete/", field)
    assert answer.status_code == 404
    assert [
        query for query in captured if 'FROM "customers_customer"' in query["sql"] and " LIMIT " not in query["sql"]
    ] == []
