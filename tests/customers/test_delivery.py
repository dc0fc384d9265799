"""Delivery in one process: what leaves the house, what becomes of it, and what is written where."""

import logging
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from customers.governance import Purpose
from customers.models import Customer, Message
from customers.services.delivery import LEASE, MAX_TRIES, RETRY_MINUTES, claim, deliver_due, retry_after
from tests.customers.smtp_sink import Sink, sink
from tests.customers.voice import (
    EMAIL,
    FACTS,
    NAME,
    NOON,
    PHONE,
    a_clerk,
    a_customer,
    consents,
    everything_in,
    ledger,
    portal,
    say,
)
from tests.database import as_owner

__all__ = ["portal", "sink"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("portal")]
WANTED = [Purpose.SURVEY, Purpose.MARKETING]


def at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment


def deliver(moment: datetime = NOON) -> int:
    """One turn of the worker at `moment`."""
    return deliver_due(clock=at(moment))


def the_message() -> Message:
    """The only one there is, as the table has it."""
    return Message.objects.get()


def allowed(purpose: Purpose, **values: Any) -> Customer:
    """A customer to whom `purpose` may write."""
    customer = a_customer(**values)
    consents(customer, purpose=purpose)
    return customer


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the file channel writes, for want of a mail server."""
    settings.MESSAGE_DIR, settings.EMAIL_HOST = tmp_path, ""
    return tmp_path


def test_email_without_a_mail_server_is_a_file_with_the_persons_name(folder: Path) -> None:
    message = say(a_customer())
    assert deliver() == 1
    file = folder / f"email/message-{message.pk}.eml"
    mail = message_from_bytes(file.read_bytes())
    assert (mail["To"], mail["Subject"]) == (EMAIL, "Back at Store 7: Blue kettle")
    assert mail["Message-ID"] == f"<message-{message.pk}@localhost>"
    assert str(mail.get_payload()).startswith(f'Hello {NAME},\n\n"Blue kettle" is back at Store 7')
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_sms_is_a_file_until_there_is_a_provider(folder: Path) -> None:
    message = say(a_customer(email="", phone=PHONE))
    deliver()
    assert (folder / f"sms/message-{message.pk}.txt").read_text().startswith(f"To: {PHONE}\n\nHello {NAME},")


def test_staff_get_theirs_by_their_own_address(sink: Sink) -> None:
    say(a_clerk(first_name="Ada", last_name="Clerk"), purpose=Purpose.STAFF)
    deliver()
    assert [mail["To"] for mail in sink.mails] == ["clerk@chain.example"]
    assert (the_message().state, ledger()) == ("SENT", [])


def test_delivered_is_written_once_in_the_outbox_and_in_the_ledger(sink: Sink) -> None:
    say(a_customer())
    assert (deliver(), deliver(NOON + timedelta(days=1))) == (1, 0)
    message = the_message()
    assert (message.state, message.tries, message.sent_at, message.last_error) == ("SENT", 1, NOON, "")
    assert message.provider_id == sink.message_ids[0] == f"<message-{message.pk}@localhost>"
    facts = {"message": message.pk, "kind": "back-in-stock", "state": "SENT", "reason": "nothing speaks against it"}
    assert (len(sink.mails), ledger()) == (1, [("MESSAGE", "OUT", facts)])


def test_what_was_said_and_where_is_in_the_vault_only(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    sink.plan = ["550", "451", "drop"]
    with caplog.at_level(logging.DEBUG):
        for number in range(4):
            say(a_customer(), dedupe_key=str(number))
        deliver()
    leaks = {word for word in (NAME, EMAIL, EMAIL.lower()) if word in everything_in("public") or word in caplog.text}
    assert leaks == set()
    # The control: the search does find what is there to be found.
    assert all(word in everything_in("vault") for word in (NAME, EMAIL))
    assert sorted(row for (row,) in as_owner("SELECT recipient FROM vault.message_content")) == [EMAIL] * 4


def test_a_temporary_refusal_is_tried_again_and_arrives_once(sink: Sink) -> None:
    sink.plan = ["451"]
    say(a_customer())
    deliver()
    message = the_message()
    assert (message.state, message.last_error) == ("QUEUED", "the mail server refused the address (451 4.1.1)")
    assert timedelta(seconds=60) <= message.due_at - NOON <= timedelta(seconds=72)
    assert (deliver(NOON + timedelta(seconds=59)), ledger()) == (0, [])
    assert (deliver(NOON + timedelta(seconds=72)), len(sink.mails)) == (1, 1)
    assert (the_message().state, the_message().tries, len(ledger())) == ("SENT", 2, 1)


def test_a_permanent_refusal_ends_that_message_and_no_other(sink: Sink) -> None:
    sink.plan = ["take", "550"]
    for number in range(4):
        say(a_customer(email=f"c{number}@canary.example"), dedupe_key=str(number))
    deliver()
    states = list(Message.objects.order_by("pk").values_list("state", "last_error"))
    refused = ("DEAD", "the mail server refused the address (550 5.1.1)")
    assert states == [("SENT", ""), refused, ("SENT", ""), ("SENT", "")]
    assert (deliver(NOON + timedelta(days=4)), len(sink.mails)) == (0, 3)
    assert [facts["state"] for _, _, facts in ledger()] == ["SENT", "DEAD", "SENT", "SENT"]


def test_no_mail_server_is_a_reason_to_wait(sink: Sink, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    say(allowed(Purpose.MARKETING), purpose=Purpose.MARKETING)
    deliver()
    assert (the_message().state, the_message().last_error) == (
        "QUEUED",
        "no connection to the mail server (ConnectionRefusedError)",
    )


def test_a_connection_lost_after_the_text_repeats_what_was_ordered(sink: Sink) -> None:
    sink.plan = ["drop"]
    say(a_customer())
    deliver()
    assert (the_message().state, len(sink.mails)) == ("QUEUED", 1)
    deliver(NOON + timedelta(hours=1))
    assert (the_message().state, sink.message_ids) == ("SENT", [the_message().provider_id] * 2)


@pytest.mark.parametrize("purpose", WANTED)
def test_a_connection_lost_after_the_text_repeats_nothing_that_the_chain_wants(sink: Sink, purpose: Purpose) -> None:
    sink.plan = ["drop"]
    say(allowed(purpose), purpose=purpose)
    deliver()
    assert deliver(NOON + timedelta(days=1)) == 0
    assert (the_message().state, len(sink.mails)) == ("UNCERTAIN", 1)
    assert ledger()[0][2]["reason"] == "the connection broke while it was being sent"


def test_consent_withdrawn_while_it_waited_stops_it(sink: Sink) -> None:
    customer = allowed(Purpose.MARKETING)
    for number in range(20):
        say(customer, purpose=Purpose.MARKETING, dedupe_key=str(number), subject="")
    consents(customer, "WITHDRAWN", decided_at=NOON + timedelta(seconds=1))
    assert [deliver(), deliver(), deliver()] == [10, 10, 0]
    rows = set(Message.objects.values_list("state", "decision", "reason"))
    assert (rows, sink.mails) == ({("DROPPED", "DROP", "marketing was not allowed")}, [])
    assert len(ledger()) == 20


def test_consent_for_another_address_than_the_vaults_does_not_count(sink: Sink) -> None:
    customer = a_customer(email="old@canary.example")
    consents(customer, address_hash=bytes(customer.identifiers.get().value_hash))
    say(customer, purpose=Purpose.MARKETING)
    as_owner("UPDATE vault.identity SET email = 'new@canary.example'")
    deliver()
    assert (the_message().state, sink.mails) == ("DROPPED", [])


def test_a_complaint_opened_while_it_waited_stops_it(sink: Sink) -> None:
    say(allowed(Purpose.SURVEY), purpose=Purpose.SURVEY)
    Customer.objects.update(open_complaints=1)
    deliver()
    assert (the_message().reason, sink.mails) == ("a complaint is open", [])


def test_erased_while_it_waited_is_not_written_to(sink: Sink) -> None:
    say(a_customer())
    as_owner("DELETE FROM vault.identity")
    deliver()
    assert (the_message().state, the_message().reason, sink.mails) == ("DROPPED", "no address is known", [])


def test_what_comes_up_at_night_waits_for_the_morning(sink: Sink) -> None:
    say(a_customer())
    night = NOON.replace(hour=22)
    assert (deliver(night), sink.mails, the_message().decision) == (1, [], "HOLD")
    morning = NOON + timedelta(hours=21)
    assert the_message().due_at == morning
    deliver(morning)
    assert (the_message().state, len(sink.mails)) == ("SENT", 1)


def test_a_merged_persons_message_goes_to_the_survivors_address(sink: Sink) -> None:
    survivor = a_customer(name="Zelda Quix", email="zelda@canary.example")
    say(a_customer(merged_into=survivor))
    deliver()
    assert [mail["To"] for mail in sink.mails] == ["zelda@canary.example"]


def test_a_text_that_lost_a_fact_dies_alone(sink: Sink) -> None:
    broken = say(a_customer(), dedupe_key="0")
    Message.objects.filter(pk=broken.pk).update(facts={})
    say(a_customer(), dedupe_key="1", facts={**FACTS, "as_of": "Monday"})
    deliver()
    rows = list(Message.objects.order_by("pk").values_list("state", "last_error"))
    assert rows == [("DEAD", "The text back-in-stock needs the fact store."), ("SENT", "")]


def test_a_fault_of_ours_is_logged_without_what_it_quotes(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    say(a_customer())
    as_owner("UPDATE vault.identity SET email = %s", [f"x\n{EMAIL}"])
    deliver()
    assert (the_message().state, the_message().last_error) == ("QUEUED", "a fault of the portal's (BadHeaderError)")
    assert "BadHeaderError" in caplog.text
    assert EMAIL not in caplog.text


def test_a_full_disk_is_a_reason_to_wait(folder: Path) -> None:
    (folder / "email").write_text("a file where the folder should be")
    say(a_customer())
    deliver()
    assert the_message().last_error == "the file could not be written (FileExistsError)"


def test_delivery_refuses_to_run_inside_a_transaction(sink: Sink) -> None:
    say(a_customer())
    with pytest.raises(RuntimeError), transaction.atomic():
        deliver()
    assert sink.mails == []


def test_retries_spread_over_three_days() -> None:
    assert [retry_after(tries, 0) for tries in (1, 2, MAX_TRIES - 1)] == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(hours=12),
    ]
    assert retry_after(1, 1) == timedelta(seconds=72)
    assert retry_after(MAX_TRIES, 0) is None
    assert timedelta(days=2.5) < timedelta(minutes=sum(RETRY_MINUTES)) < timedelta(days=3)


def test_the_last_try_ends_in_a_dead_letter_that_says_why(sink: Sink) -> None:
    sink.plan = ["451"]
    say(a_customer())
    Message.objects.update(tries=MAX_TRIES - 1)
    deliver()
    message = the_message()
    assert (message.state, message.reason) == ("DEAD", "given up after three days")
    assert message.last_error == "the mail server refused the address (451 4.1.1)"


def test_a_message_that_kills_every_worker_is_given_up(sink: Sink) -> None:
    say(a_customer())
    Message.objects.update(state="SENDING", tries=MAX_TRIES)
    deliver()
    assert (the_message().state, the_message().reason, sink.mails) == ("DEAD", "given up after many tries", [])


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_worker_that_died_before_it_began_leaves_nothing_in_doubt(sink: Sink, purpose: Purpose) -> None:
    say(a_clerk() if purpose is Purpose.STAFF else allowed(purpose), purpose=purpose)
    claim(now=NOON, limit=10)
    assert deliver(NOON + LEASE - timedelta(seconds=1)) == 0
    assert (deliver(NOON + LEASE), the_message().state, len(sink.mails)) == (1, "SENT", 1)
