"""Back office of floor 2: products can be edited; the book of stock can only be read, for movements change it."""

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from customers.backoffice import Grows, PortalAdmin, WrittenBySystem, store_time
from inventory.models import (
    Discrepancy,
    Product,
    Sale,
    SaleLine,
    StockChange,
    StockCount,
    StockLevel,
    StockMovement,
)

LEVEL = ("level__store", "level__product")
BY_SKU = "SKU"


@admin.register(Product)
class ProductAdmin(PortalAdmin):
    """A product that is sold no more is switched off."""

    list_display = ("sku", "name", "brand", "category", "size", "colour", "price", "currency", "is_active")
    ordering = ("sku",)
    autocomplete_fields = ("variant_of",)
    search_fields = exact_search = ("sku", "gtin")
    search_help_text = "SKU or GTIN, or a part of the name"

    def matches(self, term: str) -> Q:
        """SKU, GTIN, or a part of what the trigram index is built on."""
        return Q(sku=term) | Q(gtin=term) | Q(search_text__icontains=term)


@admin.register(StockLevel)
class StockLevelAdmin(WrittenBySystem):
    """What the book says now."""

    list_display = ("product", "store", "on_hand", "held", "free", "sold", "counted")
    list_select_related = ("product", "store")
    exact_search = ("product__sku",)
    search_help_text = BY_SKU

    @admin.display(description="Last sold (store's clock)")
    def sold(self, level: StockLevel) -> str:
        """In the store's own clock."""
        return store_time(level.last_sold_at, level.store)

    @admin.display(description="Last counted (store's clock)")
    def counted(self, level: StockLevel) -> str:
        """In the store's own clock."""
        return store_time(level.last_counted_at, level.store)


@admin.register(StockMovement)
class StockMovementAdmin(Grows):
    """Every change of every level, in the order it was written down."""

    list_display = ("id", "at", "kind", "level", "quantity", "held_change", "on_hand_after", "held_after", "reason")
    list_select_related = LEVEL
    exact_search = ("level__product__sku",)
    search_help_text = BY_SKU

    @admin.display(description="Occurred (store's clock)")
    def at(self, row: StockMovement) -> str:
        """In the store's own clock."""
        return store_time(row.occurred_at, row.level.store)


@admin.register(Sale)
class SaleAdmin(WrittenBySystem):
    """Receipts, newest first."""

    list_display = ("receipt", "store", "at", "customer", "total", "currency")
    list_select_related = ("store", "customer")
    list_filter = ("sold_at",)
    ordering = ("-sold_at", "-id")
    exact_search = ("interaction__subject",)
    search_help_text = "Receipt, exactly"

    def matches(self, term: str) -> Q:
        """By the ledger's subject, which has the index that a receipt without its store lacks."""
        return Q(interaction__subject=f"sale:{term}")

    @admin.display(description="Sold (store's clock)")
    def at(self, sale: Sale) -> str:
        """In the store's own clock."""
        return store_time(sale.sold_at, sale.store)


@admin.register(SaleLine)
class SaleLineAdmin(WrittenBySystem):
    """Products on receipts."""

    list_display = ("id", "sale", "product", "quantity", "unit_price")
    list_select_related = ("sale", "product")
    exact_search = ("product__sku",)
    search_help_text = BY_SKU


@admin.register(StockCount)
class StockCountAdmin(WrittenBySystem):
    """What was counted and what the book said."""

    list_display = ("id", "level", "counted", "book", "at", "staff", "is_blind")
    list_select_related = (*LEVEL, "staff")
    exact_search = ("level__product__sku",)
    search_help_text = BY_SKU

    @admin.display(description="Counted at (store's clock)")
    def at(self, row: StockCount) -> str:
        """In the store's own clock."""
        return store_time(row.counted_at, row.level.store)


@admin.register(Discrepancy)
class DiscrepancyAdmin(PortalAdmin):
    """What tills sold and the book did not have: somebody explains it here, and settles it."""

    list_display = ("id", "level", "missing", "opened", "settled_at", "explanation")
    list_select_related = LEVEL
    list_filter = (("settled_at", admin.EmptyFieldListFilter),)
    fields = ("level", "sale", "missing", "opened_at", "settled_at", "explanation")
    readonly_fields = ("level", "sale", "missing", "opened_at")
    exact_search = ("level__product__sku",)
    search_help_text = BY_SKU

    def has_add_permission(self, request: HttpRequest, obj: Discrepancy | None = None) -> bool:
        """Only a sale finds one."""
        return False

    @admin.display(description="Opened (store's clock)")
    def opened(self, row: Discrepancy) -> str:
        """In the store's own clock."""
        return store_time(row.opened_at, row.level.store)


@admin.register(StockChange)
class StockChangeAdmin(WrittenBySystem):
    """Changes that open pages have not been told of yet: empty, but for an instant."""

    list_display = ("id", "product", "store")
    list_select_related = ("product", "store")
