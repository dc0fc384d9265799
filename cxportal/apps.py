"""The cxportal app, as Django knows it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages, API and staff accounts."""

    name = "cxportal"
    verbose_name = "CX Portal"
