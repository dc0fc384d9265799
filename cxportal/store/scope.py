"""For which store a screen speaks: the own one of store staff, a chosen one for others who may."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.models import Store
from cxportal.dashboards.scope import own_store_id

WORKS_IN_STORE = "inventory.add_storetap"
MOST_STORES = 100


def store_of(user: Any, code: str) -> Store | None:
    """The store of the screen; None when this person has to choose one. Another store's screen is no page: 404."""
    if own_store_id(user) is None:
        return get_object_or_404(Store.objects.trading(), code=plain(code)) if code else None
    if code and code != user.store.code:
        raise Http404("This is not your store.")
    store: Store = user.store
    return store


def plain(typed: str) -> str:
    """What was typed without what no database takes."""
    return "".join(letter for letter in typed if letter.isprintable())


def store_or_404(user: Any, code: str) -> Store:
    """The store of the screen, where one must be named. Http404 when none is."""
    store = store_of(user, code)
    if store is None:
        raise Http404("Choose a store.")
    return store


def stores_called(words: str) -> list[Store]:
    """Stores to choose from, by a part of name, town or code."""
    stores, words = Store.objects.trading(), plain(words)
    called = stores.filter(name__icontains=words) | stores.filter(city__icontains=words) | stores.filter(code=words)
    return list((called if words else stores)[:MOST_STORES])
