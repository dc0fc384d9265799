"""Addresses of forms: what is posted is handled, who comes by GET is led back to the form's page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def posted(page: str) -> Callable[[View], View]:
    """For the address of a form on the page named `page`, which takes the same arguments.

    By GET people come after signing in again, or with a reload: neither repeats what was posted.
    """

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def handled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs) if request.method == "POST" else redirect(page, *args, **kwargs)

        return handled

    return decorate
