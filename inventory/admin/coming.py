"""Back office of floor 2: what comes into the stores, and what comes back."""

from django.contrib import admin

from customers.backoffice import WrittenBySystem
from inventory.models import Delivery, DeliveryLine, Return, ReturnLine


@admin.register(Delivery)
class DeliveryAdmin(WrittenBySystem):
    """Goods on their way to a store."""

    list_display = ("id", "number", "store", "sent_from", "state", "expected_at", "ended_at")
    list_select_related = ("store", "sent_from")
    exact_search = ("number",)
    search_help_text = "Number of the delivery note"


@admin.register(DeliveryLine)
class DeliveryLineAdmin(WrittenBySystem):
    """What should come, and what did."""

    list_display = ("id", "delivery", "product", "expected", "received")
    list_select_related = ("delivery", "product")
    exact_search = ("product__sku",)
    search_help_text = "SKU"


@admin.register(Return)
class ReturnAdmin(WrittenBySystem):
    """Return slips, newest first."""

    list_display = ("number", "store", "customer", "receipt", "returned_at", "total", "currency")
    list_select_related = ("store", "customer")
    ordering = ("-returned_at", "-id")
    exact_search = ("interaction__subject",)
    search_help_text = 'Subject of its ledger row, such as "return:R-1"'


@admin.register(ReturnLine)
class ReturnLineAdmin(WrittenBySystem):
    """Products that came back."""

    list_display = ("id", "returned", "product", "quantity", "refund", "is_sellable", "reason")
    list_select_related = ("returned", "product")
    exact_search = ("product__sku",)
    search_help_text = "SKU"
