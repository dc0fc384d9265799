"""One customer's page put together from all floors, as much of her as the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import Http404

from customers import vault
from customers.models import Customer
from customers.selectors import Extent, Strand, extent, person_rows, standing_consents
from customers.vault import Purpose
from cxportal.dashboards.facts import KNOWN_AS, consent_rows, facts_strip, look_rows, masked_fields, waiting_rows
from cxportal.dashboards.facts import full_fields as full_rows
from cxportal.dashboards.openings import looks_of, newest, openings, write_opening
from cxportal.dashboards.scope import Sight, actor_of, shown_name, sight_of
from cxportal.models import StaffMember
from inventory.selectors.sales import purchases_of
from journeys.models import Case

SHOWN_FIELDS = ("name", "phone", "email", "street", "postcode", "city", "loyalty_number")
VALUE_DAYS = 365
OPEN_CASES = (Case.State.OPEN, Case.State.WAITING)
CHIPS = (
    (Strand.ALL, "All", ""),
    (Strand.PURCHASES, "Purchases", "bag"),
    (Strand.WRITTEN, "Written", "envelope"),
    (Strand.STORES, "Stores", "shop"),
    (Strand.CASES, "Cases and calls", "folder"),
    (Strand.NOT_SENT, "Not sent", "send-slash"),
)


@dataclass(frozen=True)
class Person:
    """A customer with the rows merged into her."""

    row: Customer
    members: Sequence[Customer]

    @property
    def ids(self) -> list[int]:
        """All her rows."""
        return [member.pk for member in self.members]

    @property
    def zone(self) -> ZoneInfo:
        """Her clock: what happened in no store is read by it."""
        preference = getattr(self.row, "preference", None)
        home = self.row.home_store
        said = preference.time_zone if preference else ""
        return ZoneInfo(said or (home.time_zone if home else settings.TIME_ZONE))

    @property
    def open_cases(self) -> list[str]:
        """Numbers of her open cases."""
        return [number for member in self.members for number in member.open_cases]  # type: ignore[attr-defined]

    @property
    def open_complaints(self) -> int:
        """Complaints that nobody has closed."""
        return sum(member.open_complaints for member in self.members)


def read_person(public_id: UUID) -> Person:
    """The person of this id in one statement; a merged row comes with `row.merged_into` set. Http404 when nobody."""
    cases = Case.objects.filter(customer=OuterRef("pk"), state__in=OPEN_CASES).order_by("opened_at")
    rows = list(person_rows(public_id).annotate(open_cases=ArraySubquery(cases.values("number")), openings=openings()))
    found = [row for row in rows if row.public_id == public_id]
    if not found:
        raise Http404("No customer has this address.")
    return Person(found[0], rows)


def page_of(person: Person, user: Any, now: datetime) -> dict[str, Any]:
    """The context of the page but for its timeline. Every reader is written down: of full names by the vault."""
    sight = sight_of(user)
    known = _from_vault(person, user) if sight is Sight.FULL else {}
    size = extent(person.ids)
    consents = standing_consents(person.ids)
    bought = purchases_of(person.ids, now - timedelta(days=VALUE_DAYS))
    return {
        "person": person,
        "name": known.get("name") or shown_name(person.row, sight),
        "is_masked": sight is not Sight.FULL,
        "strip": facts_strip(person.row, size, bought, consents, person.open_complaints),
        "fields": full_rows(known, _known(person)) if known else masked_fields(person.row, sight, _known(person)),
        "consents": consent_rows(consents),
        "waiting": waiting_rows([row for member in person.members for row in member.waiting], now, person.zone),  # type: ignore[attr-defined]
        "looks": _looks(person, user, sight, now),
        "chips": CHIPS,
        "extent": size,
    }


def chips_of(size: Extent, shown: Strand) -> list[dict[str, Any]]:
    """The filters that have something behind them, and the one that is on."""
    return [
        {"value": strand.value, "text": text, "icon": icon, "count": size.counts[strand], "current": strand is shown}
        for strand, text, icon in CHIPS
        if size.counts[strand] or strand in (Strand.ALL, shown)
    ]


def _known(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Where each identifier came from, newest first, by the field it belongs to."""
    found: dict[str, list[dict[str, Any]]] = {}
    for member in person.members:
        for row in member.known:  # type: ignore[attr-defined]
            found.setdefault(KNOWN_AS[row["kind"]], []).append(row)
    return found


def _from_vault(person: Person, user: Any) -> dict[str, Any]:
    rows = vault.read_many(actor_of(user), Purpose.SHOW, [person.row.pk], SHOWN_FIELDS)
    return rows.get(person.row.pk, {})


def _looks(person: Person, user: Any, sight: Sight, now: datetime) -> list[dict[str, str]]:
    opened = looks_of(row for member in person.members for row in member.openings)  # type: ignore[attr-defined]
    if sight is not Sight.FULL:
        opened = write_opening(person.row, opened, user, sight, now)
    looks = [*opened, *vault.looks_at(person.ids)]
    staff = StaffMember.objects.in_bulk({look.staff_id for look in looks if look.staff_id})
    names = {pk: str(member) for pk, member in staff.items()}
    return look_rows(newest(looks, staff), names, now, person.zone)
