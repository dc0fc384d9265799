"""The way out: takes due messages from the outbox by lease, hands them to a channel, writes what became of them.

A claim is a lease: `tries` counts up and `due_at` is put to the lease's end. The pair of id and `tries` names the
lease, so that a worker whose lease another has taken over changes nothing more. SENDING means that the text may be on
the wire; a message that is found there belonged to a worker that died (docs/adr/0002-outbox.md).
"""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from customers import vault
from customers.channels import Envelope, PermanentError, TemporaryError, UnclearError, deliver
from customers.governance import ANSWER_WAITED_FOR, ASKS_OR_SELLS, RULES_AT_DELIVERY, Outcome, Purpose, Verdict, decide
from customers.models import Message
from customers.services.messages import log_outcome
from customers.services.recipients import Contact, customer_contacts, recipient, staff_contact
from customers.services.texts import TextError, render

logger = logging.getLogger(__name__)

# Longer than the slowest conversation with a mail server: what has not ended by then belongs to a dead worker.
LEASE = timedelta(minutes=5)
BATCH = 10
# Three days in all, as mail servers do it among themselves.
RETRY_MINUTES = (1, 5, 15, 60, 180, 360, 720, 720, 720, 720, 720)
MAX_TRIES = len(RETRY_MINUTES) + 1
State = Message.State


class FaultError(Exception):
    """A mistake of the portal's own; says its kind, never its words."""


# A CTE, because a sub-select with LIMIT may be run more than once and then claims more than it should.
CLAIM = """
WITH due AS MATERIALIZED (
  SELECT id FROM customers_message WHERE state IN ('QUEUED', 'SENDING') AND due_at <= %s
  ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE customers_message AS message SET due_at = %s, tries = tries + 1
FROM due WHERE message.id = due.id RETURNING message.*
"""


def retry_after(tries: int, spread: float) -> timedelta | None:
    """How long to wait after try number `tries`; None when it was the last.

    `spread`, 0 to 1, lengthens the pause by up to a fifth: what failed together is not tried together.
    """
    if tries >= MAX_TRIES:
        return None
    return timedelta(minutes=RETRY_MINUTES[tries - 1] * (1 + spread / 5))


def deliver_due(*, clock: Callable[[], datetime] = timezone.now, limit: int = BATCH) -> int:
    """Take up to `limit` due messages and see each of them through; returns how many were taken.

    Safe to run in any number of workers at once. RuntimeError inside a transaction.
    """
    claimed = claim(now=clock(), limit=limit)
    contacts = customer_contacts(claimed)
    for message in claimed:
        staff = message.staff
        contact = contacts.get(message.customer_id or 0, Contact()) if staff is None else staff_contact(staff)
        _see_through(message, contact, clock)
    return len(claimed)


def claim(*, now: datetime, limit: int) -> list[Message]:
    """Lease up to `limit` due messages, the longest due first; nobody else gets them until the lease has ended."""
    # Durable: a claim that is not committed holds nobody off.
    with transaction.atomic(durable=True):
        claimed = sorted(Message.objects.raw(CLAIM, [now, limit, now + LEASE]), key=lambda message: message.pk)
    prefetch_related_objects(claimed, "customer", "staff")
    return claimed


def _see_through(message: Message, contact: Contact, clock: Callable[[], datetime]) -> None:
    """One message from claim to outcome. Only the database's errors get out: then the lease's end brings it back."""
    try:
        with _own_faults(message, DatabaseError, TextError):
            envelope = _begin(message, contact, now=clock())
    except TextError as failure:
        _finish(message, State.DEAD, "its text could not be made", now=clock(), last_error=str(failure))
    except FaultError as fault:
        _try_again(message, str(fault), now=clock())
    else:
        if envelope is not None:
            _hand_over(message, envelope, clock)


def _hand_over(message: Message, envelope: Envelope, clock: Callable[[], datetime]) -> None:
    try:
        with _own_faults(message, PermanentError, TemporaryError, UnclearError):
            provider_id = deliver(message.way, envelope)
    except PermanentError as failure:
        _finish(message, State.DEAD, "it could not be delivered", now=clock(), last_error=str(failure))
    except TemporaryError as failure:
        _try_again(message, str(failure), now=clock())
    except (UnclearError, FaultError) as failure:
        _after_doubt(message, str(failure), now=clock())
    else:
        _finish(message, State.SENT, message.reason, now=clock(), provider_id=provider_id, sent_at=clock())


