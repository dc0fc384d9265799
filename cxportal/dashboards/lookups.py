"""Looking a person up: by exact identifier or by name, within a budget per hour, always written down."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.identifiers import IdentifierError
from customers.lookup import find_customer_ids
from customers.models import Customer, Identifier
from customers.selectors import people
from cxportal.dashboards.words import number
from cxportal.models import AuditEvent, StaffMember

LOOKUPS_PER_HOUR = 60
VERB = "customer-lookup"
LEAST_DIGITS = 6
SPENT = f"{LOOKUPS_PER_HOUR} look-ups in the last hour: that is the limit. Wait, or ask a colleague."


@transaction.atomic
def spend_lookup(staff: Any, kinds: list[str], *, now: datetime) -> int:
    """Write down one look-up and return how many are left for this hour.

    `kinds` are the names of what was looked for, never the values. Raises ValidationError(code="BUDGET_SPENT").
    """
    # The row lock makes two windows of one person count one after the other.
    StaffMember.objects.select_for_update(no_key=True).only("pk").get(pk=staff.pk)
    target = f"staff:{staff.pk}"
    used = AuditEvent.objects.filter(target=target, verb=VERB, occurred_at__gt=now - timedelta(hours=1)).count()
    if used >= LOOKUPS_PER_HOUR:
        raise ValidationError(SPENT, code="BUDGET_SPENT")
    AuditEvent.objects.create(staff=staff, verb=VERB, target=target, fields=kinds, occurred_at=now)
    return LOOKUPS_PER_HOUR - used - 1


def kinds_of(value: str) -> list[Identifier.Kind]:
    """What `value` may be: an e-mail address by its @, else a loyalty number, and from 6 digits on a phone number."""
    if "@" in value:
        return [Identifier.Kind.EMAIL]
    digits = sum(letter.isdigit() for letter in value)
    phone = [Identifier.Kind.PHONE] if digits >= LEAST_DIGITS else []
    return [*phone, Identifier.Kind.LOYALTY]


def find_exactly(value: str) -> list[Customer]:
    """The people who have this phone number, e-mail address or loyalty number, exactly."""
    ids: list[int] = []
    for kind in kinds_of(value):
        try:
            ids += find_customer_ids(kind, value)
        except IdentifierError:
            continue
    return people(ids)


def shared_words(value: str, count: int) -> str:
    """What several people who were found exactly have in common: "3 customers have this number"."""
    return f"{number(count, 'customer')} have this {'e-mail address' if '@' in value else 'number'}"
