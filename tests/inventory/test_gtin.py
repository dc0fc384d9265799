"""Global Trade Item Numbers by GS1's own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inventory.gtin import LENGTHS, check_digit, is_gtin


@pytest.mark.parametrize(
    "gtin",
    ["6291041500213", "614141999996", "10614141000415", "96385074", "4006381333931"],
)
def test_known_numbers(gtin: str) -> None:
    assert is_gtin(gtin)


@pytest.mark.parametrize(
    "text",
    ["6291041500214", "629104150021", "", "ABCDEFGH", "١٢٣٤٥٦٧٠", "4006381333931 ", "40063-81333931", "00000000000"],
)
def test_what_is_none(text: str) -> None:
    assert not is_gtin(text)


@given(some.sampled_from(LENGTHS), some.data())
def test_one_wrong_digit_is_always_noticed(length: int, data: some.DataObject) -> None:
    body = data.draw(some.text("0123456789", min_size=length - 1, max_size=length - 1))
    gtin = body + check_digit(body)
    assert is_gtin(gtin)
    place = data.draw(some.integers(0, length - 1))
    other = data.draw(some.sampled_from([digit for digit in "0123456789" if digit != gtin[place]]))
    assert not is_gtin(gtin[:place] + other + gtin[place + 1 :])
