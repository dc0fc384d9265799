"""Every address says who may open it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views import View
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.views import APIView

from customers.permissions import GUARD, needs, public
from cxportal.login import BrakedLoginView
from cxportal.roles import ROLES

# Django's own pages of logging in and out guard themselves.
LOGIN_PAGES = {
    BrakedLoginView,
    auth_views.LoginView,
    auth_views.LogoutView,
    auth_views.PasswordChangeView,
    auth_views.PasswordChangeDoneView,
    auth_views.PasswordResetView,
    auth_views.PasswordResetDoneView,
    auth_views.PasswordResetConfirmView,
    auth_views.PasswordResetCompleteView,
}


def addresses(patterns: list[Any], inside: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """(address, view, namespaces) of every pattern, included ones too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names = (*inside, *([pattern.namespace] if pattern.namespace else []))
            for address, view, around in addresses(pattern.url_patterns, names):
                yield f"{pattern.pattern}{address}", view, around
        elif isinstance(pattern, URLPattern):
            yield str(pattern.pattern), pattern.callback, inside


def declares(view: type[APIView], given: dict[str, Any], name: str) -> Any:
    """What an API view says itself under `name`, not what it falls back to; None when it says nothing."""
    for kind in view.__mro__:
        if kind is APIView:
            break
        if kind.__module__.startswith("rest_framework"):
            continue
        if name in vars(kind):
            return given.get(name, vars(kind)[name])
    return given.get(name)


def is_guarded(view: Any, namespaces: tuple[str, ...]) -> bool:
    """Whether a view says who may open it."""
    if hasattr(view, GUARD) or namespaces[:1] == ("admin",):
        return True
    if getattr(view, "view_class", None) in LOGIN_PAGES:
        return True
    api_view = getattr(view, "cls", None)
    if not (isinstance(api_view, type) and issubclass(api_view, APIView)):
        return False
    permissions = declares(api_view, view.initkwargs, "permission_classes")
    authentication = declares(api_view, view.initkwargs, "authentication_classes")
    # Nobody needs to be known where everybody may come in.
    return bool(permissions) and (bool(authentication) or (authentication is not None and permissions == [AllowAny]))


def unguarded(patterns: list[Any]) -> list[str]:
    """Addresses that anybody could open by oversight."""
    return [address for address, view, namespaces in addresses(patterns) if not is_guarded(view, namespaces)]


def test_every_address_is_guarded() -> None:
    assert unguarded(get_resolver().url_patterns) == []


def test_the_walk_sees_the_pages() -> None:
    seen = {address for address, _, _ in addresses(get_resolver().url_patterns)}
    assert {"", "login/", "stock/", "customers/", "api/v1/sales/", "admin/"} <= seen


class Silent(APIView):
    """Falls back to the defaults."""


class Speaking(APIView):
    """Says both."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [IsAuthenticated]


class Half(APIView):
    """Everybody is known, nobody is asked."""

    authentication_classes = [SessionAuthentication]
    permission_classes = []


class Page(View):
    """Somebody's class-based page."""


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_control_an_open_door_is_found() -> None:
    doors = [
        path("bare/", bare),
        path("page/", Page.as_view()),
        path("silent/", Silent.as_view()),
        path("half/", Half.as_view()),
        path("public/", public(lambda request: HttpResponse())),
        path("needs/", needs("customers.view_customer")(bare)),
        path("api/", Speaking.as_view()),
        path("login/", auth_views.LoginView.as_view()),
    ]
    assert unguarded(doors) == ["bare/", "page/", "silent/", "half/"]


@pytest.mark.django_db
def test_every_guard_names_a_right_that_exists_and_that_somebody_has() -> None:
    existing = {
        f"{row.content_type.app_label}.{row.codename}" for row in Permission.objects.select_related("content_type")
    }
    guards = {getattr(view, GUARD, "") for _, view, _ in addresses(get_resolver().url_patterns)}
    # The others are words: "public", "signed in".
    asked = {guard for guard in guards if "." in guard}
    held = set[str]().union(*(rights.permissions for rights in ROLES.values()))
    assert asked <= existing
    assert asked <= held


def test_api_views_are_closed_by_default() -> None:
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == ["rest_framework.permissions.IsAuthenticated"]


@pytest.mark.django_db
def test_groups_hold_exactly_the_table() -> None:
    groups = {
        group.name: {
            f"{right.content_type.app_label}.{right.codename}"
            for right in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }
    assert groups == {role.value: set(rights.permissions) for role, rights in ROLES.items()}
