"""Every SKU has one address, and no two share one."""

import pytest
from django.test import Client
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from inventory.addresses import LONGEST_SKU, TAKEN, SkuConverter
from tests.factories import make_product

SKUS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=LONGEST_SKU).filter(
    str.isprintable
)


@given(SKUS | st.sampled_from(sorted(TAKEN)))
def test_an_address_leads_back_to_its_sku(sku: str) -> None:
    convert = SkuConverter()
    assert convert.to_python(convert.to_url(sku)) == sku
    assert "/" not in convert.to_url(sku)


@given(SKUS, SKUS)
def test_two_skus_have_two_addresses(one: str, other: str) -> None:
    convert = SkuConverter()
    assert (convert.to_url(one) == convert.to_url(other)) == (one == other)


@pytest.mark.parametrize("value", ["a\x00b", "x" * 41, "store", "~", "a~1b~", "~2A"])
def test_what_no_address_may_be(value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        SkuConverter().to_python(value)


@pytest.mark.django_db
@pytest.mark.parametrize("sku", ["A/B", "hold", "store", "..", "100%", "a b", "~1", "mine"])
def test_pages_of_odd_skus_open(client: Client, sku: str) -> None:
    make_product(sku=sku, name="Odd one")
    assert "Odd one" in client.get(reverse("stock-product", args=[sku])).content.decode()


def test_words_of_our_own_lead_to_our_own_pages() -> None:
    assert resolve("/stock/store/mill-lane/").url_name == "stock-store"
    assert resolve("/stock/mine/").url_name == "stock-mine"