@contextmanager
def _own_faults(message: Message, *expected: type[Exception]) -> Iterator[None]:
    """Let `expected` through; make FaultError of anything else.

    A mistake of ours in one message must not keep the others waiting. Its text may quote what it stumbled over.
    """
    try:
        yield
    except expected:
        raise
    except Exception as error:
        name = type(error).__name__
        logger.error("Message %s: %s while it was being delivered", message.pk, name)
        raise FaultError(f"a fault of the portal's ({name})") from None


# Durable: that a message is on its way must be known to others before it leaves, for this process may die of it.
@transaction.atomic(durable=True)
def _begin(message: Message, contact: Contact, *, now: datetime) -> Envelope | None:
    """Ask the governor once more, make the text and mark the message as on its way; None when it does not go now."""
    if _ended_already(message, now=now):
        return None
    verdict = _decide_again(message, contact, now=now)
    if verdict.outcome is Outcome.DROP:
        _finish(message, State.DROPPED, verdict.reason, now=now, decision=Message.Decision.DROP)
        return None
    if verdict.outcome is Outcome.HOLD:
        _mine(message).update(
            state=State.QUEUED, decision=Message.Decision.HOLD, reason=verdict.reason, due_at=verdict.not_before
        )
        return None
    text = render(message.kind, message.facts, name=contact.name, way=verdict.way)
    message.way = verdict.way
    if not _mine(message).update(state=State.SENDING, way=verdict.way, due_at=now + LEASE):
        return None
    to = contact.by_way[verdict.way]
    vault.store_message(message.pk, recipient=to, subject_line=text.subject_line, body=text.body)
    return Envelope(message.pk, to, text.subject_line, text.body)


def _ended_already(message: Message, *, now: datetime) -> bool:
    """What a dead worker left: perhaps sent and not to be repeated, or fatal to every worker that takes it up."""
    if message.state == State.SENDING and message.purpose in ASKS_OR_SELLS:
        _finish(message, State.UNCERTAIN, "the portal stopped while it was being sent", now=now)
    elif message.tries > MAX_TRIES:
        _finish(message, State.DEAD, "given up after many tries", now=now)
    else:
        return False
    return True


def _decide_again(message: Message, contact: Contact, *, now: datetime) -> Verdict:
    """Hours may have passed since it was queued: consent may be gone, a complaint open, the night begun."""
    purpose = Purpose(message.purpose)
    # Exactly one of the two, says the table's CHECK.
    whom = recipient(message.customer or message.staff, purpose)  # type: ignore[arg-type]
    addresses = contact.hashes() if message.customer else whom.known
    asked_for = message.asked_for and now - message.created_at < ANSWER_WAITED_FOR
    return decide(whom.intent(purpose, now=now, addresses=addresses, asked_for=asked_for), RULES_AT_DELIVERY)


def _mine(message: Message) -> QuerySet[Message]:
    """The row, as long as the lease is ours: whoever takes it over counts `tries` up."""
    return Message.objects.filter(pk=message.pk, tries=message.tries, state__in=Message.OPEN_STATES)


@transaction.atomic
def _finish(message: Message, state: Message.State, reason: str, *, now: datetime, **more: object) -> None:
    """The outcome and its row in the ledger, unless another worker has taken over."""
    if not _mine(message).update(state=state, reason=reason, **more):
        logger.warning("Message %s was taken over by another worker before its end was written", message.pk)
        return
    message.state, message.reason = state, reason
    log_outcome(message, now=now)


def _try_again(message: Message, error: str, *, now: datetime) -> None:
    pause = retry_after(message.tries, random.random())
    if pause is None:
        _finish(message, State.DEAD, "given up after three days", now=now, last_error=error)
    else:
        _mine(message).update(state=State.QUEUED, due_at=now + pause, last_error=error)


def _after_doubt(message: Message, error: str, *, now: datetime) -> None:
    """What the customer ordered is said twice rather than never; what the chain wants, never twice."""
    if message.purpose in ASKS_OR_SELLS:
        _finish(message, State.UNCERTAIN, "the connection broke while it was being sent", now=now, last_error=error)
    else:
        _try_again(message, error, now=now)
