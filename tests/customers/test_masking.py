"""What may be shown of a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from customers.masking import initials, mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked", "short"),
    [
        ("Maria Gross", "Maria G.", "M. G."),
        ("  maria   gross ", "maria G.", "M. G."),
        ("Ana María de la Cruz", "Ana C.", "A. C."),
        ("Cher", "C.", "C."),
        ("", "", ""),
        ("Åsa Öberg", "Åsa Ö.", "Å. Ö."),
    ],
)
def test_names(name: str, masked: str, short: str) -> None:
    assert (mask_name(name), initials(name)) == (masked, short)


@pytest.mark.parametrize(
    ("phone", "masked"), [("+12125550134", "...34"), ("(212) 555-0134", "...34"), ("12345", ""), ("", ""), ("112", "")]
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [("maria@gross.example", "m***@g***"), ("a@b.cd", "a***@b***"), ("", ""), ("maria", ""), ("@b.cd", "")],
)
def test_addresses(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@given(some.from_regex(r"[a-z]{4,12} [a-z]{4,12}", fullmatch=True))
def test_a_masked_name_never_shows_the_last_name(name: str) -> None:
    last = name.split()[1]
    assert last not in mask_name(name).split()[1:]
    assert len(initials(name)) == 5


@given(some.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_masked_phone_shows_two_digits(phone: str) -> None:
    assert sum(letter.isdigit() for letter in mask_phone(phone)) == 2
