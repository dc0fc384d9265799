"""The inventory app, as Django knows it."""

from django.apps import AppConfig
from django.urls import register_converter

from .addresses import SkuConverter


class InventoryConfig(AppConfig):
    """What each store really has, what it sold and what it keeps aside."""

    name = "inventory"

    def ready(self) -> None:
        """Make `<sku:...>` known to the addresses of every floor."""
        register_converter(SkuConverter, "sku")
