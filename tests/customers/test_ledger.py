"""Writing to the ledger, and the rows that the portal's own code writes with."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers import wellknown
from customers.models import Channel, Interaction, Source, Touchpoint
from customers.services.ledger import record_interaction
from tests.factories import NOW, make_customer, make_store, make_wellknown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known() -> None:
    make_wellknown()


def record(**values: Any) -> Interaction:
    given = {
        "kind": Interaction.Kind.SALE,
        "occurred_at": NOW - timedelta(hours=3),
        "now": NOW,
        "source_id": wellknown.source("till"),
        "event_id": "S001:R1",
        "channel_id": wellknown.channel("store"),
    }
    return record_interaction(**{**given, **values})


def test_a_row_says_when_it_happened_and_when_we_heard() -> None:
    entry = record()
    assert (entry.occurred_at, entry.recorded_at) == (NOW - timedelta(hours=3), NOW)


def test_a_row_keeps_what_it_was_given() -> None:
    customer, store = make_customer(), make_store()
    entry = record(
        customer_id=customer.pk,
        store_id=store.pk,
        touchpoint_id=wellknown.touchpoint("till"),
        direction=Interaction.Direction.OUTBOUND,
        subject="sale:R1",
        facts={"pieces": 3},
    )
    stored = Interaction.objects.get()
    assert stored == entry
    assert (stored.customer, stored.store, stored.touchpoint) == (customer, store, Touchpoint.objects.get(code="till"))
    assert (stored.direction, stored.subject, stored.facts) == ("OUT", "sale:R1", {"pieces": 3})


def test_an_anonymous_moment_needs_neither_customer_nor_store() -> None:
    entry = record()
    assert (entry.customer_id, entry.store_id, entry.facts) == (None, None, {})


def test_the_same_event_of_a_source_is_refused() -> None:
    record()
    with pytest.raises(IntegrityError, match="interaction_once_per_source"), transaction.atomic():
        record(subject="sale:again")
    record(source_id=wellknown.source("portal"))
    assert Interaction.objects.count() == 2


def test_the_well_known_rows_are_made_once() -> None:
    counts = (Channel.objects.count(), Touchpoint.objects.count(), Source.objects.count())
    wellknown.create_all()
    assert (Channel.objects.count(), Touchpoint.objects.count(), Source.objects.count()) == counts
    assert set(Touchpoint.objects.values_list("code", flat=True)) == set(wellknown.TOUCHPOINTS)


def test_a_name_that_the_back_office_changed_stays() -> None:
    Channel.objects.filter(code="store").update(name="Shops")
    wellknown.create_all()
    assert Channel.objects.get(code="store").name == "Shops"


@pytest.mark.parametrize("look_up", [wellknown.channel, wellknown.touchpoint, wellknown.source])
def test_an_unknown_code_is_an_error(look_up: Any) -> None:
    with pytest.raises((Channel.DoesNotExist, Touchpoint.DoesNotExist, Source.DoesNotExist)):
        look_up("telepathy")
