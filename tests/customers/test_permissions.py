"""Guards: strangers to the login page, who may not is refused, nothing of it is cached."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory

from customers.permissions import GUARD, needs, public, signed_in
from cxportal.models import StaffMember
from cxportal.roles import Role
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
RIGHT = "customers.see_names"


def page(request: HttpRequest) -> HttpResponse:
    """A page that says for whom it was rendered."""
    return HttpResponse(request.user.get_username())


def ask(view: Callable[..., HttpResponseBase], user: StaffMember | AnonymousUser) -> HttpResponseBase:
    request = RequestFactory().get("/customers/?page=2")
    request.user = user
    return view(request)


def test_who_has_the_right_gets_the_page_and_it_is_not_kept() -> None:
    answer = ask(needs(RIGHT)(page), make_staff(Role.AGENT))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_has_it_not_is_told_which_right_is_needed() -> None:
    with pytest.raises(PermissionDenied, match=RIGHT):
        ask(needs(RIGHT)(page), make_staff(Role.OUTSOURCED_AGENT))


@pytest.mark.parametrize("guard", [needs(RIGHT), signed_in])
def test_strangers_are_sent_to_the_login_and_back(guard: Callable[..., Callable[..., HttpResponseBase]]) -> None:
    answer = ask(guard(page), AnonymousUser())
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login/?next=/customers/%3Fpage%3D2"


def test_a_login_that_was_switched_off_has_no_rights() -> None:
    with pytest.raises(PermissionDenied):
        ask(needs(RIGHT)(page), make_staff(Role.AGENT, is_active=False))


def test_signed_in_is_for_every_role() -> None:
    assert ask(signed_in(page), make_staff(Role.INTERNAL_COMMUNICATIONS)).status_code == 200


def test_public_is_for_everybody() -> None:
    assert ask(public(page), AnonymousUser()).status_code == 200


def test_guards_say_what_they_ask_for() -> None:
    assert [getattr(guarded, GUARD) for guarded in (public(page), signed_in(page), needs(RIGHT)(page))] == [
        "public",
        "signed in",
        RIGHT,
    ]


def test_control_without_the_guard_anybody_gets_the_page() -> None:
    def unguarded(request: HttpRequest) -> HttpResponse:
        return HttpResponse("everything")

    assert ask(unguarded, AnonymousUser()).status_code == 200
