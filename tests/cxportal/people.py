"""What the tests of the customer pages share: a person, a reader, what the vault wrote down."""

import re
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import vault
from customers.models import Customer
from cxportal.roles import Role
from tests.factories import make_customer, make_staff

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def signed_in(role: Role, **values: Any) -> Client:
    client = Client()
    client.force_login(make_staff(role, **values))
    return client


def page_url(customer: Customer) -> str:
    return reverse("customer", args=[customer.public_id])


def maria(**values: Any) -> Customer:
    known = {"phone": "+1 212 555 0134", "email": "maria.gross@example.org", "loyalty_number": "LC-4711"}
    return make_customer(name="Maria Gross", **{**known, **values})


def looks(customer: Customer) -> list[tuple[str, str]]:
    """(role, purpose) of everybody who looked, without the system that wrote her."""
    return [(look.role, look.purpose) for look in vault.looks_at([customer.pk]) if look.role != vault.SYSTEM_ROLE]


def statements(client: Client, url: str) -> int:
    """All of them; BEGIN and COMMIT don't count, the vault's change of role does."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return sum(not re.match("BEGIN|COMMIT|SAVEPOINT|RELEASE", query["sql"]) for query in queries)
