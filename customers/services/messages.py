"""Saying something to somebody: one row in the outbox, decided by the governor, in the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.db.models import QuerySet

from customers.governance import Outcome, Purpose, Verdict, decide
from customers.models import Customer, Interaction, Message, Way
from customers.services.ledger import record_interaction
from customers.services.recipients import Recipient, recipient
from customers.services.texts import check_text
from customers.wellknown import channel, source, touchpoint

STATE_OF_OUTCOME = {
    Outcome.SEND: Message.State.QUEUED,
    Outcome.HOLD: Message.State.QUEUED,
    Outcome.MERGE: Message.State.MERGED,
    Outcome.DROP: Message.State.DROPPED,
}
# What counts as said. A message that was given up or not sent may be tried again by another intent.
SAID = (Message.State.QUEUED, Message.State.SENDING, Message.State.SENT, Message.State.UNCERTAIN)
CHANNELS = {Way.EMAIL: "email", Way.SMS: "sms", Way.PHONE: "phone", Way.LETTER: "letter"}
TOUCHPOINTS = {Way.EMAIL: "message-email", Way.SMS: "message-sms"}


# Written out: hundreds of holds may end in a batch, and making a row object of each message took longer than the rest.
ENQUEUE = """
INSERT INTO customers_message (customer_id, purpose, kind, subject, facts, way, dedupe_key, decision, reason, state,
  due_at, tries, last_error, provider_id, asked_for, created_at)
SELECT customer_id, %(purpose)s, %(kind)s, subject, facts, '', dedupe_key, %(decision)s, 'to be decided when it leaves',
  %(state)s, %(now)s, 0, '', '', false, %(now)s
FROM unnest(%(customers)s::bigint[], %(subjects)s::text[], %(facts)s::jsonb[], %(keys)s::text[])
  AS saying (customer_id, subject, facts, dedupe_key)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def send(
    *,
    to: Customer | AbstractUser,
    purpose: Purpose,
    kind: str,
    subject: str,
    facts: dict[str, Any],
    dedupe_key: str,
    now: datetime,
    asked_for: bool = False,
) -> Message:
    """Ask for one message to one recipient; the governor decides and the worker delivers after the caller's commit.

    `subject` says what it is about ("hold:88"); `facts` fill templates/messages/<kind>.txt and hold no personal data:
    the name comes from the vault at delivery. The same `dedupe_key` again returns the row that is there, whatever
    became of it. A message that is not sent is a row too: its `reason` says why. `asked_for` is for the answer that a
    customer waits for now: quiet hours do not hold it back.

    Raises ValueError for a mistake of the caller's: a text that the facts don't fill, STAFF to a customer or the
    other way round, a `dedupe_key` that belongs to somebody else's message.
    """
    if isinstance(to, Customer) == (purpose is Purpose.STAFF):
        raise ValueError(f"{purpose} is not for a {type(to).__name__}.")
    check_text(kind, facts)
    known = _by_key(dedupe_key)
    if known is not None:
        return _same_recipient(known, to)
    whom = recipient(to, purpose)
    said_same = _said_same(to, whom, kind, subject, facts)
    verdict = decide(whom.intent(purpose, now=now, said_same=said_same, asked_for=asked_for))
    said = {"purpose": purpose, "kind": kind, "subject": subject, "facts": facts}
    message = _row(verdict, to, now, **said, dedupe_key=dedupe_key, asked_for=asked_for)
    return _enqueue(message, to, now)


@dataclass(frozen=True)
class Saying:
    """One of many messages of a kind, as `send` takes it."""

    customer_id: int
    subject: str
    facts: dict[str, Any]
    dedupe_key: str


def send_many(sayings: Sequence[Saying], *, purpose: Purpose, kind: str, now: datetime) -> None:
    """Ask for a message to each of many customers, in one statement and the caller's transaction.

    The governor is asked when each of them is to leave, for asking here would take several statements a customer.
    A `dedupe_key` that is there already is left as it is. Raises TextError when the first one's facts don't fill the
    text.
    """
    if not sayings:
        return
    check_text(kind, sayings[0].facts)
    given: dict[str, Any] = {
        "customers": [saying.customer_id for saying in sayings],
        "subjects": [saying.subject for saying in sayings],
        "facts": [json.dumps(saying.facts) for saying in sayings],
        "keys": [saying.dedupe_key for saying in sayings],
        "purpose": purpose.value,
        "kind": kind,
        "decision": Message.Decision.SEND.value,
        "state": Message.State.QUEUED.value,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, given)


