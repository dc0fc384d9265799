"""The public door: keep one for me, tell me when it is back, ask the store."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from customers.permissions import public


@public
@never_cache
def hold(request: HttpRequest, sku: str, code: str) -> HttpResponse:
    """Hold it for me: what, where, until when; then the shopper's contact, its code, and the hold."""
    return redirect("stock-product", sku)


@public
@never_cache
def ask(request: HttpRequest, sku: str, code: str) -> HttpResponse:
    """Ask the store whether it is really there."""
    return redirect("stock-product", sku)


@public
@never_cache
def wait(request: HttpRequest, sku: str) -> HttpResponse:
    """Tell me when it is back: which stores, and whether to keep it or only to tell."""
    return redirect("stock-product", sku)
