"""Addresses of the public door."""

from django.urls import path

from inventory import views

urlpatterns = [
    path("", views.look, name="stock"),
    path("<sku:sku>/", views.stock, name="stock-product"),
    path("<sku:sku>/stores/", views.stores_part, name="stock-stores"),
    path("<sku:sku>/ticket/", views.ticket, name="stock-ticket"),
]
