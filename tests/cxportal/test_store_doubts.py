"""The shelves that the book is probably wrong about, on a page of their own."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cxportal.roles import Role
from inventory.models import ShelfBelief, StockLevel
from tests.factories import NOW, make_level, make_staff, make_store

pytestmark = pytest.mark.django_db
SURE_OF_NONE, SURE_OF_ONE = b"\xff\xff\x00\x00", b"\x00\x00\xff\xff"


def believe(level: StockLevel, weights: bytes, chance: float, worth: float = 5.0) -> StockLevel:
    """What the filter says of a level, as the sweep leaves it."""
    ShelfBelief.objects.create(
        level=level,
        store=level.store,
        weights=weights,
        believed_at=NOW,
        pace_per_day=0.2,
        loss_per_day=0.0,
        chance=chance,
        mean=chance,
        count_worth=worth,
    )
    return level


def test_page_tells_what_is_not_there_and_what_is_not_offered(client: Client) -> None:
    store = make_store()
    phantom = believe(make_level(store=store, on_hand=7), SURE_OF_NONE, 0.0)
    lying = believe(make_level(store=store), SURE_OF_ONE, 1.0)
    right = believe(make_level(store=store, on_hand=1), SURE_OF_ONE, 1.0)
    elsewhere = believe(make_level(on_hand=7), SURE_OF_NONE, 0.0)
    client.force_login(make_staff(Role.STORE_CLERK, store=store))
    gone, unseen = client.get("/store/doubts/").context["lists"]
    assert [row.product for row in gone.rows] == [phantom.product]
    assert [row.product for row in unseen.rows] == [lying.product]
    assert not {right.product, elsewhere.product} & {row.product for row in [*gone.rows, *unseen.rows]}
    assert [row.target for row in gone.rows] == [phantom.pk]


def test_a_shelf_is_counted_where_it_is_listed_blind(client: Client) -> None:
    level = believe(make_level(on_hand=7), SURE_OF_NONE, 0.0)
    client.force_login(make_staff(Role.STORE_CLERK, store=level.store))
    row = client.get("/store/doubts/").context["lists"][0].rows[0]
    tap = {"tap_id": row.tap_id, "verb": "count.post", "target": row.target, "counted": 7, "back": "counts"}
    client.post("/store/taps/", {**tap, "at": level.store.code})
    assert list(level.counts.values_list("counted", "is_blind")) == [(7, True)]


def test_dearest_mistake_comes_first_and_the_book_stays_unsaid(client: Client) -> None:
    store = make_store()
    cheap = believe(make_level(store=store, on_hand=4321), SURE_OF_NONE, 0.0, worth=1.0)
    dear = believe(make_level(store=store, on_hand=4321), SURE_OF_NONE, 0.0, worth=9.0)
    client.force_login(make_staff(Role.STORE_CLERK, store=store))
    page = client.get("/store/doubts/")
    assert [row.product for row in page.context["lists"][0].rows] == [dear.product, cheap.product]
    assert "4321" not in page.content.decode()


def test_store_without_doubts_says_so_and_another_store_is_no_page(client: Client) -> None:
    client.force_login(make_staff(Role.STORE_CLERK, store=make_store()))
    assert "No shelf of this kind." in client.get("/store/doubts/").content.decode()
    assert client.get("/store/doubts/", {"at": make_store().code}).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_page_takes_as_many_statements_for_20_rows_as_for_1(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    store = make_store()
    for _ in range(rows):
        believe(make_level(store=store, on_hand=7), SURE_OF_NONE, 0.0)
        believe(make_level(store=store), SURE_OF_ONE, 1.0)
    client.force_login(make_staff(Role.STORE_CLERK, store=store))
    with django_assert_num_queries(8):
        client.get("/store/doubts/")
