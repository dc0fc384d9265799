"""The peer: pretix lets visitors put tickets into their carts. A program of its own, run where pretix is installed.

Reads psycopg2's connection arguments as JSON on stdin; the database is empty and the login may make tables. Writes one
JSON object to stdout. What a visitor does is what the shop's "add to cart" does: one call of the cart's own task, run
at once and not through a queue. pretix is under the AGPL: it is installed and run beside us, none of it is in here.
"""

import json
import os
import sys
import tempfile
import threading
import time
import uuid
from datetime import timedelta
from importlib.metadata import version
from typing import Any

GIVEN: dict[str, Any] = json.load(sys.stdin)
PLACE = GIVEN["database"]
FOLDER = tempfile.TemporaryDirectory(prefix="cx-pretix-")
os.environ.update(
    DJANGO_SETTINGS_MODULE="pretix.settings",
    DATA_DIR=FOLDER.name,
    PRETIX_DATABASE_BACKEND="postgresql",
    **{f"PRETIX_DATABASE_{key}": str(PLACE.get(key) or "") for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
)

import django  # noqa: E402 - its settings are read from the environment above
from django.conf import settings  # noqa: E402


class NoMigrations:
    """Makes the tables at once from the models: the figure does not depend on how they came to be."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


settings.MIGRATION_MODULES = NoMigrations()
settings.LOGGING_CONFIG = None
django.setup()

from celery.exceptions import Retry  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import CartPosition, Event, Item, Organizer, Quota  # noqa: E402
from pretix.base.services.cart import CartError, add_items_to_cart  # noqa: E402

# The same as ours: a neighbour on the same core makes some of them slower, none faster.
BLOCKS = 4
NO_QUERY = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def make_event() -> Event:
    """An event whose shop is open."""
    organizer = Organizer.objects.create(name="Store", slug="store")
    event = Event.objects.create(
        organizer=organizer,
        name="Thing",
        slug="thing",
        currency="EUR",
        plugins="",
        date_from=now() + timedelta(days=30),
        live=True,
    )
    # A cart may hold as much as the rush asks for.
    event.settings.set("max_items_per_order", 10)
    return event


def make(event: Event, pieces: int) -> int:
    """A ticket of which there are so many; returns its id."""
    item = Item.objects.create(event=event, name="Ticket", default_price=1, active=True)
    quota = Quota.objects.create(event=event, name="Tickets", size=pieces)
    quota.items.add(item)
    return int(item.pk)


def reserve(event: Event, item: int) -> bool:
    """One visitor wants one ticket; True when it lies in his cart."""
    wanted = {"item": item, "variation": None, "count": 1}
    try:
        add_items_to_cart.apply(args=[event.pk, [wanted], f"{uuid.uuid4().hex}@api"], throw=True)
    except (CartError, Retry):
        # Sold out, or too many at once: a queue would try the second one again later.
        return False
    return True


def reserved_by(event: Event, buyers: int, pieces: int) -> int:
    """How many of `pieces` lie in carts when all want one at once."""
    item = make(event, pieces)
    gate = threading.Barrier(buyers)

    def visit() -> None:
        connection.ensure_connection()
        gate.wait()
        reserve(event, item)
        connections.close_all()

    people = [threading.Thread(target=visit) for _ in range(buyers)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with scopes_disabled():
        return CartPosition.objects.filter(item_id=item).count()


def speed(event: Event, calls: int) -> dict[str, float]:
    """One visitor after the other: the whole rate, the quietest block's, CPU ms of this process a call."""
    item = make(event, 10 * calls)
    reserve(event, item)
    blocks, spent, done = [], time.process_time(), 0
    for _ in range(BLOCKS):
        started = time.perf_counter()
        done += sum(reserve(event, item) for _ in range(calls // BLOCKS))
        blocks.append(time.perf_counter() - started)
    if done != calls // BLOCKS * BLOCKS:
        raise RuntimeError(f"Of {calls} tickets only {done} were reserved.")
    return {
        "calls_per_s": round(done / sum(blocks), 1),
        "quiet_calls_per_s": round(done / BLOCKS / min(blocks), 1),
        "cpu_ms": round((time.process_time() - spent) * 1000 / done, 2),
    }


def statements(event: Event) -> int:
    """What one visitor asks of the database; BEGIN and COMMIT don't count."""
    item = make(event, 10)
    with CaptureQueriesContext(connection) as seen:
        reserve(event, item)
    return sum(not query["sql"].startswith(NO_QUERY) for query in seen.captured_queries)


def main() -> None:
    """Measure and print."""
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    with scopes_disabled():
        event = make_event()
        statement_count = statements(event)
        result = {
            "name": f"pretix {version('pretix')}",
            "statements": statement_count,
            **speed(event, GIVEN["calls"]),
            "sold": [reserved_by(event, GIVEN["buyers"], GIVEN["pieces"]) for _ in range(GIVEN["rounds"])],
        }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
