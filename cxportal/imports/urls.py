"""Addresses of the imports."""

from django.urls import path

from cxportal.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("<int:pk>/", views.import_batch, name="import-batch"),
    path("<int:pk>/book/", views.book_batch, name="import-book"),
]
