"""The way out for codes: a small outbox beside that of messages, for they go to people who are no customers yet."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from customers import vault
from customers.channels import Envelope, PermanentError, TemporaryError, UnclearError, deliver
from customers.models import ContactCode
from customers.services.contact import LIFETIME
from customers.services.texts import render

logger = logging.getLogger(__name__)

BATCH = 20
TRY_AGAIN = timedelta(seconds=15)
# Limits look back an hour; a day lets somebody look into a flood.
KEPT = timedelta(days=1)

# Taken out of the outbox before it is sent: what a worker dies of is not sent by the next one too.
CLAIM = """
WITH due AS MATERIALIZED (
  SELECT id FROM customers_contactcode WHERE due_at <= %(now)s AND expires_at > %(now)s AND verified_at IS NULL
  ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE customers_contactcode AS code SET due_at = NULL, sends = sends + 1
FROM due WHERE code.id = due.id RETURNING code.*
"""


def deliver_codes(*, clock: Callable[[], datetime] = timezone.now, limit: int = BATCH) -> int:
    """Send what is due, by any number of workers at once; returns how many were taken."""
    # Durable: a claim that is not committed holds nobody off.
    with transaction.atomic(durable=True):
        claimed = list(ContactCode.objects.raw(CLAIM, {"now": clock(), "limit": limit}))
    found = vault.contacts([row.pk for row in claimed], vault.Purpose.DELIVER) if claimed else {}
    for row in claimed:
        if row.pk in found:
            _send(row, *found[row.pk], clock=clock)
    return len(claimed)


def _send(row: ContactCode, recipient: str, code: str, *, clock: Callable[[], datetime]) -> None:
    facts = {"code": code, "minutes": int(LIFETIME.total_seconds() // 60)}
    text = render("contact-code", facts, name="", way=row.way)
    # Sent once more it is another letter: a mail server may drop the double of one that it knows.
    envelope = Envelope(row.pk, recipient, text.subject_line, text.body, series="again" if row.resent_at else "code")
    try:
        deliver(row.way, envelope)
    except TemporaryError as failure:
        _note(row, last_error=str(failure), due_at=clock() + TRY_AGAIN * row.sends)
    except (PermanentError, UnclearError) as failure:
        _note(row, last_error=str(failure))
    else:
        _note(row, sent_at=clock(), last_error="")


def _note(row: ContactCode, **values: object) -> None:
    ContactCode.objects.filter(pk=row.pk).update(**values)
    if values.get("last_error"):
        logger.warning("Code %s: %s", row.pk, values["last_error"])


@transaction.atomic
def forget_codes(now: datetime, *, limit: int = 1000) -> int:
    """Delete the addresses of codes that are over, and codes of yesterday; returns how many codes were deleted."""
    over = ContactCode.objects.filter(expires_at__lte=now).order_by("-asked_at").values_list("pk", flat=True).first()
    if over is not None:
        vault.forget_contacts_until(over)
    old = list(ContactCode.objects.filter(asked_at__lt=now - KEPT).values_list("pk", flat=True)[:limit])
    return ContactCode.objects.filter(pk__in=old).delete()[0] if old else 0
