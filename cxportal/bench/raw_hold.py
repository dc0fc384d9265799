"""A promise in plain psycopg2: the statements of `place_hold`, with nothing around them.

Their text is taken from `place_hold` as it ran, so the two sides can't drift apart; only the parameters are built here.
Both sides let their connection plan the promise once.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

import psycopg2
from django.test.utils import override_settings
from django.utils import timezone

from cxportal.bench.raw_till import Statement, statements_of
from cxportal.bench.scratch import serving_parameters
from cxportal.bench.wishes import Wish
from inventory.models import Hold
from inventory.services.holds import place_hold
from inventory.services.placing import TYPES
from inventory.services.prepared import run

# The customer's lock; then everything else in one.
STEPS = 2
HOLD_ID = 1


def place(wish: Wish) -> Hold:
    """Our side."""
    return place_hold(
        customer=wish.customer, level=wish.level, because=Hold.Because.SHOPPER, now=timezone.now(), quantity=1
    )


def wording(wish: Wish) -> list[Statement]:
    """The statements of one promise as the service wrote them, with their parameters."""
    with override_settings(PREPARED_STATEMENTS=False):
        return statements_of(lambda: place(wish))


class RawHold:
    """Holds a connection of its own, with the limits that the pages have."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        if len(statements) != STEPS:
            raise RuntimeError(
                f"place_hold has {len(statements)} statements, cxportal/bench/raw_hold.py knows {STEPS}."
            )
        (self.lock, _), (self.promise, self.given) = statements
        self.line = psycopg2.connect(**serving_parameters())
        self.cursor = self.line.cursor()

    def close(self) -> None:
        """Give the connection back."""
        self.line.close()

    def place(self, wish: Wish) -> None:
        """The other side: the same rows in one transaction. RuntimeError when it was refused."""
        now = timezone.now()
        until = now + timedelta(hours=wish.level.store.hold_hours)
        own = {"level": wish.level.pk, "customer": wish.customer.pk, "code": secrets.token_hex(3).upper()}
        times = {"now": now, "until": until, "until_text": until.isoformat()}
        self.cursor.execute(self.lock, [wish.customer.pk])
        run(self.cursor, self.promise, TYPES, {**self.given, **own, **times})
        row = self.cursor.fetchone()
        if not row or row[HOLD_ID] is None:
            raise RuntimeError(f"Level {wish.level.pk} was refused: {row}")
        self.line.commit()
