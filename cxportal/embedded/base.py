"""Django's PostgreSQL engine, but the cluster is started at the first real connection."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, client

from customers.bootstrap import RoleNames

from .cluster import ensure


def _ensure(settings_dict: dict[str, Any]) -> None:
    names = RoleNames(settings.DATABASE_OWNER["USER"], settings.SERVING_USER, settings.VAULT_ROLE)
    ensure(Path(settings_dict["EMBEDDED_ROOT"]), names, fast=settings_dict["EMBEDDED_FAST"])


class DatabaseClient(client.DatabaseClient):
    """psql for `manage.py dbshell`."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        _ensure(settings_dict)
        return super().settings_to_cmd_args_env(settings_dict, parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL that starts itself."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        _ensure(self.settings_dict)
        return super().get_connection_params()
