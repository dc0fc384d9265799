"""Who opened a customer's page and saw masks only is on the record too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from cxportal.models import AuditEvent, StaffMember
from cxportal.roles import Role
from tests.cxportal.people import maria, page_url, signed_in, statements
from tests.factories import make_case, make_customer, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def opened(customer: Customer, staff: StaffMember, minutes: int, seen: str = "masked") -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    AuditEvent.objects.create(staff=staff, verb="open", target=f"customer:{customer.pk}", fields=[seen], occurred_at=at)


def openings() -> list[tuple[str, list[str]]]:
    return list(AuditEvent.objects.filter(verb="open").order_by("pk").values_list("target", "fields"))


@pytest.mark.parametrize(
    ("role", "seen", "words"),
    [
        (Role.STORE_CLERK, "masked", "Saw masked data."),
        (Role.ADMINISTRATOR, "masked", "Saw masked data."),
        (Role.OUTSOURCED_AGENT, "initials", "Saw initials, revealed nothing."),
    ],
)
def test_an_opening_is_written_down_once_an_hour_and_listed(role: Role, seen: str, words: str) -> None:
    customer = maria()
    client = signed_in(role)
    for _ in range(2):
        page = client.get(page_url(customer))
        assert [look["what"] for look in page.context["looks"] if look["role"]] == [words]
    assert openings() == [(f"customer:{customer.pk}", [seen])]


def test_who_sees_names_stands_in_the_vaults_log_alone() -> None:
    signed_in(Role.CX_HEAD).get(page_url(maria()))
    assert openings() == []


def test_an_hour_later_it_is_written_down_again_and_both_logs_are_one_list() -> None:
    customer, clerk = maria(), make_staff(Role.STORE_CLERK, first_name="Kim")
    opened(customer, clerk, minutes=61)
    opened(make_customer(), clerk, minutes=5)
    signed_in(Role.CX_HEAD, first_name="Ines").get(page_url(customer))
    page = signed_in(Role.MARKETING, first_name="Lee").get(page_url(customer))
    looks = [(look["who"], look["role"]) for look in page.context["looks"] if look["role"]]
    assert looks == [("Lee", "Marketing"), ("Ines", "Head of CX"), ("Kim", "Store clerk")]


def test_what_a_merged_row_showed_is_told_on_the_survivors_page() -> None:
    survivor = maria()
    opened(make_customer(merged_into=survivor), make_staff(Role.STORE_CLERK, first_name="Kim"), minutes=90)
    page = signed_in(Role.CX_HEAD).get(page_url(survivor))
    assert "Kim" in [look["who"] for look in page.context["looks"]]


def test_after_a_reveal_it_is_not_said_that_nothing_was() -> None:
    customer = maria()
    make_case(customer, number="3-1187")
    client = signed_in(Role.OUTSOURCED_AGENT)
    client.get(page_url(customer))
    client.post(f"{page_url(customer)}reveal/", {"field": "phone", "case": "3-1187", "reason": "line dropped"})
    looks = [look["what"] for look in client.get(page_url(customer)).context["looks"] if look["role"]]
    assert looks == ["Revealed phone: “line dropped”.", "Saw initials."]


@pytest.mark.parametrize("former", [0, 20])
def test_reading_the_openings_costs_no_statement_and_writing_one_insert(former: int) -> None:
    customer = maria()
    for number in range(former):
        opened(customer, make_staff(Role.STORE_CLERK), minutes=70 + number)
    client = signed_in(Role.MARKETING)
    client.get(page_url(make_customer()))
    assert [statements(client, page_url(customer)) for _ in range(2)] == [14, 13]
