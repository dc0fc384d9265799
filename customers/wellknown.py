"""The channels, touchpoints and sources that the portal's own code writes with, by code.

They are rows like any other (the back office may rename them) and are made by `migrate`. Their ids are remembered by
the process, because every sale needs four of them.
"""

from functools import cache

from customers.models import Channel, Source, Touchpoint

CHANNELS = {
    "store": ("Store", Channel.Kind.STORE),
    "web": ("Web", Channel.Kind.WEB),
    "phone": ("Phone", Channel.Kind.PHONE),
    "email": ("E-mail", Channel.Kind.EMAIL),
    "sms": ("SMS", Channel.Kind.SMS),
    "letter": ("Letter", Channel.Kind.LETTER),
}
TOUCHPOINTS = {
    "till": ("Till", "store"),
    "store-hold": ("Hold in the store", "store"),
    "store-stock-page": ("Store stock page", "web"),
    "waiting-list": ("Waiting list", "web"),
    "service-call": ("Service call", "phone"),
    "message-email": ("Message by e-mail", "email"),
    "message-sms": ("Message by SMS", "sms"),
    "survey-link": ("Survey link", "web"),
}
SOURCES = {
    "till": ("Tills", Source.Kind.TILL, 70),
    "portal": ("This portal", Source.Kind.PORTAL, 60),
    "staff": ("Staff", Source.Kind.STAFF, 90),
    "web-shop": ("Web shops", Source.Kind.WEB_SHOP, 60),
    "call-centre": ("Call centre", Source.Kind.CALL_CENTRE, 60),
}


def create_all() -> None:
    """Make the rows that are missing; changes nothing that is there."""
    Channel.objects.bulk_create(
        [Channel(code=code, name=name, kind=kind) for code, (name, kind) in CHANNELS.items()], ignore_conflicts=True
    )
    ids = dict(Channel.objects.values_list("code", "pk"))
    Touchpoint.objects.bulk_create(
        [Touchpoint(code=code, name=name, channel_id=ids[way]) for code, (name, way) in TOUCHPOINTS.items()],
        ignore_conflicts=True,
    )
    Source.objects.bulk_create(
        [Source(code=code, name=name, kind=kind, trust=trust) for code, (name, kind, trust) in SOURCES.items()],
        ignore_conflicts=True,
    )


@cache
def channel(code: str) -> int:
    """The id of a channel. Channel.DoesNotExist when `migrate` has not been run."""
    return Channel.objects.values_list("pk", flat=True).get(code=code)


@cache
def touchpoint(code: str) -> int:
    """The id of a touchpoint."""
    return Touchpoint.objects.values_list("pk", flat=True).get(code=code)


@cache
def source(code: str) -> int:
    """The id of a source."""
    return Source.objects.values_list("pk", flat=True).get(code=code)


def forget() -> None:
    """Forget the remembered ids: for tests, which empty the tables."""
    for lookup in (channel, touchpoint, source):
        lookup.cache_clear()
