"""Addresses of the public door."""

from django.urls import path

from inventory import views

urlpatterns = [
    path("", views.look, name="stock"),
    path("<str:sku>/", views.stock, name="stock-product"),
    path("<str:sku>/stores/", views.stores_part, name="stock-stores"),
    path("<str:sku>/ticket/", views.ticket, name="stock-ticket"),
]
