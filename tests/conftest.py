"""The database of the tests: made by the owner, used as the login that serves, empty between tests."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import TransactionTestCase

from customers.bootstrap import login
from cxportal import context
from inventory.selectors import catalogue
from tests.database import leftovers, truncate_all

# Playwright's synchronous interface runs an event loop in the test's thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# Instead of Django's flush: the serving login may not truncate, nor see the vault's tables at all.
TransactionTestCase._fixture_teardown = truncate_all  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def same_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked once in a while is asked anew in each test; a turn within one would cost it a statement more."""
    context.demo_in.cache_clear()
    catalogue.vocabulary.cache_clear()
    catalogue.synonyms.cache_clear()
    monkeypatch.setattr(context, "monotonic", lambda: 0.0)
    monkeypatch.setattr(catalogue, "monotonic", lambda: 0.0)


_former: dict[str, Any] = {}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Let the owner create, migrate and drop the test database."""
    with login(settings.DATABASE_OWNER) as former:
        _former.update(former)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Run the tests as the login that serves."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        truncate_all()  # what a killed run left behind, with --reuse-db
        with login(_former):
            yield
            assert not leftovers(), f"tests left rows in {leftovers()}"
