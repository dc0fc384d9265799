"""Where a request comes from, for limits; it is kept as a keyed hash only."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; of IPv6 the network, since one line has 2^64 addresses. Empty when unknown."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last one is the proxy's own word; those before it are whatever the browser claimed.
        given = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2] or given
    try:
        address = ip_address(given.strip())
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(getattr(address, "ipv4_mapped", None) or address)
