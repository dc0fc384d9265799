"""Addresses of the public door."""

from django.urls import path

from inventory.views import promises, stock

urlpatterns = [
    path("", stock.look, name="stock"),
    path("<sku:sku>/hold/<slug:code>/", promises.hold, name="stock-hold"),
    path("<sku:sku>/ask/<slug:code>/", promises.ask, name="stock-ask"),
    path("<sku:sku>/wait/", promises.wait, name="stock-wait"),
    path("<sku:sku>/", stock.stock, name="stock-product"),
    path("<sku:sku>/stores/", stock.stores_part, name="stock-stores"),
    path("<sku:sku>/ticket/", stock.ticket, name="stock-ticket"),
]
