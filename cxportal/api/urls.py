"""Addresses of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from cxportal.api.availability import AvailabilityView
from cxportal.api.sales import SalesView

urlpatterns = [
    path("v1/sales/", SalesView.as_view(), name="api-sales"),
    path("v1/availability/<str:sku>/", AvailabilityView.as_view(), name="api-availability"),
    path(
        "schema/",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny]),
        name="api-schema",
    ),
]
