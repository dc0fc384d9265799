"""One normal form for what a customer says of himself, and a hash that nobody can guess back."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as some

from customers.identifiers import (
    IdentifierError,
    keyed_hash,
    normal_email,
    normal_loyalty,
    normal_phone,
    normalise,
)
from customers.lookup import find_customer_ids, hash_of
from customers.models import Identifier
from tests.factories import make_customer


@pytest.mark.parametrize(
    ("typed", "region", "normal"),
    [
        ("(212) 555-0134", "US", "+12125550134"),
        ("+1 212 555 0134", "DE", "+12125550134"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("0034 600 123 456", "DE", "+34600123456"),
    ],
)
def test_phones_are_read_as_dialled_in_the_region(typed: str, region: str, normal: str) -> None:
    assert normal_phone(typed, region) == normal


@pytest.mark.parametrize("typed", ["", "call me", "12", "+1 212 555 0134 0134 0134"])
def test_what_is_no_phone_is_said_so(typed: str) -> None:
    with pytest.raises(IdentifierError):
        normal_phone(typed, "US")


@pytest.mark.parametrize(
    ("typed", "normal"),
    [(" Anna@Example.ORG ", "anna@example.org"), ("ａnna@example.org", "anna@example.org"), ("a@b@c.de", "a@b@c.de")],
)
def test_addresses_are_folded(typed: str, normal: str) -> None:
    assert normal_email(typed) == normal


@pytest.mark.parametrize("typed", ["", "anna", "anna@", "@example.org", "anna@localhost", "anna@.."])
def test_what_is_no_address_is_said_so(typed: str) -> None:
    with pytest.raises(IdentifierError):
        normal_email(typed)


@pytest.mark.parametrize("typed", ["ab 12-34", "AB1234", " ab.1234 "])
def test_loyalty_numbers_keep_letters_and_digits(typed: str) -> None:
    assert normal_loyalty(typed) == "AB1234"


def test_a_loyalty_number_is_not_empty() -> None:
    with pytest.raises(IdentifierError):
        normal_loyalty(" - ")


@given(some.sampled_from(["EMAIL", "LOYALTY"]), some.text(max_size=40))
def test_the_normal_form_is_its_own_normal_form(kind: str, typed: str) -> None:
    try:
        normal = normalise(kind, typed, "US")
    except IdentifierError:
        return
    assert normalise(kind, normal, "US") == normal


def test_the_hash_is_keyed_and_tells_kinds_apart() -> None:
    expected = hmac.new(b"key", b"PHONE:+12125550134", hashlib.sha256).digest()
    assert keyed_hash("PHONE", "+12125550134", b"key") == expected
    assert keyed_hash("LOYALTY", "+12125550134", b"key") != expected
    assert keyed_hash("PHONE", "+12125550134", b"other") != expected


@pytest.mark.django_db
def test_the_same_number_in_another_spelling_finds_the_customer() -> None:
    customer = make_customer(phone="+12125550134", email="maria@example.org", loyalty_number="L-77")
    make_customer(phone="+12125550199")
    assert find_customer_ids(Identifier.Kind.PHONE, "212.555.0134") == [customer.pk]
    assert find_customer_ids(Identifier.Kind.EMAIL, "MARIA@example.org") == [customer.pk]
    assert find_customer_ids(Identifier.Kind.LOYALTY, "l77") == [customer.pk]
    assert find_customer_ids(Identifier.Kind.LOYALTY, "L78") == []


@pytest.mark.django_db
def test_a_shared_phone_finds_all_and_a_merged_customer_as_her_survivor() -> None:
    survivor = make_customer(phone="+12125550134")
    make_customer(phone="+12125550134", merged_into=survivor)
    other = make_customer(phone="+12125550134")
    assert find_customer_ids(Identifier.Kind.PHONE, "+12125550134") == [survivor.pk, other.pk]


@pytest.mark.django_db
def test_only_the_hash_is_stored() -> None:
    identifier = make_customer(phone="+12125550134").identifiers.get()
    assert bytes(identifier.value_hash) == hash_of(Identifier.Kind.PHONE, "+12125550134")
    assert len(bytes(identifier.value_hash)) == 32
