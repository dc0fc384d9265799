"""What machines read: schema.org, without a number of pieces, and safe within the page."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.structured import data_block, store_data
from tests.factories import make_level, make_product, make_store

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def block(page: str) -> dict[str, Any]:
    """The data of a page."""
    found: dict[str, Any] = json.loads(BLOCK.findall(page)[0])
    return found


def test_nothing_ends_the_element() -> None:
    text = data_block({"name": "</script><script>alert(1)</script>&\u2028"})
    assert not re.search("[<>&\u2028]", text)
    assert json.loads(text)["name"] == "</script><script>alert(1)</script>&\u2028"


@pytest.mark.django_db
def test_a_product_with_an_offer_for_each_store(client: Client) -> None:
    now = timezone.now()
    product = make_product(sku="TEA", name="Tea </script>", brand="Leaf", gtin="4006381333931")
    make_level(product=product, on_hand=77, last_counted_at=now, last_counted_quantity=77, store=make_store(name="A"))
    make_level(product=product, on_hand=0, store=make_store(name="B"))
    page = client.get("/stock/TEA/").content.decode()
    data = block(page)
    assert (data["@type"], data["name"], data["sku"], data["brand"]["name"]) == (
        *("Product", "Tea </script>", "TEA"),
        "Leaf",
    )
    assert [(offer["availableAtOrFrom"]["name"], offer["availability"]) for offer in data["offers"]] == [
        ("A", "https://schema.org/InStock"),
        ("B", "https://schema.org/OutOfStock"),
    ]
    assert "77" not in json.dumps(data)
    assert '<link rel="canonical" href="http://testserver/stock/TEA/">' in page
    assert '<meta property="og:title" content="Tea &lt;/script&gt;">' in page


@pytest.mark.django_db
def test_a_store_says_its_hours() -> None:
    store = make_store(
        hours={"mon": ["00:00", "24:00"], "tue": None}, holidays={"2026-12-25": None, "2020-12-25": None}
    )
    data = store_data(store, "https://shop.example/x", date(2026, 12, 1))
    assert [(day["dayOfWeek"], day["closes"]) for day in data["openingHoursSpecification"]] == [("Monday", "23:59")]
    assert [(day["validFrom"], day["closes"]) for day in data["specialOpeningHoursSpecification"]] == [
        ("2026-12-25", "00:00")
    ]