def told_at(to: Customer, *, purpose: Purpose, now: datetime) -> datetime:
    """When a message that nobody waits for would reach him: now, or after his quiet hours."""
    whom = recipient(to, purpose)
    verdict = decide(whom.intent(purpose, now=now))
    return verdict.not_before or now


def _row(verdict: Verdict, to: Customer | AbstractUser, now: datetime, **intent: Any) -> Message:
    return Message(
        **intent,
        **{"customer" if isinstance(to, Customer) else "staff": to},
        way=verdict.way,
        decision=verdict.outcome.value,
        reason=verdict.reason,
        state=STATE_OF_OUTCOME[verdict.outcome],
        merged_into_id=verdict.same_as,
        due_at=verdict.not_before or now,
        created_at=now,
    )


def _enqueue(message: Message, to: Customer | AbstractUser, now: datetime) -> Message:
    # Waits for a transaction that is writing the same key, and then does nothing.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    row = Message.objects.get(dedupe_key=message.dedupe_key)
    # A row that the other transaction wrote has its ledger entry already.
    if row.state in (Message.State.MERGED, Message.State.DROPPED) and row.interaction_id is None:
        log_outcome(row, now=now)
    return _same_recipient(row, to)


def _by_key(dedupe_key: str) -> Message | None:
    return Message.objects.select_related("customer").filter(dedupe_key=dedupe_key).first()


def _same_recipient(row: Message, to: Customer | AbstractUser) -> Message:
    """One key for a whole list of people would silently reach the first of them only."""
    if isinstance(to, Customer):
        same = row.customer is not None and _survivor(row.customer) == _survivor(to)
    else:
        same = row.staff_id == to.pk
    if not same:
        raise ValueError(f"The dedupe_key {row.dedupe_key} belongs to a message to somebody else.")
    return row


def _survivor(customer: Customer) -> int:
    return customer.merged_into_id or customer.pk


def _said_same(
    to: Customer | AbstractUser, whom: Recipient, kind: str, subject: str, facts: dict[str, Any]
) -> int | None:
    """The id of the message that said this; None without a subject, for then nothing tells two messages apart."""
    if not subject:
        return None
    with connection.cursor() as cursor:
        # Two systems may confirm the same visit at once; there is no row yet that either could lock.
        key = f"message:{type(to).__name__}:{min(whom.customer_ids, default=to.pk)}:{kind}:{subject}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    said: QuerySet[Message] = Message.objects.filter(kind=kind, subject=subject, facts=facts, state__in=SAID)
    own = said.filter(customer__in=whom.customer_ids) if isinstance(to, Customer) else said.filter(staff=to.pk)
    return own.order_by("id").values_list("pk", flat=True).first()


def log_outcome(message: Message, *, now: datetime) -> None:
    """Write what became of a message to the ledger, once it is final; joins the caller's transaction.

    What the portal tells its own staff is no moment between a customer and the chain, and is left out.
    """
    if message.customer_id is None:
        return
    # A message without an address went no way at all; e-mail is the way it would have gone.
    way = Way(message.way or Way.EMAIL)
    entry = record_interaction(
        kind=Interaction.Kind.MESSAGE,
        direction=Interaction.Direction.OUTBOUND,
        occurred_at=now,
        now=now,
        source_id=source("portal"),
        event_id=f"message:{message.pk}:{message.state.lower()}",
        channel_id=channel(CHANNELS[way]),
        touchpoint_id=touchpoint(TOUCHPOINTS[way]) if way in TOUCHPOINTS else None,
        customer_id=message.customer_id,
        subject=message.subject,
        facts={"message": message.pk, "kind": message.kind, "state": message.state, "reason": message.reason},
    )
    Message.objects.filter(pk=message.pk).update(interaction=entry)
    message.interaction = entry
