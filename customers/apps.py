"""The customers app, as Django knows it."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from .checks import serving_login_is_shut_out


class CustomersConfig(AppConfig):
    """Who the customers are, where we meet them and what passed between us."""

    name = "customers"

    def ready(self) -> None:
        register(serving_login_is_shut_out, Tags.database)
