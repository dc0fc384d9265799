"""Addresses of the API."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from cxportal.api.availability import AvailabilityView
from cxportal.api.holds import CollectView, HoldsView, HoldView, ReleaseView
from cxportal.api.movements import MovementsView
from cxportal.api.returns import ReturnsView
from cxportal.api.sales import SalesView
from cxportal.api.unknown import UnknownView
from cxportal.api.waitlist import WaitlistView


def _either(route: str, view: type[APIView], name: str, **given: Any) -> list[URLPattern]:
    """The address with and without the slash at its end: a redirect would turn a till's POST into a GET."""
    as_view: Callable[..., Any] = view.as_view
    return [path(f"{route}/", as_view(**given), name=name), path(route, as_view(**given, schema=None))]


urlpatterns = [
    *_either("v1/sales", SalesView, "api-sales"),
    *_either("v1/returns", ReturnsView, "api-returns"),
    *_either("v1/stock-movements", MovementsView, "api-stock-movements"),
    *_either("v1/availability/<sku:sku>", AvailabilityView, "api-availability"),
    *_either("v1/holds", HoldsView, "api-holds"),
    *_either("v1/holds/<uuid:public_id>", HoldView, "api-hold"),
    *_either("v1/holds/<uuid:public_id>/collect", CollectView, "api-hold-collect"),
    *_either("v1/holds/<uuid:public_id>/release", ReleaseView, "api-hold-release"),
    *_either("v1/waitlist", WaitlistView, "api-waitlist"),
    *_either("schema", SpectacularAPIView, "api-schema", authentication_classes=[], permission_classes=[AllowAny]),
    re_path("", UnknownView.as_view()),
]
