"""The public page: found in spite of typing errors, nearest first, works without JavaScript."""

import gzip
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cxportal.roles import Role
from inventory.models import StockMovement
from inventory.selectors.availability import availability
from inventory.selectors.catalogue import find_place, find_products, towns, variants
from inventory.services.deliveries import expect_delivery
from inventory.stock_page import NEAREST, distance_words, summary
from inventory.tickets import read_ticket
from tests.factories import NOW, make_level, make_movement, make_product, make_staff, make_store

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 3
# Of the whole page's 120 KB, the rest is for style and script.
MOST_BYTES = 12_000


def test_search_forgives_typing_errors() -> None:
    radiator = make_product(name="Halla oil-filled radiator", brand="Halla")
    make_product(name="Chocolate milk")
    assert find_products("haala radiatr").products == [radiator]
    assert find_products("zzzz").products == []


def test_search_by_number_is_exact() -> None:
    product = make_product(sku="77-1", gtin="4006381333931", name="Pen")
    make_product(sku="77-10", name="Pencil")
    assert find_products("77-1").products == [product]
    assert find_products("4006381333931").products == [product]


def test_variants_are_shown_from_each_of_them() -> None:
    big = make_product(name="Tea", size="500 g")
    small = make_product(name="Tea", size="100 g", variant_of=big)
    assert {p.pk for p in variants(big)} == {p.pk for p in variants(small)} == {big.pk, small.pk}
    assert variants(make_product()) == []


def test_place_by_town_postcode_and_coordinates() -> None:
    make_store(city="Alderwick", postcode="60601", latitude=40.0, longitude=-88.0)
    make_store(city="Alderwick", latitude=40.2, longitude=-88.2)
    town = find_place("alderwick")
    assert town
    assert (round(town.point.latitude, 3), round(town.point.longitude, 3)) == (40.1, -88.1)
    assert find_place("60601")
    assert find_place("41,-87")
    assert find_place("Nowhere") is None
    assert towns() == ["Alderwick"]


def test_nearest_store_comes_first_and_closed_ones_are_left_out() -> None:
    product = make_product()
    far = make_level(product=product, on_hand=3, store=make_store(latitude=41.0, longitude=-88.0))
    near = make_level(product=product, on_hand=3, store=make_store(latitude=40.1, longitude=-88.0))
    make_level(product=product, on_hand=3, store=make_store(closed_date=NOW.date()))
    place = find_place("40,-88")
    assert place
    rows = availability(product.pk, now=NOW, near=place.point)
    assert [row.level_id for row in rows] == [near.pk, far.pk]
    assert round(rows[0].distance_km or 0, 1) == 11.1


def test_availability_takes_few_statements_for_any_number_of_stores() -> None:
    product = make_product()
    for number in range(20):
        level = make_level(product=product, on_hand=number)
        make_movement(level, quantity=-1, kind=StockMovement.Kind.SALE)
    with CaptureQueriesContext(connection) as captured:
        rows = availability(product.pk, now=NOW + timedelta(days=1))
    assert len(rows) == 20
    assert len(captured) <= MOST_STATEMENTS


def test_who_reads_that_it_is_gone_reads_what_is_coming() -> None:
    gone, there = make_level(on_hand=0), make_level(on_hand=3)
    for level in (gone, there):
        lines = {level.product_id: 6}
        expect_delivery(store=level.store, number="7", expected_at=NOW + timedelta(days=1), lines=lines, now=NOW)
    assert "A delivery is planned for tomorrow." in availability(gone.product_id, now=NOW)[0].evidence
    assert "planned" not in availability(there.product_id, now=NOW)[0].evidence


def test_summary_is_one_sentence() -> None:
    product = make_product()
    make_level(product=product, on_hand=3, last_counted_at=NOW, last_counted_quantity=3)
    make_level(product=product, on_hand=0)
    assert summary(availability(product.pk, now=NOW), None) == ("One of two stores very likely has it.", "")
    assert summary([], None)[0] == "No store keeps this."


@pytest.mark.parametrize(("km", "words"), [(None, ""), (0.847, "850 m"), (3.44, "3.4 km"), (120.4, "120 km")])
def test_distance_in_words(km: float | None, words: str) -> None:
    assert distance_words(km) == words


def test_page_shows_words_and_evidence(client: Client) -> None:
    now = timezone.now()
    product = make_product(sku="TEA", name="Green tea")
    make_level(
        product=product, on_hand=4, last_counted_at=now, last_counted_quantity=4, store=make_store(name="Mill Lane")
    )
    page = client.get("/stock/TEA/").content.decode()
    assert "Very likely there" in page
    assert "Counted just now: a few." in page
    assert "Mill Lane" in page
    assert "99 in 100" in page


