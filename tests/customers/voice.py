"""What the tests of messages have in common: people to write to, and one call that asks for a message."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser

from customers.governance import Purpose
from customers.models import Consent, Customer, Message
from customers.services.messages import send
from cxportal.roles import Role
from tests.database import as_owner
from tests.factories import make_consent, make_customer, make_staff, make_wellknown

# Long past, so that a worker process, which has the real clock, finds it due.
NOON = datetime(2025, 3, 11, 12, tzinfo=UTC)
# Found nowhere else: whoever sees one of them outside the vault has found a leak.
NAME, EMAIL, PHONE = "Zenobia Quixworth", "Zenobia.Quix@Canary.example", "+12025550147"
FACTS = {"product": "Blue kettle", "store": "Store 7", "as_of": "Tuesday at 12:00"}


@pytest.fixture
def portal() -> None:
    """The rows that the portal's own code writes with."""
    make_wellknown()


def a_customer(name: str = NAME, email: str = EMAIL, phone: str = "", **values: Any) -> Customer:
    """Somebody who can be told apart from everybody else, by e-mail unless told otherwise."""
    return make_customer(name=name, email=email, phone=phone, **values)


def a_clerk(**values: Any) -> AbstractUser:
    """A staff member with an address."""
    return make_staff(Role.CX_HEAD, **{"email": "clerk@chain.example", **values})


def consents(customer: Customer, decision: str = "GIVEN", **values: Any) -> Consent:
    """A decision on marketing by e-mail, or what `values` say."""
    return make_consent(customer, decision=decision, **{"decided_at": NOON, **values})


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
