"""The cxportal app, as Django knows it."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """Pages, API and staff accounts."""

    name = "cxportal"
    verbose_name = "CX Portal"


class BackOfficeConfig(AdminConfig):
    """Django's admin, with our own site as the default one."""

    default_site = "cxportal.backoffice.BackOffice"
