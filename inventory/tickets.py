"""Tickets for live streams: signed, named channels, valid for a minute. Nobody can listen to what he may not see."""

from django.core import signing

SALT = "cx.live"
MAX_AGE_SECONDS = 60


def product_channel(product_id: int) -> str:
    """Changes of one product in all stores: public."""
    return f"product:{product_id}"


def ledger_channel(store_id: int | None) -> str:
    """That something happened, in one store or in all: for staff who may see it."""
    return f"ledger:{store_id or 'all'}"


def store_channel(store_id: int) -> str:
    """That something changed in one store: for its own screen, which then asks what there is to do."""
    return f"store:{store_id}"


def write_ticket(channels: list[str]) -> str:
    """A ticket for exactly these channels."""
    return signing.dumps(channels, salt=SALT, compress=False)


def read_ticket(ticket: str) -> list[str]:
    """The channels of a ticket. signing.BadSignature when it is forged or older than a minute."""
    channels: list[str] = signing.loads(ticket, salt=SALT, max_age=MAX_AGE_SECONDS)
    return channels
