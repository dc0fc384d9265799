"""What the tests of messages have in common: people to write to, and one call that asks for a message."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

from customers import vault, wellknown
from customers.governance import Purpose
from customers.lookup import hash_of
from customers.models import Consent, Customer, Identifier, Message, Store
from customers.services.messages import send
from tests.database import as_owner

# Long past, so that a worker process, which has the real clock, finds it due.
NOON = datetime(2025, 3, 11, 12, tzinfo=UTC)
# Found nowhere else: whoever sees one of them outside the vault has found a leak.
NAME, EMAIL, PHONE = "Zenobia Quixworth", "Zenobia.Quix@Canary.example", "+12025550147"
FACTS = {"product": "Blue kettle", "store": "Store 7", "as_of": "Tuesday at 12:00"}
ADDRESS_OF = {Identifier.Kind.EMAIL: "email", Identifier.Kind.PHONE: "phone"}


@pytest.fixture
def portal() -> None:
    """The rows that the portal's own code writes with."""
    wellknown.forget()
    wellknown.create_all()


def a_store(time_zone: str = "UTC", code: str = "s7") -> Store:
    """A store in this zone."""
    return Store.objects.create(code=code, name="Store 7", latitude=0, longitude=0, time_zone=time_zone)


def a_customer(name: str = NAME, email: str = EMAIL, phone: str = "", **values: Any) -> Customer:
    """A customer with her addresses, in the vault and as hashes."""
    customer = Customer.objects.create(created_at=NOON, **values)
    vault.write_identity(vault.SYSTEM, vault.Purpose.LINK, customer.pk, name=name, email=email, phone=phone)
    for kind, value in ((Identifier.Kind.EMAIL, email), (Identifier.Kind.PHONE, phone)):
        if value:
            hashed = hash_of(kind, value)
            source = wellknown.source("portal")
            Identifier.objects.create(
                customer=customer, kind=kind, value_hash=hashed, source_id=source, created_at=NOON
            )
    return customer


def a_clerk(email: str = "clerk@chain.example", **values: Any) -> AbstractUser:
    """A staff member with an address."""
    made: AbstractUser = get_user_model().objects.create(username="clerk", email=email, role="CX_HEAD", **values)
    return made


def consents(customer: Customer, decision: str = "GIVEN", **values: Any) -> Consent:
    """A decision on marketing by e-mail, or what `values` say."""
    settled = {"purpose": "MARKETING", "way": "EMAIL", "decided_at": NOON, "proof": "till screen", **values}
    return Consent.objects.create(customer=customer, decision=decision, source_id=wellknown.source("portal"), **settled)


def say(to: Customer | AbstractUser, **changes: Any) -> Message:
    """send() of a service message, or of what `changes` say."""
    intent: dict[str, Any] = {
        "purpose": Purpose.SERVICE,
        "kind": "back-in-stock",
        "subject": "product:1",
        "facts": FACTS,
        "dedupe_key": "back:1",
        "now": NOON,
    }
    return send(to=to, **{**intent, **changes})


def ledger() -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, direction and facts of all that the ledger holds."""
    rows = as_owner("SELECT kind, direction, facts FROM customers_interaction ORDER BY id")
    return [(kind, direction, facts) for kind, direction, facts in rows]


def everything_in(schema: str) -> str:
    """Every row of a schema, as text."""
    names = as_owner("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return "\n".join(
        str(text) for (name,) in names for (text,) in as_owner(f'SELECT t::text FROM "{schema}"."{name}" t')
    )
