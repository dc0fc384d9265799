"""What others may keep of the public pages."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cxportal.roles import Role
from inventory.views.caching import shared
from tests.factories import make_level, make_product, make_staff, make_store

pytestmark = pytest.mark.django_db
PAGES = ["/stock/", "/stock/TEA/", "/stock/TEA/stores/", "/stock/store/mill/"]


@pytest.fixture(autouse=True)
def tea() -> None:
    make_level(product=make_product(sku="TEA", name="Green tea"), store=make_store(code="mill"), on_hand=3)


@pytest.mark.parametrize("page", PAGES)
def test_strangers_share_a_page_and_its_tag(page: str) -> None:
    one, other = Client().get(page), Client().get(page)
    assert one["Cache-Control"].startswith("public, ")
    assert set(one["Vary"].split(", ")) >= {"Cookie", "Accept-Encoding"}
    assert (one["ETag"], one.content) == (other["ETag"], other.content)
    assert not one.cookies
    assert b"csrf" not in one.content
    again = Client().get(page, headers={"If-None-Match": one["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_staff_is_never_kept(client: Client, page: str) -> None:
    stranger = Client().get(page)
    client.force_login(make_staff(Role.CX_HEAD))
    answer = client.get(page, headers={"If-None-Match": stranger["ETag"]})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert "ETag" not in answer


def test_control_without_the_cookie_the_same_view_is_shared(rf: RequestFactory) -> None:
    def view(request: Any) -> HttpResponse:
        return HttpResponse("words")

    request = rf.get("/")
    request.COOKIES["cx_session"] = "somebody"
    assert "no-store" in shared(5)(view)(request)["Cache-Control"]
    del request.COOKIES["cx_session"]
    assert shared(5)(view)(request)["Cache-Control"] == "public, max-age=5"


def test_a_changed_page_has_another_tag() -> None:
    before = Client().get("/stock/TEA/stores/")
    make_level(product=make_product(sku="MILK"), on_hand=1)
    assert Client().get("/stock/MILK/stores/")["ETag"] != before["ETag"]
    answer = Client().get("/stock/TEA/stores/", headers={"If-None-Match": 'W/"another"'})
    assert answer.status_code == 200


def test_errors_and_redirects_are_not_kept() -> None:
    assert "no-store" in Client().get("/stock/?q=TEA")["Cache-Control"]
    assert "public" not in Client().get("/stock/NIX/").get("Cache-Control", "")


def test_pages_are_packed_for_who_takes_it() -> None:
    packed = Client().get("/stock/TEA/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] == Client().get("/stock/TEA/")["ETag"]
