"""Guards of pages: every view begins with one of these, and a house test fails on a view that has none."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]
GUARD = "cx_guard"


def public(view: View) -> View:
    """For everybody: says so, so that an open door is never an oversight."""
    setattr(view, GUARD, "public")
    return view


def signed_in(view: View) -> View:
    """For every member of staff; strangers get the login page. The view itself says what each may see."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    setattr(guarded, GUARD, "signed in")
    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """For staff who have `permission` ("app.codename"); others get 403, strangers the login page."""

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise PermissionDenied(f"This page needs the right {permission}.")
            return view(request, *args, **kwargs)

        setattr(guarded, GUARD, permission)
        return guarded

    return guard
