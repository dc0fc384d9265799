"""Finding customers: who finds whom, by what, how often, and what is written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Identifier
from cxportal.dashboards.lookups import LOOKUPS_PER_HOUR, VERB, find_exactly, kinds_of, spend_lookup
from cxportal.models import AuditEvent, StaffMember
from cxportal.roles import Role
from tests.cxportal.people import NOW, looks, maria, page_url, signed_in
from tests.factories import (
    make_customer,
    make_sale,
    make_staff,
    make_store,
)


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("anna@example.org", ["EMAIL"]),
        ("+1 212 555 0134", ["PHONE", "LOYALTY"]),
        ("LC-12", ["LOYALTY"]),
    ],
)
def test_what_is_typed_says_what_it_may_be(value: str, kinds: list[str]) -> None:
    assert kinds_of(value) == [Identifier.Kind(kind) for kind in kinds]


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["212-555-0134", "MARIA.GROSS@example.org", "lc 4711"])
def test_an_identifier_finds_exactly_its_owner(value: str) -> None:
    found = maria()
    make_customer(name="Somebody Else", phone="+1 212 555 0135")
    assert find_exactly(value) == [found]


@pytest.mark.django_db
def test_a_merged_customer_is_found_as_the_one_she_became() -> None:
    survivor = make_customer(name="Maria Gross")
    maria(merged_into=survivor)
    assert find_exactly("LC-4711") == [survivor]


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["nobody@example.org", "2125550199", "maria.gross", "@", "'; --"])
def test_what_matches_nobody_finds_nobody(value: str) -> None:
    maria()
    assert find_exactly(value) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.STORE_CLERK, Role.OUTSOURCED_AGENT, Role.CX_HEAD])
def test_every_role_that_sees_customers_finds_exactly_in_the_whole_chain(role: Role) -> None:
    customer = maria(home_store=make_store(name="Far away"))
    answer = signed_in(role).post(reverse("customer-find"), {"identifier": "212 555 0134"})
    assert answer.status_code == 302
    assert answer["Location"] == page_url(customer)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["customer-find", "customer-find-by-name"])
def test_a_look_up_is_no_get_but_leads_to_the_form(name: str) -> None:
    answer = signed_in(Role.CX_HEAD).get(reverse(name), {"identifier": "x", "name": "x"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("customers"))
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_two_owners_of_one_phone_are_listed_masked() -> None:
    maria()
    make_customer(name="John Gross", phone="+1 212 555 0134")
    page = signed_in(Role.STORE_CLERK).post(reverse("customer-find"), {"identifier": "2125550134"}).content.decode()
    assert "Maria G." in page
    assert "John G." in page
    assert "2 customers have this number" in page
    assert "0134" not in page.replace('value="2125550134"', "")


@pytest.mark.django_db
def test_nobody_found_is_said_and_counted() -> None:
    page = signed_in(Role.AGENT).post(reverse("customer-find"), {"identifier": "nobody@example.org"})
    assert "Nobody found" in page.content.decode()
    assert AuditEvent.objects.filter(verb=VERB).count() == 1


@pytest.mark.django_db
def test_the_audit_never_holds_what_was_looked_for() -> None:
    maria()
    signed_in(Role.AGENT).post(reverse("customer-find"), {"identifier": "maria.gross@example.org"})
    row = AuditEvent.objects.filter(verb=VERB).values().get()
    assert "gross" not in str(row).lower()


def spend(staff: StaffMember, times: int, now: datetime) -> None:
    target = f"staff:{staff.pk}"
    AuditEvent.objects.bulk_create(
        [AuditEvent(staff=staff, verb=VERB, target=target, occurred_at=now) for _ in range(times)]
    )


@pytest.mark.django_db
def test_the_budget_is_a_persons_and_an_hours() -> None:
    staff, other = make_staff(Role.AGENT), make_staff(Role.AGENT)
    spend(staff, LOOKUPS_PER_HOUR - 1, NOW)
    assert spend_lookup(staff, ["identifier"], now=NOW) == 0
    with pytest.raises(ValidationError) as refused:
        spend_lookup(staff, ["identifier"], now=NOW)
    assert refused.value.code == "BUDGET_SPENT"
    assert spend_lookup(other, ["identifier"], now=NOW) == LOOKUPS_PER_HOUR - 1
    assert spend_lookup(staff, ["identifier"], now=NOW + timedelta(hours=1)) == LOOKUPS_PER_HOUR - 1


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_do_not_exceed_the_budget() -> None:
    staff = make_staff(Role.AGENT)
    spend(staff, LOOKUPS_PER_HOUR - 1, NOW)

    def look_up(_: int) -> str:
        try:
            spend_lookup(staff, ["identifier"], now=NOW)
        except ValidationError as error:
            return str(error.code)
        finally:
            connection.close()
        return "found"

    with ThreadPoolExecutor(4) as windows:
        assert sorted(windows.map(look_up, range(4))) == ["BUDGET_SPENT"] * 3 + ["found"]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "field"), [("customer-find", "identifier"), ("customer-find-by-name", "name")])
def test_beyond_the_budget_nothing_is_found(name: str, field: str) -> None:
    maria()
    staff = make_staff(Role.AGENT)
    client = Client()
    client.force_login(staff)
    spend(staff, LOOKUPS_PER_HOUR, timezone.now())
    answer = client.post(reverse(name), {field: "LC-4711"})
    assert answer.status_code == 429
    assert "that is the limit" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_name_is_found_with_a_typing_error_and_every_name_shown_is_logged() -> None:
    customer = maria()
    page = signed_in(Role.AGENT).post(reverse("customer-find-by-name"), {"name": "Maria Gros"}).content.decode()
    assert "Maria Gross" in page
    assert looks(customer) == [("AGENT", "FIND")]


@pytest.mark.django_db(transaction=True)
def test_every_typed_word_counts_and_the_likest_comes_first() -> None:
    for name in ("Anna Brooks", "Christopher Brooks", "Christopher Stone", "Christopher Brook"):
        make_customer(name=name)
    found = signed_in(Role.AGENT).post(reverse("customer-find-by-name"), {"name": "J. Cristofer  Broks"})
    assert [row["name"] for row in found.context["found"]] == ["Christopher Brooks", "Christopher Brook"]


@pytest.mark.django_db(transaction=True)
def test_a_name_like_nobodys_is_answered_in_words_of_names() -> None:
    maria()
    page = signed_in(Role.AGENT).post(reverse("customer-find-by-name"), {"name": "Xzyq"}).content.decode()
    assert "No customer has a name like this" in page
    assert "digit by digit" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.STORE_CLERK, Role.OUTSOURCED_AGENT, Role.MARKETING])
def test_roles_that_see_no_names_cannot_search_by_name(role: Role) -> None:
    client = signed_in(role)
    assert client.post(reverse("customer-find-by-name"), {"name": "Maria Gross"}).status_code == 403
    assert reverse("customer-find-by-name") not in client.get(reverse("customers")).content.decode()


@pytest.mark.django_db
def test_the_list_begins_with_who_bought_most_recently_once_each() -> None:
    now = timezone.now()
    anna, bob = make_customer(name="Anna Berg"), make_customer(name="Bob Stone")
    for customer, minutes in ((anna, 30), (bob, 20), (anna, 10)):
        make_sale(customer=customer, sold_at=now - timedelta(minutes=minutes))
    page = signed_in(Role.CX_HEAD).get(reverse("customers"))
    assert [row["name"] for row in page.context["recent"]] == ["Anna B.", "Bob S."]


@pytest.mark.django_db
def test_store_staff_begin_with_the_buyers_of_their_own_store() -> None:
    now, mine = timezone.now(), make_store()
    make_sale(customer=make_customer(name="Anna Here"), store=mine, sold_at=now)
    make_sale(customer=make_customer(name="Bob There"), sold_at=now)
    page = signed_in(Role.STORE_CLERK, store=mine).get(reverse("customers"))
    assert [row["name"] for row in page.context["recent"]] == ["Anna H."]
