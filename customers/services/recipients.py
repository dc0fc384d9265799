"""Whom a message is for: what the governor has to know of him, and where the message goes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db.models import Q

from customers import vault
from customers.governance import (
    DEFAULT_QUIET_FROM,
    DEFAULT_QUIET_UNTIL,
    ConsentFact,
    Intent,
    Purpose,
    allowed_ways,
)
from customers.identifiers import IdentifierError
from customers.lookup import hash_of
from customers.models import Consent, Customer, Identifier, Message, Preference, Way

# The ways that a machine can go, in the order of those who never said what they prefer.
KIND_OF_WAY = {Way.EMAIL: Identifier.Kind.EMAIL, Way.SMS: Identifier.Kind.PHONE}
FIELD_OF_WAY = {Way.EMAIL: "email", Way.SMS: "phone"}
# Staff are not in the vault and give no consents, so their address needs no hash.
STAFF_ADDRESS = b""

Addresses = Mapping[str, Collection[bytes]]


@dataclass(frozen=True)
class Recipient:
    """What the governor has to know of one person, merged records included. No personal data.

    `known` are the hashed addresses by way; `decisions` those on the purpose at hand, oldest first.
    """

    known: Addresses
    customer_ids: tuple[int, ...] = ()
    open_complaints: int = 0
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(settings.TIME_ZONE))
    preferred: str = ""
    quiet_from: time = DEFAULT_QUIET_FROM
    quiet_until: time = DEFAULT_QUIET_UNTIL
    decisions: tuple[ConsentFact, ...] = ()

    def intent(
        self,
        purpose: Purpose,
        *,
        now: datetime,
        addresses: Addresses | None = None,
        said_same: int | None = None,
        asked_for: bool = False,
    ) -> Intent:
        """The question to the governor; `addresses` narrows `known` to those that the message will really go to."""
        known = self.known if addresses is None else addresses
        ways = sorted((way for way in KIND_OF_WAY if known.get(way)), key=lambda way: way != self.preferred)
        return Intent(
            purpose=purpose,
            local_now=now.astimezone(self.zone),
            ways=tuple(way.value for way in ways),
            allowed_ways=allowed_ways(purpose, known, self.decisions),
            said_same=said_same,
            open_complaints=self.open_complaints,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            asked_for=asked_for,
        )


def recipient(to: Customer | AbstractUser, purpose: Purpose) -> Recipient:
    """What is known of a customer (4 statements) or a staff member (none)."""
    return _customer(to, purpose) if isinstance(to, Customer) else _staff(to)


def _staff(to: AbstractUser) -> Recipient:
    return Recipient(known={Way.EMAIL.value: [STAFF_ADDRESS]} if to.is_active and to.email else {})


def _customer(to: Customer, purpose: Purpose) -> Recipient:
    members = list(Customer.objects.members_of(to).select_related("home_store"))
    ids = [member.pk for member in members]
    said = Preference.objects.filter(customer__in=ids).order_by("-said_at").first() or Preference()
    homes = [member.home_store.time_zone for member in members if member.home_store]
    consents = Consent.objects.filter(customer__in=ids, purpose=purpose).order_by("decided_at", "id")
    return Recipient(
        known=_known_addresses(ids),
        customer_ids=tuple(ids),
        open_complaints=sum(member.open_complaints for member in members),
        zone=_first_zone([said.time_zone, *homes, settings.TIME_ZONE]),
        preferred=said.way,
        quiet_from=said.quiet_from or DEFAULT_QUIET_FROM,
        quiet_until=said.quiet_until or DEFAULT_QUIET_UNTIL,
        decisions=tuple(
            ConsentFact(way, bytes(address) if address is not None else None, decision == Consent.Decision.GIVEN)
            for way, address, decision in consents.values_list("way", "address_hash", "decision")
        ),
    )


def _known_addresses(customer_ids: list[int]) -> dict[str, set[bytes]]:
    rows = Identifier.objects.filter(customer__in=customer_ids, kind__in=KIND_OF_WAY.values())
    hashes = [(kind, bytes(value)) for kind, value in rows.values_list("kind", "value_hash")]
    return {way.value: {value for found, value in hashes if found == kind} for way, kind in KIND_OF_WAY.items()}


def _first_zone(names: Iterable[str]) -> ZoneInfo:
    """The first name that the tz database knows: a preference may hold anything that an import brought."""
    return ZoneInfo(next(name for name in names if name in _known_zones()))


@cache
def _known_zones() -> frozenset[str]:
    """Read once: the database of time zones is a folder of hundreds of files."""
    return frozenset(available_timezones())


@dataclass(frozen=True)
class Contact:
    """A name and the addresses by way, in the clear: only ever in memory, between vault and channel."""

    name: str = ""
    by_way: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        # A traceback or a log line must not become a leak.
        return "Contact(...)"

    def hashes(self) -> Addresses:
        """The addresses as the consents name them; one that can't be read is no address."""
        return {way: [found] for way, value in self.by_way.items() if (found := _hash(way, value)) is not None}


def _hash(way: str, value: str) -> bytes | None:
    try:
        return hash_of(KIND_OF_WAY[Way(way)], value)
    except IdentifierError:
        return None


def staff_contact(to: AbstractUser) -> Contact:
    """A staff member's name and address, which are not in the vault."""
    return Contact(name=to.get_full_name() or to.get_username(), by_way={Way.EMAIL.value: to.email})


def customer_contacts(messages: Iterable[Message]) -> dict[int, Contact]:
    """{customer id: Contact} for the customers of these messages, in one opening of the vault with one log row."""
    asked = {message.customer.pk: message.customer for message in messages if message.customer}
    if not asked:
        return {}
    survivors = {pk: customer.merged_into_id or pk for pk, customer in asked.items()}
    rows = Customer.objects.filter(Q(pk__in=survivors.values()) | Q(merged_into__in=survivors.values()))
    members = sorted(rows.values_list("merged_into", "pk"), key=lambda row: (row[0] is not None, row[1]))
    fields = ["name", *FIELD_OF_WAY.values()]
    found = vault.read_many(vault.SYSTEM, vault.Purpose.DELIVER, [pk for _, pk in members], fields)
    return {
        pk: _contact([found[member] for into, member in members if survivor in (into, member) and member in found])
        for pk, survivor in survivors.items()
    }


def _contact(identities: list[dict[str, str]]) -> Contact:
    """The survivor's own value where there is one, else that of a record merged into it."""

    def first(field_name: str) -> str:
        return next((identity[field_name] for identity in identities if identity[field_name]), "")

    by_way = {way.value: value for way, name in FIELD_OF_WAY.items() if (value := first(name))}
    return Contact(name=first("name"), by_way=by_way)
