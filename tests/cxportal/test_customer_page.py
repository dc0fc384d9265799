"""A customer's page: who sees which name, what it says, in how many statements."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Interaction, Message, Preference
from customers.selectors import Place, Strand, extent, timeline
from cxportal.roles import Role
from inventory.models import HoldEvent
from journeys.models import CaseEvent
from tests.cxportal.people import NOW, looks, maria, page_url, signed_in, statements
from tests.factories import (
    make_case,
    make_consent,
    make_customer,
    make_hold,
    make_interaction,
    make_level,
    make_message,
    make_product,
    make_sale,
    make_store,
)

NAMES = {
    Role.CX_HEAD: "Maria Gross",
    Role.STORE_MANAGER: "Maria Gross",
    Role.AGENT: "Maria Gross",
    Role.STORE_CLERK: "Maria G.",
    Role.MARKETING: "Maria G.",
    Role.ADMINISTRATOR: "Maria G.",
    Role.OUTSOURCED_AGENT: "M. G.",
}
MAY_NOT = [Role.UX_DESIGNER, Role.INTERNAL_COMMUNICATIONS]


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login() -> None:
    customer = make_customer()
    for url in (reverse("customers"), page_url(customer), reverse("customer-timeline", args=[customer.public_id])):
        assert Client().get(url)["Location"].startswith(reverse("login"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", MAY_NOT)
def test_roles_without_customers_see_none(role: Role) -> None:
    client, customer = signed_in(role), make_customer()
    assert client.get(page_url(customer)).status_code == 403
    assert client.get(reverse("customers")).status_code == 403
    assert client.post(reverse("customer-find"), {"identifier": "x"}).status_code == 403
    assert client.get(reverse("customer-timeline", args=[customer.public_id])).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("role", "name"), NAMES.items())
def test_each_role_sees_as_much_of_a_name_as_it_may(role: Role, name: str) -> None:
    customer = maria()
    page = signed_in(role).get(page_url(customer)).content.decode()
    assert f"<h1>{name}</h1>" in page
    is_full = name == "Maria Gross"
    assert ("Gross" in page) is is_full
    assert ("+1 212 555 0134" in page) is is_full
    assert ("maria.gross@example.org" in page) is is_full
    assert ("LC-4711" in page) is is_full
    assert ("Maria" in page) is (name != "M. G.")
    # Who sees more than a mask stands in the log, and only he.
    assert looks(customer) == ([(role.value, "SHOW")] if is_full else [])


@pytest.mark.django_db(transaction=True)
def test_another_stores_manager_sees_the_customer_too() -> None:
    customer = maria(home_store=make_store())
    assert signed_in(Role.STORE_MANAGER, store=make_store()).get(page_url(customer)).status_code == 200


@pytest.mark.django_db
def test_nobody_is_not_found() -> None:
    assert signed_in(Role.STORE_CLERK).get(reverse("customer", args=[uuid4()])).status_code == 404


@pytest.mark.django_db
def test_a_merged_customers_address_leads_to_the_survivor() -> None:
    survivor = maria()
    merged = make_customer(name="M. Gross", merged_into=survivor)
    client = signed_in(Role.STORE_CLERK)
    assert client.get(page_url(merged))["Location"] == page_url(survivor)
    make_sale(customer=merged, receipt="R-merged")
    page = client.get(page_url(survivor)).content.decode()
    assert "One person from 2 records" in page
    assert "Bought in store" in page


@pytest.mark.django_db
def test_not_sent_is_followed_by_because() -> None:
    customer = maria()
    facts = {"kind": "weekly-offer", "state": "DROPPED", "reason": "a complaint is open"}
    make_interaction(customer=customer, kind=Interaction.Kind.MESSAGE, facts=facts)
    page = signed_in(Role.STORE_CLERK).get(page_url(customer)).content.decode()
    assert 'data-kind="unsent"' in page
    assert "<b>Not sent:</b> <span>weekly offer" in page
    assert "Because a complaint is open." in page


@pytest.mark.django_db
def test_sales_show_their_lines_holds_their_product_cases_their_text() -> None:
    customer = maria()
    make_sale([(make_product(name="Whole milk", price=Decimal("2.50")), 2)], customer=customer, receipt="R-1")
    hold = make_hold(customer=customer, level=make_level(product=make_product(name="Space heater")))
    held = make_interaction(customer=customer, kind=Interaction.Kind.HOLD, facts={"event": "NOT_FOUND"})
    HoldEvent.objects.create(hold=hold, kind="NOT_FOUND", interaction=held, occurred_at=NOW)
    said = make_interaction(customer=customer, kind=Interaction.Kind.CASE, facts={"event": "OPENED"})
    case = make_case(customer, number="3-1187")
    CaseEvent.objects.create(case=case, kind="OPENED", interaction=said, redacted_text="It drips.", occurred_at=NOW)
    page = signed_in(Role.STORE_CLERK).get(page_url(customer)).content.decode()
    for words in (
        "2 × Whole milk",
        "$5.00",
        "Receipt R-1",
        "Space heater",
        "Promise broken",
        "case 3-1187",
        "It drips.",
    ):
        assert words in page


@pytest.mark.django_db
def test_the_strip_says_worth_with_n_channel_store_and_whether_we_may_write() -> None:
    customer = maria(open_complaints=1)
    store = make_store(name="Harbor Gate")
    for days in (1, 30, 400):
        product = make_product(price=Decimal("10.00"))
        make_sale([(product, 1)], customer=customer, store=store, sold_at=timezone.now() - timedelta(days=days))
    Preference.objects.create(customer=customer, way="SMS", said_at=NOW)
    strip = {row["name"]: row for row in signed_in(Role.STORE_CLERK).get(page_url(customer)).context["strip"]}
    assert (strip["Value in 12 months"]["value"], strip["Value in 12 months"]["small"]) == ("$20.00", "n 2 receipts")
    assert strip["Preferred channel"]["value"] == "SMS"
    assert (strip["Store used most"]["value"], strip["Store used most"]["small"]) == ("Harbor Gate", "2 of 2 receipts")
    assert strip["May we write"]["value"] == "Service only"


@pytest.mark.django_db
def test_the_newest_decision_is_the_consent_that_stands() -> None:
    customer = maria()
    make_consent(customer, decided_at=NOW - timedelta(days=9))
    make_consent(customer, decided_at=NOW, decision="WITHDRAWN")
    rows = signed_in(Role.STORE_CLERK).get(page_url(customer)).context["consents"]
    assert [(row["purpose"], row["given"]) for row in rows] == [
        ("Service", True),
        ("Survey", None),
        ("Marketing", False),
    ]


@pytest.mark.django_db
def test_a_message_that_waits_says_until_when_and_why() -> None:
    customer = maria()
    due = timezone.now() + timedelta(hours=3)
    held = {"decision": Message.Decision.HOLD, "reason": "quiet hours until 09:00", "kind": "back-in-stock"}
    make_message(customer=customer, due_at=due, **held)
    page = signed_in(Role.STORE_CLERK).get(page_url(customer)).content.decode()
    assert "About to go out" in page
    assert "Because quiet hours until 09:00." in page


@pytest.mark.django_db
def test_strands_part_the_ledger() -> None:
    customer = maria()
    kinds = Interaction.Kind
    for state in ("SENT", "DROPPED", "MERGED", "DEAD", "UNCERTAIN"):
        make_interaction(customer=customer, kind=kinds.MESSAGE, facts={"state": state})
    for kind in (kinds.SALE, kinds.RETURN, kinds.HOLD, kinds.CASE, kinds.SURVEY):
        make_interaction(customer=customer, kind=kind)
    counts = extent([customer.pk]).counts
    assert counts == {
        Strand.ALL: 10,
        Strand.PURCHASES: 2,
        Strand.WRITTEN: 2,
        Strand.STORES: 1,
        Strand.CASES: 1,
        Strand.NOT_SENT: 3,
    }
    assert {strand: len(timeline([customer.pk], strand, None, 50)) for strand in Strand} == counts


@pytest.mark.django_db
def test_show_older_reaches_every_entry_once_even_at_one_moment() -> None:
    customer = maria()
    for number in range(65):
        # In pairs, so that a page ends between two rows of one moment.
        make_interaction(
            customer=customer, occurred_at=NOW - timedelta(minutes=(number + 1) // 2), event_id=f"e{number}"
        )
    client = signed_in(Role.STORE_CLERK)
    url, seen = page_url(customer), 0
    for expected in (30, 30, 5):
        page = client.get(url)
        seen += page.content.decode().count('<li class="entry"')
        assert page.context["days"]
        assert sum(len(day.entries) for day in page.context["days"]) == expected
        url = f"{page_url(customer)}?{page.context['older_query']}"
    assert seen == 65
    assert page.context["older_query"] == ""


@pytest.mark.django_db
def test_a_day_that_goes_on_gets_no_second_heading() -> None:
    customer = maria()
    for number in range(31):
        make_interaction(customer=customer, occurred_at=NOW - timedelta(seconds=number))
    client = signed_in(Role.STORE_CLERK)
    query = client.get(page_url(customer)).context["older_query"]
    part = client.get(f"{reverse('customer-timeline', args=[customer.public_id])}?{query}").content.decode()
    assert part.count('class="entry"') == 1
    assert 'class="day"' not in part
    assert "<html" not in part


@pytest.mark.django_db
@pytest.mark.parametrize("older", ["", "x", "1-", "-1", "9" * 40 + "-1", "1-2-3", "²-1"])
def test_an_address_that_was_tampered_with_is_read_as_the_newest(older: str) -> None:
    customer = maria()
    make_interaction(customer=customer)
    page = signed_in(Role.STORE_CLERK).get(page_url(customer), {"older": older, "show": "nonsense"})
    assert page.status_code == 200
    assert page.context["strand"] is Strand.ALL


def test_a_place_survives_being_written() -> None:
    place = Place(datetime(2026, 11, 22, 17, 0, 0, 123457, tzinfo=UTC), 42)
    assert Place.read(str(place)) == place


def fill(customer: Customer, rows: int) -> None:
    for number in range(rows):
        make_sale([(make_product(), 1), (make_product(), 2)], customer=customer, sold_at=timezone.now())
        hold = make_hold(customer=customer, level=make_level())
        held = make_interaction(customer=customer, kind=Interaction.Kind.HOLD, facts={"event": "PLACED"})
        HoldEvent.objects.create(hold=hold, kind="PLACED", interaction=held, occurred_at=NOW)
        said = make_interaction(customer=customer, kind=Interaction.Kind.CASE)
        case = make_case(customer, number=f"C{number}")
        CaseEvent.objects.create(case=case, kind="OPENED", interaction=said, occurred_at=NOW)
        make_interaction(customer=customer, kind=Interaction.Kind.MESSAGE, facts={"state": "SENT"})
        make_message(customer=customer)
        make_consent(customer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_takes_the_same_statements_for_one_row_and_twenty(rows: int) -> None:
    customer = maria()
    fill(customer, rows)
    client = signed_in(Role.CX_HEAD)
    client.get(page_url(customer))
    assert statements(client, page_url(customer)) == 20
    assert statements(client, reverse("customer-timeline", args=[customer.public_id])) == 9


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_takes_the_same_statements_for_one_row_and_twenty(rows: int) -> None:
    for number in range(rows):
        customer = make_customer(name=f"Anna Number{number}", home_store=make_store())
        make_sale(customer=customer, sold_at=timezone.now())
    client = signed_in(Role.CX_HEAD)
    client.get(reverse("customers"))
    assert statements(client, reverse("customers")) == 6
