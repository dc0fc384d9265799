"""Who copies the stock of all stores has to slow down; people, staff and keys do not."""

from typing import Any

import pytest
from django.test import Client

from cxportal.brake import buckets
from cxportal.buckets import Buckets
from cxportal.roles import Role
from tests.factories import make_api_key, make_level, make_product, make_staff, make_store

PAGE, API = "/stock/TEA/", "/api/v1/availability/TEA/"


def test_a_bucket_empties_and_fills() -> None:
    taps = Buckets(per_second=2, size=3)
    assert [taps.take("a", 0) for _ in range(3)] == [0, 0, 0]
    assert taps.take("a", 0) == pytest.approx(0.5)
    assert taps.take("b", 0) == 0
    assert taps.take("a", 0.5) == 0
    assert taps.take("a", 0.5) > 0
    assert [taps.take("a", 100) for _ in range(4)][:3] == [0, 0, 0]


def test_the_silent_are_forgotten_first() -> None:
    taps = Buckets(per_second=0.001, size=1, most_callers=2)
    for caller in ("old", "new", "newest"):
        assert taps.take(caller, 0) == 0
    assert taps.take("newest", 0) > 0
    assert taps.take("old", 0) == 0


@pytest.fixture
def limited(settings: Any, db: None) -> None:
    """Two a minute, four at once."""
    settings.LOOKS_PER_MINUTE = 2
    buckets.cache_clear()
    make_level(product=make_product(sku="TEA"), on_hand=3)


@pytest.mark.usefixtures("limited")
def test_strangers_are_refused_with_the_time_to_come_again(client: Client) -> None:
    assert [client.get(PAGE).status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    refused = client.get(PAGE)
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "no-store" in refused["Cache-Control"]
    assert "Too many looks at once" in refused.content.decode()
    assert client.get("/stock/TEA/stores/").status_code == 429
    assert client.get("/stock/").status_code == 429


@pytest.mark.usefixtures("limited")
def test_programs_get_a_problem(client: Client) -> None:
    for _ in range(4):
        assert client.get(API).status_code == 200
    refused = client.get(API)
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_LOOKS")
    assert client.get("/api/v1/availability/TEA").status_code == 429


@pytest.mark.usefixtures("limited")
def test_tickets_staff_keys_and_other_addresses_go_on(client: Client) -> None:
    _, raw = make_api_key(make_store())
    for _ in range(6):
        client.get(PAGE)
    assert client.get("/stock/TEA/ticket/").status_code == 200
    assert client.get(PAGE, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get(API, headers={"Authorization": f"Bearer {raw}"}).status_code == 200
    assert client.get(API, headers={"Authorization": "Bearer forged"}).status_code == 429
    client.force_login(make_staff(Role.CX_HEAD))
    assert client.get(PAGE).status_code == 200


def test_control_without_a_limit_nobody_is_refused(settings: Any, db: None, client: Client) -> None:
    settings.LOOKS_PER_MINUTE = 0
    make_level(product=make_product(sku="TEA"), on_hand=3)
    assert {client.get(PAGE).status_code for _ in range(12)} == {200}
