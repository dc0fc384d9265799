"""Addresses of the public door."""

from django.urls import path

from inventory.views import kept, promises, stock, store

urlpatterns = [
    path("", stock.look, name="stock"),
    path("store/<slug:code>/", store.store, name="stock-store"),
    path("mine/", kept.mine, name="stock-mine"),
    path("mine/forget/", kept.forget_me, name="stock-forget"),
    path("hold/<uuid:public_id>/", kept.hold_page, name="stock-hold-page"),
    path("hold/<uuid:public_id>/part/", kept.hold_part, name="stock-hold-part"),
    path("waiting/<uuid:public_id>/", kept.wait_page, name="stock-wait-page"),
    path("question/<uuid:public_id>/", kept.question_page, name="stock-question-page"),
    path("question/<uuid:public_id>/part/", kept.question_part, name="stock-question-part"),
    path("<sku:sku>/hold/<slug:code>/", promises.hold, name="stock-hold"),
    path("<sku:sku>/ask/<slug:code>/", promises.ask, name="stock-ask"),
    path("<sku:sku>/wait/", promises.wait, name="stock-wait"),
    path("<sku:sku>/", stock.stock, name="stock-product"),
    path("<sku:sku>/stores/", stock.stores_part, name="stock-stores"),
    path("<sku:sku>/ticket/", stock.ticket, name="stock-ticket"),
]
