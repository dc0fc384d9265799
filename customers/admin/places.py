"""Back office: stores, channels, touchpoints and sources."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from customers.backoffice import PortalAdmin
from customers.models import Channel, Source, Store, Touchpoint


@admin.register(Store)
class StoreAdmin(PortalAdmin):
    """A store that closes for good gets a closing date."""

    list_display = ("code", "name", "city", "country", "time_zone", "currency", "opens_now", "closed_date")
    list_filter = ("country", ("closed_date", admin.EmptyFieldListFilter))
    search_fields = ("code", "name", "city")
    ordering = ("name",)
    sortable_by = ("code", "name", "city", "closed_date")
    fieldsets = (
        (None, {"fields": ("code", "name", "phone", "opened_date", "closed_date")}),
        ("Where", {"fields": ("street", "postcode", "city", "region", "country", "latitude", "longitude")}),
        ("Clock and money", {"fields": ("time_zone", "currency")}),
        ("Open", {"fields": ("hours", "holidays", "hold_hours")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Store | None = None) -> tuple[str, ...]:
        """Tills and ledger know a store by its code."""
        return ("code",) if obj else ()

    @admin.display(boolean=True, description="Open now")
    def opens_now(self, store: Store) -> bool:
        """In the store's own clock."""
        return store.open_state(timezone.now()).is_open


@admin.register(Channel)
class ChannelAdmin(PortalAdmin):
    """The ways by which customers and the chain reach each other."""

    list_display = ("code", "name", "kind")
    search_fields = ("code", "name")
    ordering = ("name",)
    sortable_by = ("code", "name", "kind")


@admin.register(Touchpoint)
class TouchpointAdmin(PortalAdmin):
    """Points of contact; journeys are drawn with them."""

    list_display = ("code", "name", "channel")
    list_select_related = ("channel",)
    list_filter = ("channel",)
    search_fields = ("code", "name")
    ordering = ("name",)
    sortable_by = ("code", "name")


@admin.register(Source)
class SourceAdmin(PortalAdmin):
    """Who tells us something, and how far it is trusted."""

    list_display = ("code", "name", "kind", "trust")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    ordering = ("name",)
    sortable_by = ("code", "name", "kind", "trust")
