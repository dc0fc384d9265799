"""What every page's frame needs: the chain's name, whether data is simulated, the doors this person may open."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import get_script_prefix

from customers.models import Source

DEMO_SECONDS = 60


@dataclass(frozen=True)
class NavEntry:
    """One entry of the staff navigation; `current` marks the page that is open."""

    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Door:
    """A page of the staff navigation and who may open it."""

    name: str
    path: str
    opens: Callable[[Any], bool]


def needing(permission: str) -> Callable[[Any], bool]:
    """A test that passes for the users who hold `permission`."""
    return lambda user: bool(user.has_perm(permission))


DOORS = (
    Door("Today", "", needing("cxportal.view_today")),
    Door("Customers", "customers/", needing("customers.view_customer")),
    Door("Store", "store/", needing("inventory.add_storetap")),
    Door("Stock", "stock/", lambda user: True),
    Door("Calibration", "calibration/", needing("cxportal.view_calibration")),
    Door("Back office", "admin/", lambda user: bool(user.is_staff)),
    Door("Style guide", "styleguide/", needing("cxportal.view_styleguide")),
)


def nav(request: HttpRequest) -> list[NavEntry]:
    """The doors that the signed-in person may open, in fixed order; none for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    prefix = get_script_prefix()
    return [
        NavEntry(door.name, prefix + door.path, is_open(request.path, prefix + door.path, prefix))
        for door in DOORS
        if door.opens(user)
    ]


def is_open(path: str, url: str, prefix: str) -> bool:
    """Whether `path` lies behind `url`; the front page counts only for itself."""
    return path == url if url == prefix else path.startswith(url)


@lru_cache(maxsize=1)
def demo_in(minute: int) -> bool:
    """Whether simulated data is present, asked once a minute and process. `minute` is the cache's key."""
    return Source.objects.filter(kind=Source.Kind.DEMO).exists()


def is_demo() -> bool:
    """Whether simulated data is present; False when the database cannot say, so that error pages still render."""
    try:
        return demo_in(int(monotonic() // DEMO_SECONDS))
    except DatabaseError:
        return False


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of every page. `nav` is a callable, so that pages without it pay no permission query."""
    return {"chain_name": settings.CHAIN_NAME, "demo": is_demo(), "nav": lambda: nav(request)}
