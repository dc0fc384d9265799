"""send(): one row in the outbox, decided and explained."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from customers.governance import Purpose
from customers.lookup import hash_of
from customers.models import Customer, Identifier, Interaction, Message, Preference
from tests.customers.voice import FACTS, NOON, PHONE, a_clerk, a_customer, consents, portal, say
from tests.factories import make_store

__all__ = ["portal"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal")]
MARKETING = {"purpose": Purpose.MARKETING}


def outcome(message: Message) -> tuple[str, str, str, str]:
    """What was decided, in the words of the row."""
    return message.state, message.decision, message.way, message.reason


def test_send_queues_one_row_for_the_worker() -> None:
    customer = a_customer()
    message = say(customer)
    assert outcome(message) == ("QUEUED", "SEND", "EMAIL", "nothing speaks against it")
    assert (message.customer, message.staff, message.due_at, message.tries) == (customer, None, NOON, 0)
    assert (message.facts, message.interaction, Interaction.objects.count()) == (FACTS, None, 0)


def test_send_again_with_the_same_key_returns_the_row_that_is_there() -> None:
    customer = a_customer()
    first = say(customer)
    again = say(customer, facts={**FACTS, "product": "Another"}, subject="product:2")
    assert (again.pk, again.facts, Message.objects.count()) == (first.pk, FACTS, 1)


def test_send_with_the_key_of_somebody_elses_message_is_a_mistake() -> None:
    say(a_customer())
    with pytest.raises(ValueError, match="belongs to a message to somebody else"):
        say(a_customer(email="other@canary.example"))
    with pytest.raises(ValueError, match="belongs to a message to somebody else"):
        say(a_clerk(), purpose=Purpose.STAFF)


def test_send_goes_with_the_callers_transaction() -> None:
    customer = a_customer()
    with transaction.atomic():
        say(customer)
        transaction.set_rollback(True)
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "no-such-text"}, "There is no text"),
        ({"facts": {"product": "Kettle", "store": "Store 7"}}, "needs the fact as_of"),
        ({"facts": {**FACTS, "name": "Zenobia"}}, "name is not a fact"),
        ({"purpose": Purpose.STAFF}, "not for a Customer"),
    ],
)
def test_send_refuses_a_mistake_of_the_caller(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        say(a_customer(), **changes)
    assert Message.objects.count() == 0


def test_send_to_staff_needs_no_consent_and_no_daylight() -> None:
    message = say(a_clerk(), purpose=Purpose.STAFF, now=NOON.replace(hour=23))
    assert outcome(message) == ("QUEUED", "SEND", "EMAIL", "nothing speaks against it")


@pytest.mark.parametrize("values", [{"email": ""}, {"is_active": False}])
def test_send_to_staff_without_address_is_dropped_and_is_no_moment_with_a_customer(values: dict[str, Any]) -> None:
    message = say(a_clerk(**values), purpose=Purpose.STAFF)
    assert outcome(message) == ("DROPPED", "DROP", "", "no address is known")
    assert Interaction.objects.count() == 0


def test_send_that_is_dropped_says_why_in_the_ledger() -> None:
    customer = a_customer(email="")
    message = say(customer)
    assert outcome(message) == ("DROPPED", "DROP", "", "no address is known")
    entry = Interaction.objects.get()
    assert message.interaction == entry
    assert (entry.kind, entry.direction, entry.customer, entry.subject) == ("MESSAGE", "OUT", customer, "product:1")
    facts = {"message": message.pk, "kind": "back-in-stock", "state": "DROPPED", "reason": "no address is known"}
    assert entry.facts == facts


def test_send_that_was_dropped_stays_so_under_its_key() -> None:
    customer = a_customer(email="")
    assert say(customer).pk == say(customer).pk
    assert Interaction.objects.count() == 1


def test_send_of_marketing_needs_consent() -> None:
    customer = a_customer()
    assert outcome(say(customer, **MARKETING)) == ("DROPPED", "DROP", "", "marketing was not allowed")
    consents(customer)
    assert outcome(say(customer, dedupe_key="2", **MARKETING))[0] == "QUEUED"
    consents(customer, "WITHDRAWN", decided_at=NOON + timedelta(seconds=1))
    assert outcome(say(customer, dedupe_key="3", subject="product:3", **MARKETING))[0] == "DROPPED"


@pytest.mark.parametrize(
    ("address", "state"), [("zenobia.quix@canary.example", "QUEUED"), ("old@x.example", "DROPPED")]
)
def test_send_of_marketing_needs_consent_for_this_address(address: str, state: str) -> None:
    customer = a_customer()
    consents(customer, address_hash=hash_of(Identifier.Kind.EMAIL, address))
    assert say(customer, **MARKETING).state == state


def test_send_of_a_survey_is_not_covered_by_consent_to_marketing() -> None:
    customer = a_customer()
    consents(customer)
    assert outcome(say(customer, purpose=Purpose.SURVEY))[3] == "survey was not allowed"


def test_send_takes_the_preferred_way_when_it_has_an_address() -> None:
    customer = a_customer(phone=PHONE)
    Preference.objects.create(customer=customer, way="SMS", said_at=NOON)
    assert say(customer).way == "SMS"
    other = a_customer(email="other@canary.example")
    Preference.objects.create(customer=other, way="SMS", said_at=NOON)
    assert say(other, dedupe_key="2").way == "EMAIL"


@pytest.mark.parametrize(
    ("own", "home", "until"),
    [
        ("", None, None),
        # 12:00 in London is 21:00 in Tokyo and 05:00 in San Francisco.
        ("", "Asia/Tokyo", "2025-03-12T00:00:00+00:00"),
        ("America/Los_Angeles", "Asia/Tokyo", "2025-03-11T16:00:00+00:00"),
        ("Middle-earth/Shire", "Asia/Tokyo", "2025-03-12T00:00:00+00:00"),
    ],
)
def test_send_holds_back_by_the_customers_own_clock(own: str, home: str | None, until: str | None) -> None:
    customer = a_customer(home_store=make_store(time_zone=home) if home else None)
    Preference.objects.create(customer=customer, time_zone=own, said_at=NOON)
    message = Message.objects.get(pk=say(customer).pk)
    assert (message.state, message.decision) == ("QUEUED", "HOLD" if until else "SEND")
    assert message.due_at.isoformat() == (until or NOON.isoformat())


def test_send_obeys_an_open_complaint() -> None:
    customer = a_customer(open_complaints=1)
    consents(customer)
    assert outcome(say(customer, **MARKETING))[3] == "a complaint is open"
    assert say(customer, dedupe_key="2").state == "QUEUED"


def test_send_says_the_same_once() -> None:
    customer = a_customer()
    first = say(customer)
    second = say(customer, dedupe_key="2")
    assert outcome(second) == ("MERGED", "MERGE", "", "the same was said already")
    assert (second.merged_into, second.interaction.facts["state"]) == (first, "MERGED")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "product:2"},
        {"facts": {**FACTS, "as_of": "Wednesday"}},
        {"kind": "hold-in-hand", "facts": {**FACTS, "quantity": 1, "until": "Friday", "code": "7GHK2M"}},
    ],
)
def test_send_of_something_else_is_not_merged(changes: dict[str, Any]) -> None:
    customer = a_customer()
    say(customer)
    assert say(customer, dedupe_key="2", **changes).state == "QUEUED"


def test_send_without_a_subject_is_never_merged() -> None:
    customer = a_customer()
    say(customer, subject="")
    assert say(customer, subject="", dedupe_key="2").state == "QUEUED"


@pytest.mark.parametrize("state", ["DROPPED", "DEAD"])
def test_send_may_say_again_what_never_went_out(state: str) -> None:
    customer = a_customer()
    first = say(customer)
    Message.objects.filter(pk=first.pk).update(state=state)
    assert say(customer, dedupe_key="2").state == "QUEUED"


def test_send_sees_one_person_in_merged_records() -> None:
    survivor = a_customer(email="")
    former = a_customer(merged_into=survivor, open_complaints=0)
    consents(former)
    first = say(survivor, **MARKETING)
    assert (first.state, first.customer) == ("QUEUED", survivor)
    assert say(former, dedupe_key="2", **MARKETING).merged_into == first
    Customer.objects.filter(pk=former.pk).update(open_complaints=1)
    assert say(survivor, dedupe_key="3", subject="product:3", **MARKETING).reason == "a complaint is open"


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """Run `work` with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("second_key", "states"), [("back:1", ["QUEUED"]), ("back:2", ["QUEUED", "MERGED"])])
def test_send_by_two_at_once_waits_for_the_first(second_key: str, states: list[str]) -> None:
    """The same key makes one row; the same thing under another key is merged. Without the lock nobody would wait."""
    customer = a_customer()
    with transaction.atomic():
        say(customer)
        other = in_thread(lambda: say(customer, dedupe_key=second_key))
        deadline = time.monotonic() + 5
        while not somebody_waits_for_a_lock() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert somebody_waits_for_a_lock()
    other.join()
    assert list(Message.objects.order_by("id").values_list("state", flat=True)) == states


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("email", "state", "entries"), [("z@canary.example", "QUEUED", 0), ("", "DROPPED", 1)])
def test_send_by_two_at_once_under_one_key_makes_one_row(email: str, state: str, entries: int) -> None:
    """Without a subject no lock helps: the unique key does, and whoever comes second writes no ledger entry."""
    customer = a_customer(email=email)
    seen: list[str] = []
    with transaction.atomic():
        say(customer, subject="")
        other = in_thread(lambda: seen.append(say(customer, subject="").state))
        deadline = time.monotonic() + 5
        while not somebody_waits_for_a_lock() and time.monotonic() < deadline:
            time.sleep(0.01)
    other.join()
    assert (seen, Message.objects.count(), Interaction.objects.count()) == ([state], 1, entries)
