"""What one member of staff may see: which store's day, whose names in full."""

from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from customers.models import Customer, Store
from customers.vault import Actor
from cxportal.roles import Role

STORE_ROLES = frozenset({Role.STORE_MANAGER, Role.STORE_CLERK})


class Sight(StrEnum):
    """How much of a person is shown."""

    FULL = "full"
    MASKED = "masked"
    INITIALS = "initials"


def own_store_id(user: Any) -> int | None:
    """The store whose day this person sees; None for the whole chain."""
    return user.store_id if user.role in STORE_ROLES else None


def clock_of(store: Store | None) -> ZoneInfo:
    """The clock of a page: the store's; the chain's is that of its stores when they share one."""
    if store is not None:
        return ZoneInfo(store.time_zone)
    zones = Store.objects.trading().order_by("time_zone").values_list("time_zone", flat=True).distinct()[:2]
    return ZoneInfo(zones[0] if len(zones) == 1 else settings.TIME_ZONE)


def sight_of(user: Any) -> Sight:
    """What the role allows: names in full, first name and initial, or initials only."""
    if user.has_perm("customers.see_names"):
        return Sight.FULL
    return Sight.MASKED if user.has_perm("customers.see_masked_names") else Sight.INITIALS


def actor_of(user: Any) -> Actor:
    """Who asks the vault."""
    return Actor(
        role=user.role,
        staff_id=user.pk,
        sees_names=user.has_perm("customers.see_names"),
        may_reveal=user.has_perm("customers.reveal_field"),
    )


def shown_name(customer: Customer, sight: Sight) -> str:
    """The name for lists: never more than first name and initial."""
    if customer.is_erased:
        return "Forgotten customer"
    name = customer.initials if sight is Sight.INITIALS else customer.masked_name
    return name or f"Customer {str(customer.public_id)[:8]}"
