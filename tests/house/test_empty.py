"""Nothing of a person remains between tests: neither in public tables nor in the vault."""

import threading

import pytest
from django.db import connection

from customers import vault
from tests.database import leftovers, tables
from tests.factories import make_customer, make_message

PERSONAL = {
    '"public"."customers_customer"',
    '"public"."customers_identifier"',
    '"public"."customers_message"',
    '"vault"."access_log"',
    '"vault"."identity"',
    '"vault"."message_content"',
}


def fill() -> None:
    """Rows in every personal table, committed by a connection of their own."""
    customer = make_customer(phone="+12125550123")
    message = make_message(customer=customer)
    vault.store_message(message.pk, recipient="+12125550123", subject_line="", body="Your lamp is here.")
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(3))
def test_each_test_begins_with_empty_tables(round_number: int) -> None:
    assert leftovers() == set()
    writer = threading.Thread(target=fill)
    writer.start()
    writer.join()
    assert leftovers() >= PERSONAL


@pytest.mark.django_db
def test_the_truncation_knows_the_vault() -> None:
    assert set(tables()) >= PERSONAL | {'"vault"."source_payload"'}
