"""What others may keep of a public page, and for how long."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import (
    add_never_cache_headers,
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.http import http_date
from django.views.decorators.gzip import gzip_page

View = Callable[..., HttpResponseBase]
# With one of these the page may be somebody's own: it says who is signed in, and what just happened.
OURS = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)


def shared(seconds: int) -> Callable[[View], View]:
    """For pages that are the same for everybody who is not signed in: these may be kept for `seconds`, by anybody,
    and be asked for again by their tag. Everybody else's are never kept.
    """

    def keep(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer = view(request, *args, **kwargs)
            patch_vary_headers(answer, ["Cookie", "Authorization"])
            if not isinstance(answer, HttpResponse) or answer.status_code != 200 or is_somebody(request):
                add_never_cache_headers(answer)
                return answer
            return _shared(request, answer, seconds)

        return gzip_page(kept)

    return keep


def tag_of(content: bytes) -> str:
    """The tag of a page; weak, for the page may be packed on its way."""
    return f'W/"{blake2b(content, digest_size=12).hexdigest()}"'


def is_somebody(request: HttpRequest) -> bool:
    """Whether the request says who asks."""
    return "Authorization" in request.headers or any(name in request.COOKIES for name in OURS)


def _shared(request: HttpRequest, answer: HttpResponse, seconds: int) -> HttpResponse:
    fresh = {"max_age": seconds} if seconds else {"no_cache": True}
    patch_cache_control(answer, public=True, **fresh)
    # A view that says when it looked gives its own tag, of what it saw.
    tag = answer.get("ETag") or tag_of(answer.content)
    answer["ETag"] = tag
    # When it was made, for the page itself: one that was kept for a while asks for what has changed since.
    answer["Last-Modified"] = http_date()
    conditional: HttpResponse = get_conditional_response(request, etag=tag, response=answer) or answer
    return conditional
