"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from cxportal.robots import robots

handler500 = "cxportal.api.problems.server_error"

urlpatterns = [
    path("robots.txt", robots),
    path("admin/", admin.site.urls),
    path("api/", include("cxportal.api.urls")),
    path("stock/", include("inventory.urls")),
    path("store/import/", include("cxportal.imports.urls")),
    path("store/", include("cxportal.store.urls")),
    path("", include("cxportal.dashboards.urls")),  # before Django's, of which it replaces some
    path("", include("django.contrib.auth.urls")),
]
