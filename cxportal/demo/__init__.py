"""The demo: a public retail year in the till, and everything that the data set does not know simulated around it."""

import importlib
from datetime import datetime
from typing import cast

from django.conf import settings
from django.utils import timezone

from .extra import DemoExtraMissingError, is_installed
from .progress import Out
from .report import DEFAULT_SEED, DEFAULT_STORES, DEFAULT_WEEKS, Choice, LoadReport
from .state import NotEmptyError, loaded_batch

__all__ = [
    "DEFAULT_SEED",
    "DEFAULT_STORES",
    "DEFAULT_WEEKS",
    "Choice",
    "DemoExtraMissingError",
    "LoadReport",
    "NotEmptyError",
    "load",
    "loaded_batch",
]


def load(
    choice: Choice | None = None,
    *,
    accounts: bool | None = None,
    now: datetime | None = None,
    out: Out | None = None,
    quiet: bool = False,
) -> LoadReport | None:
    """Load the demo, wholly or not at all; None when it is there already.

    Logins with known passwords are made when `accounts` says so; None means only on the portal's own embedded server.
    Raises DemoExtraMissingError without the optional packages, NotEmptyError in a database with other data.
    """
    if not is_installed():
        raise DemoExtraMissingError
    if loaded_batch():
        return None
    # Late and by name: the loader needs packages that only the demo has.
    loader = importlib.import_module("cxportal.demo.loader")
    report = loader.load_all(
        choice or Choice(),
        accounts=settings.EMBEDDED if accounts is None else accounts,
        now=now or timezone.now(),
        out=out,
        quiet=quiet,
    )
    return cast(LoadReport, report)
