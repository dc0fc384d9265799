"""Addresses of the store screen."""

from django.urls import path

from cxportal.store import doubts, goods, views

urlpatterns = [
    path("", views.screen, name="store"),
    path("tasks/", views.tasks_part, name="store-tasks"),
    path("ticket/", views.ticket, name="store-ticket"),
    path("scan/", views.scan, name="store-scan"),
    path("deliveries/<int:pk>/", goods.delivery, name="store-delivery"),
    path("doubts/", doubts.doubts, name="store-doubts"),
    path("transfer/", goods.transfer, name="store-transfer"),
    path("taps/", views.taps, name="store-taps"),
    path("worker.js", views.service_worker, name="store-worker"),
]
