"""What stands beside a customer's timeline: facts, fields, consents, who looked. Values in, words out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from customers.governance import Purpose
from customers.models import Consent, Customer, Message, Way
from customers.selectors import Extent
from customers.vault import Look
from cxportal.dashboards.openings import PAUSE
from cxportal.dashboards.openings import VERB as OPENED
from cxportal.dashboards.scope import Sight
from cxportal.dashboards.words import WAYS, clock, number, sentence, spoken
from cxportal.roles import ROLES, Role
from inventory.money import money
from inventory.selectors.sales import Purchases

KNOWN_AS = {"PHONE": "phone", "EMAIL": "email", "LOYALTY": "loyalty_number"}
FULL_LABELS = (("name", "Name"), ("phone", "Phone"), ("email", "E-mail"), ("loyalty_number", "Loyalty number"))
DID = {"SHOW": "Opened this page", "FIND": "Found by name", "REVEAL": "Revealed", "EDIT": "Changed"}
ASKED_PURPOSES = (Purpose.SURVEY, Purpose.MARKETING)


def facts_strip(
    customer: Customer, size: Extent, bought: Sequence[Purchases], consents: Sequence[Consent], complaints: int
) -> list[dict[str, str]]:
    """The strip under the name: since when, worth, channel, store, may we write."""
    since = min(filter(None, [customer.created_at, size.since]))
    return [
        {"name": "Customer since", "value": f"{since:%B %Y}"},
        {"name": "Value in 12 months", **value_of(bought)},
        {"name": "Preferred channel", **preferred(customer)},
        {"name": "Store used most", **store_used(customer, bought)},
        {"name": "May we write", **may_we_write(consents, complaints)},
    ]


def value_of(bought: Sequence[Purchases]) -> dict[str, str]:
    """What was spent, with the number of receipts."""
    totals: dict[str, Decimal] = {}
    for row in bought:
        totals[row.currency] = totals.get(row.currency, Decimal(0)) + row.total
    receipts = sum(row.receipts for row in bought)
    if not receipts:
        return {"value": "Nothing bought"}
    spent = " and ".join(money(total, currency) for currency, total in totals.items())
    return {"value": spent, "small": f"n {number(receipts, 'receipt')}"}


def preferred(customer: Customer) -> dict[str, str]:
    """The channel the customer asked for."""
    preference = getattr(customer, "preference", None)
    if preference is None or not preference.way:
        return {"value": "Not known", "small": "never said"}
    return {"value": str(Way(preference.way).label), "small": f"said so, {preference.said_at:%B %Y}"}


def store_used(customer: Customer, bought: Sequence[Purchases]) -> dict[str, str]:
    """The store with the most receipts of the year; else the one given as home store."""
    if bought:
        visits: dict[str, int] = {}
        for row in bought:
            visits[row.store] = visits.get(row.store, 0) + row.receipts
        store = max(visits, key=lambda name: visits[name])
        return {"value": store, "small": f"{visits[store]} of {number(sum(visits.values()), 'receipt')}"}
    home = customer.home_store
    return {"value": home.name, "small": "given as home store"} if home else {"value": "Not known"}


def may_we_write(consents: Sequence[Consent], complaints: int) -> dict[str, str]:
    """Service always; surveys and marketing as allowed, and not while a complaint is open."""
    allowed = {row.purpose for row in consents if row.decision == Consent.Decision.GIVEN}
    asked = [purpose.lower() for purpose in ASKED_PURPOSES if purpose in allowed]
    if complaints:
        return {"value": "Service only", "small": "until the complaint is closed"}
    if not asked:
        return {"value": "Service only", "small": "nothing else was allowed"}
    return {"value": f"Service, {' and '.join(asked)}", "small": "as allowed, at most as often as the caps say"}


def full_fields(known: Mapping[str, Any], sources: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Fields in full, each identifier with where it is from."""
    rows = [
        {"name": label, "value": known.get(field) or "", "sources": origins(sources.get(field, []))}
        for field, label in FULL_LABELS
    ]
    town = " ".join(filter(None, [known.get("postcode"), known.get("city")]))
    address = ", ".join(filter(None, [known.get("street"), town]))
    return [*rows, {"name": "Address", "value": address}]


