"""The inventory app, as Django knows it."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """What each store really has, what it sold and what it keeps aside."""

    name = "inventory"
