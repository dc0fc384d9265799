"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("cxportal.api.urls")),
    path("stock/", include("inventory.urls")),
    path("", include("django.contrib.auth.urls")),
    path("", include("cxportal.dashboards.urls")),
]
