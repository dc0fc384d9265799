"""Links for messages: whole addresses of the shopper's own pages. Empty when the portal does not know its address."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse


def link_fact(url: str) -> dict[str, str]:
    """The fact `link` of a message; no fact where there is no link, and the text goes without."""
    return {"link": url} if url else {}


def product_link(sku: str) -> str:
    """The stock page of a product."""
    return _whole("stock-product", sku)


def hold_link(public_id: UUID) -> str:
    """The page of a hold."""
    return _whole("stock-hold-page", public_id)


def wait_link(public_id: UUID) -> str:
    """The page of a place in the waiting line, where it is left too."""
    return _whole("stock-wait-page", public_id)


def question_link(public_id: UUID) -> str:
    """The page of a question to a store."""
    return _whole("stock-question-page", public_id)


def _whole(name: str, key: UUID | str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[key])}" if settings.PUBLIC_URL else ""
