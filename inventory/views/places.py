"""Where the shopper is, as the public pages ask for it."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from inventory.geo import PointError
from inventory.selectors.catalogue import Place, find_place, guess_place, towns


def place_of(near: str, wanted: str = "") -> tuple[Place | None, str]:
    """The place, or what to do when it is not known, as HTML."""
    try:
        place = find_place(near)
    except PointError as error:
        return None, str(error)
    if place or not near:
        return place, ""
    place, ideas = guess_place(near)
    if place:
        return place, ""
    ask = "Did you mean:" if ideas else "Our stores are in:"
    links = [(near_url(name, wanted), name) for name in ideas or towns()]
    known = format_html_join(", ", '<a href="{}">{}</a>', links)
    return None, format_html("{} {}.", f"We don't know “{near}”. {ask}", known)


def near_url(name: str, wanted: str) -> str:
    """The page one is on, near the place of this name."""
    return f"?{urlencode({'q': wanted, 'near': name} if wanted else {'near': name})}"


def whole_url(request: HttpRequest, path: str) -> str:
    """The address of a page as others may keep it: by the portal's own name where that is set."""
    own: str = settings.PUBLIC_URL
    return f"{own}{path}" if own else request.build_absolute_uri(path)
