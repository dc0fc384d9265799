"""The public page of a store."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.store_page import span_words
from tests.factories import NOW, make_level, make_product, make_store

MOST_STATEMENTS = 9


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, "Closed"),
        ((time(9), time(20)), "09:00 to 20:00"),
        ((time(9), time.max), "09:00 to midnight"),
        ((time.min, time.max), "Day and night"),
    ],
)
def test_hours_in_words(span: Any, words: str) -> None:
    assert span_words(span) == words


@pytest.mark.django_db
def test_says_where_when_and_what_came_in(client: Client) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    store = make_store(
        code="mill",
        name="Mill Lane",
        street="3 Mill Lane",
        phone="+1 614 555 0100",
        hours={"mon": ["09:00", "20:00"], "sun": None},
        holidays={tomorrow.isoformat(): None, "2020-01-01": None},
    )
    make_store(name="Next Door")
    tea = make_product(name="Green tea")
    make_level(store=store, product=tea, on_hand=2, last_received_at=timezone.now() - timedelta(days=1))
    old = make_product(name="Old tea")
    make_level(store=store, product=old, on_hand=2, last_received_at=timezone.now() - timedelta(days=40))
    page = client.get("/stock/store/mill/").content.decode()
    for words in ("Mill Lane", "3 Mill Lane", "09:00 to 20:00", "tel:+16145550100", "Green tea", "Next Door"):
        assert words in page
    assert f"{tomorrow:%A} {tomorrow.day} {tomorrow:%B}" in page
    assert "Old tea" not in page
    assert "1 January" not in page or date(2020, 1, 1) == tomorrow


@pytest.mark.django_db
def test_is_it_here(client: Client) -> None:
    store = make_store(code="mill", name="Mill Lane")
    tea = make_product(sku="TEA", name="Green tea")
    make_level(store=store, product=tea, on_hand=4, last_counted_at=timezone.now(), last_counted_quantity=4)
    make_product(name="Black tea")
    page = client.get("/stock/store/mill/?q=tea").content.decode()
    assert "Very likely there" in page
    assert "/stock/TEA/hold/mill/" in page
    assert "Black tea: which store has it" in page
    assert "Nothing is called" in client.get("/stock/store/mill/?q=zzzz").content.decode()


@pytest.mark.django_db
def test_a_store_that_is_gone_or_never_was_is_404(client: Client) -> None:
    make_store(code="gone", closed_date=NOW.date())
    assert client.get("/stock/store/gone/").status_code == 404
    assert client.get("/stock/store/never/").status_code == 404


@pytest.mark.django_db
def test_statements_do_not_grow_with_what_is_found(client: Client) -> None:
    counts = []
    for code, products in (("one", 1), ("many", 8)):
        store = make_store(code=code)
        for number in range(products):
            level = make_level(store=store, product=make_product(name=f"Tea {code} {number}"), on_hand=1)
            level.last_received_at = timezone.now()
            level.save()
            make_store()
        client.get(f"/stock/store/{code}/?q=tea {code}")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/stock/store/{code}/?q=tea {code}")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
