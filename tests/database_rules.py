"""Asking the database itself whether it refuses a row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """The database refuses what happens inside, by this constraint and no other."""
    with pytest.raises(IntegrityError, match=f'constraint "{constraint}"'), in_savepoint():
        yield


@contextmanager
def in_savepoint() -> Iterator[None]:
    """Deferred constraints speak at the end of a transaction, which a test does not reach: let them speak here."""
    with transaction.atomic():
        yield
        connection.check_constraints()


def refuses_change(change: Callable[[], object]) -> None:
    """The serving login has no right to do this."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        change()
