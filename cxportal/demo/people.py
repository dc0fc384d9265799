"""The customers of the demo: real in the data as a household number, everything personal made up by Faker."""

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.backends.utils import CursorWrapper
from faker import Faker

from customers import vault
from customers.governance import Purpose
from customers.lookup import hash_of
from customers.masking import initials, mask_email, mask_name, mask_phone
from customers.models import Consent, Customer, Identifier, Preference, Way

from .copying import Done, copy_columns, reserve_ids, texts
from .places import TOWNS

DOMAINS = ("example.com", "example.org", "example.net")
AREA_CODES = (
    216, 220, 234, 283, 304, 317, 326, 330, 380, 412, 419, 436, 440, 463,
    502, 513, 567, 606, 614, 724, 734, 740, 765, 812, 859, 878, 937,
)  # fmt: skip
LOYALTY_PREFIX = "70"
WITHOUT_EMAIL, WITHOUT_PHONE, WITHOUT_PREFERENCE = 0.12, 0.08, 0.35
WITHOUT_CONSENT, WITHDRAWN, EARLY_QUIET = 0.4, 0.08, 0.1
BATCH = 1000
PROOF = "Simulated: loyalty form, text 3"


@dataclass(frozen=True)
class Person:
    """One made-up person for one real household."""

    household: int
    public_id: UUID
    name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    birth_date: date
    loyalty_number: str
    since: datetime


def loyalty_number(household: int) -> str:
    """The number on the household's card: ten digits, the last one Luhn's check digit."""
    body = f"{LOYALTY_PREFIX}{household * 7919 % 10_000_000:07d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{body}{-total % 10}"


def make_people(households: Iterable[int], *, seed: int, now: datetime) -> list[Person]:
    """A person for each household; the same for the same seed, whichever others are asked for."""
    faker = Faker("en_US")
    return [_make_person(faker, household, seed, now) for household in households]


def _make_person(faker: Faker, household: int, seed: int, now: datetime) -> Person:
    faker.seed_instance(f"{seed}:{household}")
    draw = random.Random(f"{seed}:person:{household}")
    first, last = faker.first_name(), faker.last_name()
    town = draw.choice(TOWNS)
    email = f"{first}.{last}{household}@{draw.choice(DOMAINS)}".lower().replace(" ", "").replace("'", "")
    # Only 555-0100 to 555-0199 is kept free for fiction, in every area: each hundred households has an area.
    phone = f"+1{AREA_CODES[household // 100 % len(AREA_CODES)]}55501{household % 100:02d}"
    return Person(
        household=household,
        public_id=UUID(int=draw.getrandbits(128), version=4),
        name=f"{first} {last}",
        email="" if draw.random() < WITHOUT_EMAIL else email,
        phone="" if draw.random() < WITHOUT_PHONE else phone,
        street=faker.street_address(),
        postcode=town[3],
        city=town[0],
        birth_date=date(1938, 1, 1) + timedelta(days=draw.randint(0, 24_000)),
        loyalty_number=loyalty_number(household),
        since=now - timedelta(days=draw.randint(370, 3000), seconds=draw.randint(0, 80_000)),
    )


def write_people(
    cursor: CursorWrapper, people: Sequence[Person], *, home_stores: Sequence[int], source_id: int, done: Done
) -> int:
    """Write customers, their identifiers, and the persons into the vault; returns the first one's id.

    `home_stores` are the ids of the stores where each buys most.
    """
    first = reserve_ids(cursor, "customers_customer", len(people))
    columns = {
        "id": list(range(first, first + len(people))),
        "public_id": texts([str(one.public_id) for one in people]),
        "masked_name": texts([mask_name(one.name)[:40] for one in people]),
        "initials": texts([initials(one.name) for one in people]),
        "masked_phone": texts([mask_phone(one.phone) for one in people]),
        "masked_email": texts([mask_email(one.email) for one in people]),
        "home_store_id": list(home_stores),
        "open_complaints": 0,
        "is_erased": False,
        "created_at": [one.since for one in people],
    }
    copy_columns(cursor, "customers_customer", columns, len(people), done)
    vault.copy_identities(
        (pk, one.name, one.email, one.phone, one.street, one.postcode, one.city, one.birth_date, one.loyalty_number)
        for pk, one in enumerate(people, first)
    )
    _write_identifiers(cursor, people, first, source_id, done)
    return first


def _write_identifiers(cursor: CursorWrapper, people: Sequence[Person], first: int, source_id: int, done: Done) -> None:
    kinds = Identifier.Kind
    rows = [
        (pk, kind.value, "\\x" + hash_of(kind, value).hex(), one.since)
        for pk, one in enumerate(people, first)
        for kind, value in ((kinds.LOYALTY, one.loyalty_number), (kinds.EMAIL, one.email), (kinds.PHONE, one.phone))
        if value
    ]
    customer, kind_names, hashes, since = zip(*rows, strict=True)
    columns = {
        "customer_id": list(customer),
        "kind": texts(list(kind_names)),
        "value_hash": texts(list(hashes)),
        "key_version": 1,
        "source_id": source_id,
        "verified_at": None,
        "created_at": list(since),
    }
    copy_columns(cursor, "customers_identifier", columns, len(rows), done)


def write_choices(*, source_id: int, seed: int) -> int:
    """What the customers allowed and how they like to be reached; returns how many rows."""
    customers = list(Customer.objects.order_by("id"))
    consents = Consent.objects.bulk_create(_consents(customers, source_id, seed), batch_size=BATCH)
    preferences = Preference.objects.bulk_create(_preferences(customers, seed), batch_size=BATCH)
    return len(consents) + len(preferences)


def _ways(customer: Customer) -> list[Way]:
    addresses = ((Way.EMAIL, customer.masked_email), (Way.SMS, customer.masked_phone))
    return [way for way, address in addresses if address]


def _consents(customers: Sequence[Customer], source_id: int, seed: int) -> list[Consent]:
    """Most who have an address said something of it, and some took it back later."""
    rows = []
    for customer in customers:
        draw = random.Random(f"{seed}:consent:{customer.public_id}")
        for way, purpose in itertools.product(_ways(customer), (Purpose.MARKETING, Purpose.SURVEY)):
            if draw.random() < WITHOUT_CONSENT:
                continue
            given = customer.created_at + timedelta(days=draw.randint(0, 300))
            decisions = [(Consent.Decision.GIVEN, given)]
            if draw.random() < WITHDRAWN:
                decisions.append((Consent.Decision.WITHDRAWN, given + timedelta(days=draw.randint(5, 60))))
            rows += [
                Consent(
                    customer=customer,
                    purpose=purpose.value,
                    way=way,
                    decision=decision,
                    decided_at=decided_at,
                    source_id=source_id,
                    proof=PROOF,
                )
                for decision, decided_at in decisions
            ]
    return rows


def _preferences(customers: Sequence[Customer], seed: int) -> list[Preference]:
    """How two thirds of them like to be reached."""
    rows = []
    for customer in customers:
        draw = random.Random(f"{seed}:preference:{customer.public_id}")
        ways = _ways(customer)
        if not ways or draw.random() < WITHOUT_PREFERENCE:
            continue
        early = draw.random() < EARLY_QUIET
        rows.append(
            Preference(
                customer=customer,
                way=draw.choice(ways),
                quiet_from=time(18) if early else None,
                quiet_until=time(10) if early else None,
                said_at=customer.created_at + timedelta(days=draw.randint(0, 300)),
            )
        )
    return rows
