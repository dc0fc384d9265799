"""Back office of floor 1."""

from customers.admin import ledger, people, places

__all__ = ["ledger", "people", "places"]
