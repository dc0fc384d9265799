"""Who opened a customer's page and saw masks only: once a person and hour, on the audit.

Whoever sees full names is written down by the vault, each time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject

from customers.models import Customer
from customers.vault import Look
from cxportal.dashboards.scope import Sight
from cxportal.models import AuditEvent, StaffMember

VERB = "open"
PAUSE = timedelta(hours=1)
SHOWN = 20


def openings() -> ArraySubquery:
    """The newest openings of the customers that are asked for (staff_id, fields, at), with their own rows."""
    target = Concat(Value("customer:"), Cast(OuterRef("pk"), TextField()))
    # Without the exclude the planner can't see that the partial index on the target holds all of them.
    rows = AuditEvent.objects.filter(target=target, verb=VERB).exclude(target="").order_by("-occurred_at")
    return ArraySubquery(rows.values(row=JSONObject(staff_id="staff_id", fields="fields", at=F("occurred_at")))[:SHOWN])


def write_opening(customer: Customer, former: Iterable[Look], user: Any, sight: Sight, now: datetime) -> list[Look]:
    """Write down that `user` saw `customer` masked, unless `former` says so for this hour. Returns all."""
    known = list(former)
    seen = (sight.value,)
    if any(row.staff_id == user.pk and row.fields == seen and now - row.at < PAUSE for row in known):
        return known
    AuditEvent.objects.create(
        staff=user, verb=VERB, target=f"customer:{customer.pk}", fields=list(seen), occurred_at=now
    )
    return [Look(now, user.pk, user.role, VERB, seen, ""), *known]


def looks_of(rows: Iterable[Mapping[str, Any]]) -> list[Look]:
    """Openings as they come from `openings`, without the role: that is read with the names."""
    return [
        Look(datetime.fromisoformat(row["at"]), row["staff_id"], "", VERB, tuple(row["fields"]), "") for row in rows
    ]


def newest(looks: Sequence[Look], staff: Mapping[int, StaffMember]) -> list[Look]:
    """The newest of both logs, each opening with the role of whoever it was."""
    ordered = sorted(looks, key=lambda look: look.at, reverse=True)[:SHOWN]
    return [
        look if look.role else Look(look.at, look.staff_id, _role(staff, look), look.purpose, look.fields, "")
        for look in ordered
    ]


def _role(staff: Mapping[int, StaffMember], look: Look) -> str:
    member = staff.get(look.staff_id or 0)
    return member.role if member else ""
