"""The stock page's words for programs: the nearest few, numbers for who has a key, kept for a moment."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_api_key, make_level, make_product, make_store

pytestmark = pytest.mark.django_db
URL = "/api/v1/availability/TEA/"


@pytest.fixture(autouse=True)
def tea() -> None:
    counted_at = timezone.now() - timedelta(hours=1)
    product = make_product(sku="TEA", name="Green tea")
    for latitude in (41.0, 40.1, 42.0):
        make_level(
            product=product,
            store=make_store(name=f"At {latitude}", latitude=latitude, longitude=-88.0),
            on_hand=7,
            last_counted_at=counted_at,
            last_counted_quantity=7,
        )


def names(client: Client, query: str) -> list[str]:
    return [store["name"] for store in client.get(f"{URL}?{query}").json()["stores"]]


def test_the_nearest_few(client: Client) -> None:
    assert names(client, "near=40,-88") == ["At 40.1", "At 41.0", "At 42.0"]
    assert names(client, "near=40,-88&limit=2") == ["At 40.1", "At 41.0"]
    assert names(client, "limit=1") == ["At 40.1"]


@pytest.mark.parametrize("limit", ["0", "501", "-1", "two", "1e3", "9" * 40])
def test_a_limit_that_is_none(client: Client, limit: str) -> None:
    answer = client.get(f"{URL}?limit={limit}")
    assert (answer.status_code, answer.json()["code"]) == (400, "LIMIT")


def test_strangers_read_bands_and_keys_numbers(client: Client) -> None:
    _, raw = make_api_key(make_store())
    key = {"Authorization": f"Bearer {raw}"}
    assert ": 7." not in client.get(URL).json()["stores"][0]["evidence"]
    assert ": 7." in client.get(URL, headers=key).json()["stores"][0]["evidence"]


def test_a_forged_key_is_refused(client: Client) -> None:
    assert client.get(URL, headers={"Authorization": "Bearer forged"}).status_code == 401


def test_strangers_may_share_an_answer_and_keys_may_not(client: Client) -> None:
    answer = client.get(URL)
    assert answer["Cache-Control"] == "public, max-age=5"
    assert client.get(URL, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    _, raw = make_api_key(make_store())
    own = client.get(URL, headers={"Authorization": f"Bearer {raw}", "If-None-Match": answer["ETag"]})
    assert (own.status_code, "no-store" in own["Cache-Control"]) == (200, True)
