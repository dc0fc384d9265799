"""Back office of floor 2: what was promised, to whom, and what stores were asked."""

from django.contrib import admin

from customers.backoffice import WrittenBySystem, store_time
from inventory.models import Hold, HoldEvent, StockQuestion, StoreTap, WaitlistEntry

WITH_LEVEL = ("level__store", "level__product")


@admin.register(Hold)
class HoldAdmin(WrittenBySystem):
    """Items kept aside."""

    list_display = ("id", "level", "customer", "quantity", "state", "because", "until", "ended_at")
    list_select_related = (*WITH_LEVEL, "customer")
    exact_search = ("customer__public_id", "level__product__sku")
    search_help_text = "Public id of the customer, or SKU"

    @admin.display(description="Kept until (store's clock)")
    def until(self, hold: Hold) -> str:
        """In the store's own clock."""
        return store_time(hold.expires_at, hold.level.store)


@admin.register(HoldEvent)
class HoldEventAdmin(WrittenBySystem):
    """Moments of holds."""

    list_display = ("id", "hold", "kind", "staff", "occurred_at")
    list_select_related = ("hold", "staff")
    exact_search = ("hold",)
    search_help_text = "Number of the hold"


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(WrittenBySystem):
    """Who waits for what, in line."""

    list_display = ("id", "product", "customer", "quantity", "wants", "state", "joined_at", "ended_at")
    list_select_related = ("product", "customer")
    exact_search = ("customer__public_id", "product__sku")
    search_help_text = "Public id of the customer, or SKU"


@admin.register(StockQuestion)
class StockQuestionAdmin(WrittenBySystem):
    """What shoppers asked the stores."""

    list_display = ("id", "level", "customer", "state", "asked_at", "due_at", "escalated_at", "answered_at", "staff")
    list_select_related = (*WITH_LEVEL, "customer", "staff")
    exact_search = ("customer__public_id", "level__product__sku")
    search_help_text = "Public id of the customer, or SKU"


@admin.register(StoreTap)
class StoreTapAdmin(WrittenBySystem):
    """What clerks tapped on the store's screen, each tap once."""

    list_display = ("tap_id", "store", "staff", "verb", "status", "tapped_at", "recorded_at")
    list_select_related = ("store", "staff")
    exact_search = ("tap_id",)
    search_help_text = "Id of the tap"
