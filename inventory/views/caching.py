"""What others may keep of a public page, and for how long."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import (
    add_never_cache_headers,
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.http import http_date
from django.views.decorators.gzip import gzip_page

View = Callable[..., HttpResponse]
# With one of these the page may be somebody's own: it says who is signed in, and what just happened.
OURS = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)


def shared(seconds: int) -> Callable[[View], View]:
    """For pages that are the same for everybody who is not signed in: these may be kept for `seconds`, by anybody,
    and be asked for again by their tag. Everybody else's are never kept.
    """

    def keep(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            answer = view(request, *args, **kwargs)
            patch_vary_headers(answer, ["Cookie"])
            if answer.status_code != 200 or any(name in request.COOKIES for name in OURS):
                add_never_cache_headers(answer)
                return answer
            return _shared(request, answer, seconds)

        return gzip_page(kept)

    return keep


def _shared(request: HttpRequest, answer: HttpResponse, seconds: int) -> HttpResponse:
    fresh = {"max_age": seconds} if seconds else {"no_cache": True}
    patch_cache_control(answer, public=True, **fresh)
    # Weak: the page may be packed on its way.
    tag = f'W/"{blake2b(answer.content, digest_size=12).hexdigest()}"'
    answer["ETag"] = tag
    # When it was made, for the page itself: one that was kept for a while asks for what has changed since.
    answer["Last-Modified"] = http_date()
    conditional: HttpResponse = get_conditional_response(request, etag=tag, response=answer) or answer
    return conditional
