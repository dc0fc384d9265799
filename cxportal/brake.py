"""A brake for those who copy the stock of all stores: so many looks a minute from one address, for strangers.

Each web process counts for itself and forgets when it ends: a limit that is a little wide costs nothing, while a
shared one would cost every look a write. Staff, and web shops with a key, may look as often as they like.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from customers.callers import address_of
from cxportal.api.authentication import ApiKeyAuthentication
from cxportal.api.problems import CONTENT_TYPE, problem_body
from cxportal.buckets import Buckets

BRAKED = ("stock/", "api/v1/availability")
# An open page asks for one at each new connection: a line that breaks for many at once must not end in a refusal.
FREE = frozenset({"stock-ticket"})
# So many minutes' worth may be looked at in one go.
BURST_MINUTES = 2


@lru_cache(maxsize=4)
def buckets(per_minute: int) -> Buckets:
    """The buckets of this process."""
    return Buckets(per_minute / 60, per_minute * BURST_MINUTES)


class ScrapeBrake:
    """429 for strangers who look at more than LOOKS_PER_MINUTE pages; 0 lets everybody look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do before the address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view answer."""
        if not settings.LOOKS_PER_MINUTE or not is_braked(request):
            return None
        address = address_of(request)
        wait = buckets(settings.LOOKS_PER_MINUTE).take(address, monotonic()) if address else 0.0
        # Asked last: only who has looked a lot pays for being known.
        return slow_down(request, ceil(wait)) if wait and not is_known(request) else None


def is_braked(request: HttpRequest) -> bool:
    """Whether this address tells of stock to strangers."""
    match = request.resolver_match
    return match is not None and match.route.startswith(BRAKED) and match.url_name not in FREE


def is_known(request: HttpRequest) -> bool:
    """Whether this is a member of staff, or a till or web shop with a key that is valid."""
    if request.user.is_authenticated:
        return True
    if not request.headers.get("Authorization"):
        return False
    try:
        return bool(ApiKeyAuthentication().authenticate(Request(request)))
    except APIException:
        return False


def slow_down(request: HttpRequest, seconds: int) -> HttpResponse:
    """When to come again: a page for people, a problem document for programs."""
    if request.path.startswith("/api/"):
        detail = f"Ask again in {seconds} s, or send a key: with it there is no such limit."
        answer: HttpResponse = JsonResponse(
            problem_body(429, "TOO_MANY_LOOKS", detail), status=429, content_type=CONTENT_TYPE
        )
    else:
        answer = render(request, "429.html", {"seconds": seconds}, status=429)
    answer["Retry-After"] = str(seconds)
    add_never_cache_headers(answer)
    return answer
