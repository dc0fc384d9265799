"""Reads of floor 1: one person with all her rows, her ledger page by page, what she allowed, the newest of all."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from customers.models import Customer, Identifier, Interaction, Message, Preference
from customers.selectors import (
    Place,
    Strand,
    extent,
    newest_entries,
    people,
    person_rows,
    standing_consents,
    timeline,
)
from tests.factories import (
    NOW,
    make_consent,
    make_customer,
    make_identifier,
    make_interaction,
    make_message,
    make_source,
    make_store,
)

KINDS = Interaction.Kind


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


# --- A place in the ledger ---------------------------------------------------------------------------------------


@given(some.datetimes(timezones=some.just(UTC)), some.integers(0, 2**63 - 1))
def test_every_place_survives_being_written(at: datetime, pk: int) -> None:
    assert Place.read(str(Place(at, pk))) == Place(at, pk)


@given(some.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_place(text: str) -> None:
    place = Place.read(text)
    assert place is None or Place.read(str(place)) == place


# --- One person --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_person_is_her_row_and_those_merged_into_it() -> None:
    survivor = make_customer()
    merged = [make_customer(merged_into=survivor) for _ in range(2)]
    make_customer()
    assert list(person_rows(survivor.public_id)) == [survivor, *merged]
    # The address of a merged row is still hers, and leads to the survivor.
    assert [(row, row.merged_into) for row in person_rows(merged[0].public_id)] == [(merged[0], survivor)]
    assert list(person_rows(uuid4())) == []


@pytest.mark.django_db
def test_a_person_comes_with_what_hangs_on_her_in_one_statement(django_assert_num_queries: Any) -> None:
    anna = make_customer(home_store=make_store(name="Harbor Gate"))
    Preference.objects.create(customer=anna, way="SMS", said_at=NOW)
    with django_assert_num_queries(1):
        (row,) = person_rows(anna.public_id)
        assert row.home_store is not None
        assert (row.home_store.name, row.preference.way, row.merged_into) == ("Harbor Gate", "SMS", None)


@pytest.mark.django_db
def test_what_finds_her_comes_newest_first_with_its_source() -> None:
    anna = make_customer()
    for kind, value, hours in (("PHONE", "+12125550134", 5), ("EMAIL", "anna@example.org", 1)):
        identifier = make_identifier(anna, Identifier.Kind(kind), value)
        Identifier.objects.filter(pk=identifier.pk).update(created_at=hours_ago(hours), verified_at=None)
    make_identifier(make_customer(), Identifier.Kind.EMAIL, "bob@example.org")
    (row,) = person_rows(anna.public_id)
    known = row.known  # type: ignore[attr-defined]
    assert [(one["kind"], one["source"], one["confirmed"]) for one in known] == [
        ("EMAIL", make_source().name, None),
        ("PHONE", make_source().name, None),
    ]


@pytest.mark.django_db
def test_what_waits_to_go_out_comes_next_first_and_what_went_is_not_waiting() -> None:
    anna = make_customer()
    for kind, hours in (("survey", 9), ("hold-ready", 2)):
        make_message(customer=anna, kind=kind, due_at=NOW + timedelta(hours=hours))
    make_message(customer=anna, kind="offer", state=Message.State.DROPPED)
    make_message(kind="other")
    (row,) = person_rows(anna.public_id)
    waiting = row.waiting  # type: ignore[attr-defined]
    assert [one["kind"] for one in waiting] == ["hold-ready", "survey"]
    assert waiting[0].keys() == {"kind", "way", "decision", "reason", "due_at"}


@pytest.mark.django_db
def test_people_come_in_the_order_asked_for_and_each_once() -> None:
    anna, bob = make_customer(), make_customer()
    merged = make_customer(merged_into=anna)
    assert people([bob.pk, merged.pk, anna.pk, bob.pk, 10**9]) == [bob, anna]
    assert people([]) == []


@pytest.mark.django_db
def test_people_take_one_statement_with_their_stores(django_assert_num_queries: Any) -> None:
    survivor = make_customer(home_store=make_store(name="Harbor Gate"))
    ids = [make_customer(merged_into=survivor).pk, make_customer(home_store=make_store(name="Mill Lane")).pk]
    with django_assert_num_queries(1):
        assert [person.home_store and person.home_store.name for person in people(ids)] == ["Harbor Gate", "Mill Lane"]


# --- Her ledger --------------------------------------------------------------------------------------------------


@pytest.fixture
def anna(db: None) -> Customer:
    return make_customer()


def test_the_timeline_is_newest_first_and_of_all_her_rows(anna: Customer) -> None:
    merged = make_customer(merged_into=anna)
    old = make_interaction(customer=anna, occurred_at=hours_ago(9))
    new = make_interaction(customer=merged, occurred_at=hours_ago(1))
    make_interaction(customer=make_customer())
    make_interaction(customer=None)
    assert timeline([anna.pk, merged.pk], Strand.ALL, None, 10) == [new, old]
    assert timeline([anna.pk], Strand.ALL, None, 10) == [old]
    assert timeline([anna.pk, merged.pk], Strand.ALL, None, 1) == [new]


def test_what_we_heard_late_stands_where_it_happened(anna: Customer) -> None:
    first = make_interaction(customer=anna, occurred_at=hours_ago(2))
    late = make_interaction(customer=anna, occurred_at=hours_ago(5), recorded_at=NOW)
    assert timeline([anna.pk], Strand.ALL, None, 10) == [first, late]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_of_any_size_hold_every_row_once(anna: Customer, size: int) -> None:
    # Three moments with three rows each.
    rows = [make_interaction(customer=anna, occurred_at=hours_ago(number // 3)) for number in range(9)]
    place, seen = None, []
    while page := timeline([anna.pk], Strand.ALL, place, size):
        seen += page
        place = Place(page[-1].occurred_at, page[-1].pk)
    assert seen == sorted(rows, key=lambda row: (row.occurred_at, row.pk), reverse=True)


def test_a_page_does_not_move_when_something_new_happens(anna: Customer) -> None:
    rows = [make_interaction(customer=anna, occurred_at=hours_ago(number)) for number in range(4)]
    place = Place(rows[1].occurred_at, rows[1].pk)
    make_interaction(customer=anna, occurred_at=NOW + timedelta(hours=1))
    assert timeline([anna.pk], Strand.ALL, place, 10) == rows[2:]


@pytest.mark.parametrize(
    ("kind", "facts", "strand"),
    [
        (KINDS.SALE, {}, Strand.PURCHASES),
        (KINDS.RETURN, {}, Strand.PURCHASES),
        (KINDS.HOLD, {}, Strand.STORES),
        (KINDS.WAITLIST, {}, Strand.STORES),
        (KINDS.VISIT, {}, Strand.STORES),
        (KINDS.CASE, {}, Strand.CASES),
        (KINDS.CONTACT, {}, Strand.CASES),
        (KINDS.NOTE, {}, Strand.CASES),
        (KINDS.MESSAGE, {"state": "SENT"}, Strand.WRITTEN),
        (KINDS.MESSAGE, {"state": "UNCERTAIN"}, Strand.WRITTEN),
        (KINDS.MESSAGE, {}, Strand.WRITTEN),
        (KINDS.MESSAGE, {"state": "DROPPED"}, Strand.NOT_SENT),
        (KINDS.MESSAGE, {"state": "MERGED"}, Strand.NOT_SENT),
        (KINDS.MESSAGE, {"state": "DEAD"}, Strand.NOT_SENT),
        # A state of something that is no message makes it no message.
        (KINDS.CASE, {"state": "DEAD"}, Strand.CASES),
        (KINDS.SURVEY, {}, None),
    ],
)
def test_each_row_is_in_the_whole_and_in_at_most_one_strand(
    anna: Customer, kind: Interaction.Kind, facts: dict[str, str], strand: Strand | None
) -> None:
    make_interaction(customer=anna, kind=kind, facts=facts)
    found = {one for one in Strand if timeline([anna.pk], one, None, 9)}
    assert found == {Strand.ALL, strand} - {None}
    assert {one for one, count in extent([anna.pk]).counts.items() if count} == found


def test_a_message_whose_facts_name_no_state_is_in_one_strand(anna: Customer) -> None:
    """In SQL a missing key is neither in a list nor not in it."""
    make_interaction(customer=anna, kind=KINDS.MESSAGE, facts={"kind": "weekly-offer"})
    assert (len(timeline([anna.pk], Strand.WRITTEN, None, 9)), extent([anna.pk]).counts[Strand.WRITTEN]) == (1, 1)


def test_the_extent_begins_with_the_first_moment_that_happened(anna: Customer) -> None:
    assert (extent([anna.pk]).since, extent([anna.pk]).counts[Strand.ALL]) == (None, 0)
    make_interaction(customer=anna, occurred_at=hours_ago(1))
    make_interaction(customer=anna, occurred_at=hours_ago(900))
    make_interaction(customer=make_customer(), occurred_at=hours_ago(9000))
    assert (extent([anna.pk]).since, extent([anna.pk]).counts[Strand.ALL]) == (hours_ago(900), 2)


# --- What she allowed --------------------------------------------------------------------------------------------


def test_the_newest_decision_stands_for_each_purpose_and_way(anna: Customer) -> None:
    make_consent(anna, decided_at=hours_ago(9))
    make_consent(anna, decided_at=hours_ago(1), decision="WITHDRAWN")
    make_consent(anna, way="SMS", decided_at=hours_ago(5))
    make_consent(anna, purpose="SURVEY", decided_at=hours_ago(5))
    make_consent(make_customer(), decided_at=NOW)
    standing = [(row.purpose, row.way, row.decision) for row in standing_consents([anna.pk])]
    assert standing == [
        ("MARKETING", "EMAIL", "WITHDRAWN"),
        ("MARKETING", "SMS", "GIVEN"),
        ("SURVEY", "EMAIL", "GIVEN"),
    ]


def test_what_the_merged_row_said_last_counts(anna: Customer) -> None:
    merged = make_customer(merged_into=anna)
    make_consent(anna, decided_at=hours_ago(9))
    make_consent(merged, decided_at=hours_ago(1), decision="WITHDRAWN")
    assert [row.decision for row in standing_consents([anna.pk, merged.pk])] == ["WITHDRAWN"]


def test_of_two_decisions_of_one_moment_the_later_written_stands(anna: Customer) -> None:
    for decision in ("GIVEN", "WITHDRAWN"):
        make_consent(anna, decided_at=NOW, decision=decision)
    assert [row.decision for row in standing_consents([anna.pk])] == ["WITHDRAWN"]


# --- Everybody's -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_newest_of_the_chain_and_of_one_store(django_assert_num_queries: Any) -> None:
    store = make_store()
    rows = [
        make_interaction(store=where, customer=make_customer(), occurred_at=hours_ago(hours))
        for hours, where in ((3, store), (1, make_store()), (2, None), (4, store))
    ]
    assert newest_entries(3) == [rows[1], rows[2], rows[0]]
    with django_assert_num_queries(1):
        entries = newest_entries(9, store.pk)
        assert entries == [rows[0], rows[3]]
        assert all(entry.store and entry.channel.name and entry.customer for entry in entries)