def test_page_takes_as_many_statements_for_one_store_as_for_twenty(client: Client) -> None:
    counts = []
    for sku, stores in (("ONE", 1), ("MANY", 20)):
        product = make_product(sku=sku)
        for _ in range(stores):
            make_level(product=product, on_hand=1)
        client.get(f"/stock/{sku}/?near=40,-88")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/stock/{sku}/?near=40,-88")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6


def test_one_hit_goes_straight_to_the_product(client: Client) -> None:
    make_product(sku="TEA", name="Green tea")
    answer = client.get("/stock/", {"q": "green tea", "near": "40,-88"})
    assert (answer.status_code, answer["Location"]) == (302, "/stock/TEA/?near=40%2C-88")


def test_unknown_place_says_what_to_do(client: Client) -> None:
    make_level(product=make_product(sku="TEA"), on_hand=1, store=make_store(city="Alderwick"))
    page = client.get("/stock/TEA/?near=Atlantis").content.decode()
    assert "We don&#x27;t know “Atlantis”" in page
    assert "Alderwick" in page
    assert client.get("/stock/TEA/?near=95,10").status_code == 200


def test_unknown_product_is_404(client: Client) -> None:
    assert client.get("/stock/NIX/").status_code == 404
    assert client.post("/stock/").status_code == 405


def test_ticket_names_one_product_and_nothing_else(client: Client) -> None:
    product = make_product(sku="TEA")
    ticket = client.get("/stock/TEA/ticket/").json()["ticket"]
    assert read_ticket(ticket) == [f"product:{product.pk}"]
    with pytest.raises(signing.BadSignature):
        read_ticket(ticket[:-1] + ("A" if ticket[-1] != "A" else "B"))


def page_of(client: Client, **level: Any) -> str:
    """The page of a product that one store keeps."""
    store = make_store(code="mill", name="Mill Lane", phone="+1 614 555 0100")
    make_level(product=make_product(sku="A/1"), store=store, **level)
    return client.get("/stock/A~11/").content.decode()


def test_sure_offers_a_hold_and_the_way(client: Client) -> None:
    now = timezone.now()
    page = page_of(client, on_hand=4, last_counted_at=now, last_counted_quantity=4)
    assert re.search(r'btn-primary"\s+href="/stock/A~11/hold/mill/"[^>]*>Hold it for me', page)
    assert "Show me the way" in page
    assert 'href="/stock/store/mill/"' in page


def test_in_doubt_offers_a_question_and_the_phone(client: Client) -> None:
    page = page_of(client, on_hand=-1)
    assert re.search(r'btn-line"\s+href="/stock/A~11/ask/mill/"[^>]*>Ask the store', page)
    assert "tel:+16145550100" in page
    assert "Hold it for me" not in page


def test_gone_offers_to_wait(client: Client) -> None:
    page = page_of(client, on_hand=0)
    assert re.search(r'btn-line"\s+href="/stock/A~11/wait/\?store=mill"[^>]*>Tell me when it is back', page)


def test_the_nearest_few_come_first_and_the_rest_on_demand(client: Client) -> None:
    product = make_product(sku="TEA")
    for number in range(NEAREST + 5):
        make_level(product=product, store=make_store(latitude=40 + number / 100, longitude=-88), on_hand=1)
    page = client.get("/stock/TEA/?near=40,-88").content.decode()
    assert page.count('class="statement"') == NEAREST
    assert "of the 20 nearest stores" in page
    link = re.search(r'href="([^"#]*)#store-\d+"[^>]*>Show stores farther away', page)
    assert link
    whole = client.get(unescape(link[1])).content.decode()
    assert whole.count('class="statement"') == NEAREST + 5
    assert "farther away" not in whole


def test_when_none_has_it_what_else_would_do(client: Client) -> None:
    now = timezone.now()
    store = make_store(name="Mill Lane")
    make_level(product=make_product(sku="GONE", category="Tea"), store=store, on_hand=0)
    other = make_product(name="Black tea", category="Tea")
    make_level(product=other, store=store, on_hand=3, last_counted_at=now, last_counted_quantity=3)
    page = client.get("/stock/GONE/").content.decode()
    assert "The same sort" in page
    assert "Black tea" in page
    assert "The same sort" not in client.get(f"/stock/{other.sku}/").content.decode()


def test_page_is_light(client: Client) -> None:
    product = make_product(sku="TEA", name="Green tea " * 12)
    for number in range(NEAREST):
        make_level(product=product, store=make_store(name=f"Long name of a store {number} " * 4), on_hand=number)
    assert len(gzip.compress(client.get("/stock/TEA/?near=40,-88").content)) <= MOST_BYTES


def test_staff_read_numbers_where_strangers_read_bands(client: Client) -> None:
    now = timezone.now()
    make_level(product=make_product(sku="TEA"), on_hand=4, last_counted_at=now, last_counted_quantity=4)
    assert "Counted just now: 4." not in client.get("/stock/TEA/").content.decode()
    client.force_login(make_staff(Role.CX_HEAD))
    assert "Counted just now: 4." in client.get("/stock/TEA/").content.decode()
