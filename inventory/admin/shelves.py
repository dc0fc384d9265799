"""Back office of floor 2: what is believed of the shelves, and from what."""

from django.contrib import admin

from customers.backoffice import PortalAdmin, WrittenBySystem
from inventory.models import LossRate, ShelfBelief, ShelfObservation, Synonym

WITH_LEVEL = ("level__store", "level__product")


@admin.register(ShelfBelief)
class ShelfBeliefAdmin(WrittenBySystem):
    """The filter's state, one row a level."""

    list_display = ("level", "chance", "mean", "pace_per_day", "loss_per_day", "count_worth", "believed_at")
    list_select_related = WITH_LEVEL
    exact_search = ("level__product__sku",)
    search_help_text = "SKU"


@admin.register(LossRate)
class LossRateAdmin(WrittenBySystem):
    """What vanishes unseen, learnt from counts."""

    list_display = ("id", "store", "category", "pieces_per_day", "lost", "level_days", "learnt_at")
    list_select_related = ("store",)
    exact_search = ("category",)
    search_help_text = "Category, exactly"


@admin.register(ShelfObservation)
class ShelfObservationAdmin(WrittenBySystem):
    """Who looked, what was there, and what we had said before."""

    list_display = ("id", "level", "kind", "was_there", "chance", "book", "observed_at")
    list_select_related = WITH_LEVEL
    exact_search = ("level__product__sku",)
    search_help_text = "SKU"


@admin.register(Synonym)
class SynonymAdmin(PortalAdmin):
    """Other words for what is sold: shoppers find by them."""

    list_display = ("said", "meant")
    ordering = ("said", "meant")
    search_fields = exact_search = ("said", "meant")
    search_help_text = "A word, exactly"
