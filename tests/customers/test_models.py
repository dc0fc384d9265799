"""Floor 1: what its tables refuse, and the words of its QuerySets."""

from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from customers.models import Consent, Customer, Identifier, Interaction, Message, Source, SourceRecord, Store
from tests.database import as_owner
from tests.database_rules import refused_by, refuses_change
from tests.factories import (
    NOW,
    make_consent,
    make_customer,
    make_identifier,
    make_interaction,
    make_message,
    make_source,
    make_staff,
    make_store,
)

pytestmark = pytest.mark.django_db


# --- What only grows -------------------------------------------------------------------------------------------------


def test_the_ledger_only_grows() -> None:
    entry = make_interaction()
    rows = Interaction.objects.filter(pk=entry.pk)
    for change in (
        lambda: rows.update(subject="order:2"),
        entry.save,
        rows.delete,
        lambda: rows._raw_delete("default"),
        entry.delete,
    ):
        refuses_change(change)
    assert rows.get().subject == ""


def test_consents_only_grow() -> None:
    consent = make_consent(make_customer())
    refuses_change(lambda: Consent.objects.update(decision="WITHDRAWN"))
    refuses_change(consent.delete)


@pytest.mark.parametrize("table", ["customers_interaction", "customers_consent"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_raw_sql_of_the_serving_login_is_refused_too(table: str, sql: str) -> None:
    with connection.cursor() as cursor:
        refuses_change(lambda: cursor.execute(sql.format(table)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["customers_interaction", "customers_consent"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_even_the_owner_meets_the_trigger(table: str, sql: str) -> None:
    with pytest.raises(psycopg2.DatabaseError, match=f"{table} only grows"):
        as_owner(sql.format(table))


def test_an_event_of_a_source_is_recorded_once() -> None:
    make_interaction(event_id="S001:R1")
    make_interaction(event_id="S001:R1", source=make_source("web-shop", Source.Kind.WEB_SHOP))
    with refused_by("interaction_once_per_source"):
        make_interaction(event_id="S001:R1")


# --- What must hold --------------------------------------------------------------------------------------------------


def test_a_message_goes_to_exactly_one() -> None:
    with refused_by("message_to_exactly_one"):
        make_message(customer=None)
    with refused_by("message_to_exactly_one"):
        make_message(customer=make_customer(), staff=make_staff())
    assert make_message(staff=make_staff()).customer is None


def test_what_is_sent_has_a_time() -> None:
    with refused_by("message_sent_has_time"):
        make_message(state=Message.State.SENT)
    make_message(state=Message.State.SENT, sent_at=NOW)


def test_a_message_is_deduplicated_by_its_key() -> None:
    make_message(dedupe_key="hold:1:ready")
    with refused_by("customers_message_dedupe_key_key"):
        make_message(dedupe_key="hold:1:ready")


def test_a_customer_is_not_merged_into_herself() -> None:
    customer = make_customer()
    customer.merged_into = customer
    with refused_by("customer_not_merged_into_itself"):
        customer.save()


def test_a_phone_may_be_shared_but_a_loyalty_number_has_one_owner() -> None:
    first = make_customer(phone="+12125550134", loyalty_number="L-1")
    other = make_customer(phone="+12125550134")
    with refused_by("loyalty_number_has_one_owner"):
        make_identifier(other, Identifier.Kind.LOYALTY, "l1")
    with refused_by("identifier_once_per_customer"):
        make_identifier(first, Identifier.Kind.PHONE, "(212) 555-0134")


@pytest.mark.parametrize(("place", "value"), [("latitude", 90.1), ("latitude", -91), ("longitude", 180.5)])
def test_a_store_lies_on_the_globe(place: str, value: float) -> None:
    with refused_by("store_on_the_globe"):
        make_store(**{place: value})


def test_trust_ends_at_100() -> None:
    with refused_by("source_trust_to_100"):
        Source.objects.create(code="x", name="X", kind="IMPORT", trust=101)


@pytest.mark.parametrize("outcome", ["NEW", "SAME"])
def test_a_record_that_was_taken_in_has_a_customer(outcome: str) -> None:
    values: dict[str, Any] = {
        "source": make_source(),
        "external_id": "1",
        "payload_digest": "0" * 64,
        "received_at": NOW,
    }
    with refused_by("record_taken_in_has_customer"):
        SourceRecord.objects.create(outcome=outcome, **values)
    SourceRecord.objects.create(outcome="REVIEW", **values)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", {"monday": ["09:00", "20:00"]}),
        ("hours", {"mon": ["20:00", "09:00"]}),
        ("holidays", {"25.12.2026": None}),
        ("time_zone", "Europe/Springfield"),
        ("currency", "eur"),
    ],
)
def test_a_store_names_what_is_wrong_with_it(field: str, value: Any) -> None:
    store = make_store()
    setattr(store, field, value)
    with pytest.raises(ValidationError) as caught:
        store.full_clean()
    assert list(caught.value.message_dict) == [field]


# --- Words of the field ----------------------------------------------------------------------------------------------


def test_people_leaves_merged_records_out() -> None:
    survivor = make_customer()
    make_customer(merged_into=survivor)
    assert list(Customer.objects.people()) == [survivor]


def test_members_are_the_same_whoever_is_asked() -> None:
    survivor = make_customer()
    merged = make_customer(merged_into=survivor)
    make_customer()
    for one in (survivor, merged):
        assert set(Customer.objects.members_of(one)) == {survivor, merged}


def test_a_persons_ledger_holds_what_her_merged_records_lived_newest_first() -> None:
    survivor = make_customer()
    merged = make_customer(merged_into=survivor)
    old = make_interaction(customer=merged, occurred_at=NOW - timedelta(days=3))
    new = make_interaction(customer=survivor)
    make_interaction(customer=make_customer())
    assert list(Interaction.objects.of_person(merged)) == [new, old]


def test_the_ledgers_words_chain() -> None:
    store = make_store()
    wanted = make_interaction(store=store, kind=Interaction.Kind.SALE)
    make_interaction(store=store, kind=Interaction.Kind.RETURN)
    make_interaction(kind=Interaction.Kind.SALE)
    make_interaction(store=store, kind=Interaction.Kind.SALE, occurred_at=NOW - timedelta(hours=1))
    assert list(Interaction.objects.purchases().in_store(store.pk).since(NOW)) == [wanted]


def test_newest_breaks_ties_by_what_was_written_last() -> None:
    first, second = make_interaction(), make_interaction()
    assert list(Interaction.objects.newest()) == [second, first]


def test_trading_stores_have_no_closing_date() -> None:
    open_store = make_store()
    make_store(closed_date=NOW.date())
    assert list(Store.objects.trading()) == [open_store]


def test_a_store_is_open_by_its_own_clock() -> None:
    # 12:00 UTC is 07:00 in New York and 13:00 in Madrid.
    assert [make_store(time_zone=zone).open_state(NOW).is_open for zone in ("America/New_York", "Europe/Madrid")] == [
        False,
        True,
    ]


def test_rows_say_what_they_are_without_personal_data() -> None:
    customer = make_customer(name="Maria Gross", phone="+12125550134")
    assert str(customer) == "M. G."
    assert str(customer.identifiers.get()) == f"PHONE of customer {customer.pk}"
    assert str(make_interaction(subject="sale:1")) == "SALE sale:1"