def masked_fields(
    customer: Customer, sight: Sight, sources: Mapping[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Fields as far as the role sees them; what is known but hidden says so."""
    name = customer.masked_name if sight is Sight.MASKED else customer.initials
    email = customer.masked_email if sight is Sight.MASKED else ""
    rows = [("Name", name, ""), ("Phone", customer.masked_phone, "phone"), ("E-mail", email, "email")]
    return [
        {"name": label, "value": value or ("known, not shown" if sources.get(field) else ""), "masked": bool(value)}
        for label, value, field in [*rows, ("Loyalty number", "", "loyalty_number")]
    ]


def origins(rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Where a value came from, newest first, and whether somebody confirmed it."""
    return [
        {
            "state": "sure" if row["confirmed"] else "ask",
            "strong": row["source"],
            "text": f", {_date(row['at'])}, "
            + (f"confirmed {_date(row['confirmed'])}." if row["confirmed"] else "never confirmed."),
        }
        for row in rows
    ]


def _date(text: str) -> str:
    moment = parse_datetime(text)
    return f"{moment:%-d %b %Y}" if moment else text


def consent_rows(consents: Sequence[Consent]) -> list[dict[str, Any]]:
    """One line a purpose and way; service needs no consent, and what was never asked is said."""
    rows: list[dict[str, Any]] = [
        {"purpose": "Service", "given": True, "text": "allowed", "source": "belongs to what was bought"}
    ]
    for purpose in ASKED_PURPOSES:
        decided = [row for row in consents if row.purpose == purpose]
        rows += [_consent_row(row) for row in decided]
        if not decided:
            rows.append({"purpose": purpose.capitalize(), "given": None, "text": "never asked"})
    return rows


def _consent_row(row: Consent) -> dict[str, Any]:
    given = row.decision == Consent.Decision.GIVEN
    way = WAYS.get(row.way, row.way)
    source = ", ".join(filter(None, [f"{row.decided_at:%-d %b %Y}", row.proof or row.source.name]))
    return {
        "purpose": row.purpose.capitalize(),
        "given": given,
        "text": f"by {way}" if given else f"withdrawn for {way}",
        "source": source,
    }


def waiting_rows(rows: Sequence[dict[str, Any]], now: datetime, zone: ZoneInfo) -> list[dict[str, str]]:
    """Messages that are decided and have not left: what, how, when, why so."""
    return [
        {
            "what": spoken(row["kind"]).capitalize(),
            "way": WAYS.get(row["way"], ""),
            "when": _when(row["due_at"], now, zone),
            "why": sentence(row["reason"]) if row["decision"] == Message.Decision.HOLD else "",
        }
        for row in rows
    ]


def _when(text: str, now: datetime, zone: ZoneInfo) -> str:
    moment = parse_datetime(text)
    return "next" if moment is None or moment <= now else f"not before {clock(moment, zone)}"


def look_rows(looks: Sequence[Look], names: Mapping[int, str], now: datetime, zone: ZoneInfo) -> list[dict[str, str]]:
    """Who opened the person's data: name, role, when, what and why; the same again is one line with its count."""
    rows = []
    for _, group in groupby(looks, key=lambda look: (look.staff_id, look.purpose, look.fields, look.reason)):
        same = list(group)
        times = f" {len(same)} times, first {_near(same[-1].at, now, zone)}." if len(same) > 1 else "."
        rows.append(
            {
                "who": names.get(same[0].staff_id or 0, "The portal itself"),
                "role": role_label(same[0].role),
                "when": _near(same[0].at, now, zone),
                "what": _did(same[0], looks) + times,
            }
        )
    return rows


def role_label(role: str) -> str:
    """A role in words."""
    return ROLES[Role(role)].label if role in set(Role) else ""


def _near(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    if now - moment < timedelta(minutes=1):
        return "now"
    words = clock(moment, zone)
    return words.split(", ")[1] if now - moment < timedelta(hours=12) else words.split(", ")[0]


def _did(look: Look, looks: Sequence[Look]) -> str:
    if look.purpose == OPENED:
        return _saw(look, looks)
    done = DID.get(look.purpose, look.purpose.capitalize())
    if look.purpose == "REVEAL":
        return f"{done} {', '.join(spoken(name) for name in look.fields)}: “{look.reason}”"
    return done


def _saw(look: Look, looks: Sequence[Look]) -> str:
    if look.fields != (Sight.INITIALS.value,):
        return "Saw masked data"
    later = (other.at - look.at for other in looks if other.purpose == "REVEAL" and other.staff_id == look.staff_id)
    return "Saw initials" if any(timedelta(0) <= pause < PAUSE for pause in later) else "Saw initials, revealed nothing"
