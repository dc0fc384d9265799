"""Exact look-up: by a keyed hash, so that without the key a number finds nobody."""

from typing import Any

import pytest

from customers.identifiers import IdentifierError
from customers.lookup import find_customer_ids, hash_of
from customers.models import Identifier
from tests.factories import make_customer, make_identifier

KINDS = Identifier.Kind


def test_the_same_value_has_another_hash_under_another_key(settings: Any) -> None:
    before = hash_of(KINDS.EMAIL, "anna@example.org")
    settings.LOOKUP_KEY = "another"
    assert hash_of(KINDS.EMAIL, "anna@example.org") != before


def test_a_number_is_read_as_dialled_where_the_chain_is(settings: Any) -> None:
    settings.DEFAULT_REGION = "DE"
    assert hash_of(KINDS.PHONE, "0151 23456789") == hash_of(KINDS.PHONE, "+49 151 23456789")
    settings.DEFAULT_REGION = "AT"
    assert hash_of(KINDS.PHONE, "0151 23456789") != hash_of(KINDS.PHONE, "+49 151 23456789")


@pytest.mark.parametrize(("kind", "value"), [("PHONE", "call me"), ("EMAIL", "anna"), ("LOYALTY", "--")])
def test_what_can_not_be_an_identifier_is_no_hash(kind: str, value: str) -> None:
    with pytest.raises(IdentifierError):
        hash_of(KINDS(kind), value)


@pytest.mark.django_db
def test_a_dump_of_the_table_without_the_key_finds_nobody(settings: Any) -> None:
    anna = make_customer(phone="+12125550134")
    assert find_customer_ids(KINDS.PHONE, "+12125550134") == [anna.pk]
    settings.LOOKUP_KEY = "guessed"
    assert find_customer_ids(KINDS.PHONE, "+12125550134") == []


@pytest.mark.django_db
def test_the_same_digits_of_another_kind_are_another_thing() -> None:
    make_customer(loyalty_number="12125550134")
    assert find_customer_ids(KINDS.PHONE, "+12125550134") == []


@pytest.mark.django_db
def test_two_merged_rows_with_one_phone_are_one_person() -> None:
    survivor = make_customer()
    for _ in range(2):
        make_identifier(make_customer(merged_into=survivor), KINDS.PHONE, "+12125550134")
    assert find_customer_ids(KINDS.PHONE, "+12125550134") == [survivor.pk]


@pytest.mark.django_db
def test_a_look_up_is_one_statement_however_many_share_the_phone(django_assert_num_queries: Any) -> None:
    family = [make_customer(phone="+12125550134").pk for _ in range(4)]
    with django_assert_num_queries(1):
        assert find_customer_ids(KINDS.PHONE, "212-555-0134") == family
