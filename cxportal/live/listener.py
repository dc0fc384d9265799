"""One LISTEN thread per web process: hears which levels changed, reads them once, hands the events to the hub."""

import asyncio
import logging
import select
import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg2
import psycopg2.extensions
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connection
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.utils import timezone

from cxportal.live.events import told
from cxportal.live.hub import PING, RESYNC, Hub
from cxportal.live.notifier import CHANNEL, read_payload

log = logging.getLogger(__name__)

QUIET_SECONDS = 15
FIRST_DELAY, LONGEST_DELAY = 0.2, 10.0
# psycopg2 knows nothing of these; the others are what Django itself connects with.
DJANGO_ONLY = {"cursor_factory", "context", "client_encoding"}
# What a note, the rows that it names and the words that are made of them may stumble over.
UNREADABLE = (
    *(Error, psycopg2.Error, ObjectDoesNotExist, TemplateDoesNotExist, TemplateSyntaxError),
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
)


def listen_parameters() -> dict[str, Any]:
    """How to connect: LISTEN_DATABASE_URL when a pooler stands before the serving login, else as the pages do."""
    own = {key: value for key, value in connection.get_connection_params().items() if key not in DJANGO_ONLY}
    given = settings.LISTEN_DATABASE
    if given:
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        own.update({names[key]: value for key, value in given.items() if key in names and value})
    # A session that waits for news is idle by nature.
    own["options"] = "-c statement_timeout=5s"
    return {**own, "application_name": "cx-listen", "keepalives_idle": 30}


class Listener(threading.Thread):
    """Runs until its loop is closed; reconnects by itself and then tells every page to ask again."""

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(daemon=True, name="cx-listen")
        self.hub = hub
        self.loop = loop

    def run(self) -> None:
        """Listen; after a fault wait, and start again."""
        delay, missed = FIRST_DELAY, False
        while not self.loop.is_closed():
            try:
                with_missed, missed = missed, True
                self._listen(resync=with_missed)
            except RuntimeError:
                # The loop was closed under us: the process ends.
                return
            except (psycopg2.Error, OSError) as error:
                log.warning("live: lost the database (%s), again in %.1f s", type(error).__name__, delay)
                time.sleep(delay)
                delay = min(delay * 2, LONGEST_DELAY)

    def _listen(self, *, resync: bool) -> None:
        line = psycopg2.connect(**listen_parameters())
        try:
            line.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
            with line.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            if resync:
                self._hand_over([("", RESYNC)])
            while not self.loop.is_closed():
                self._wait(line)
        finally:
            line.close()
            # The one that events are read over; nobody else closes a thread's own.
            connection.close()

    def _wait(self, line: Any) -> None:
        if not select.select([line], [], [], QUIET_SECONDS)[0]:
            with line.cursor() as cursor:
                # Notices a connection that died without a word.
                cursor.execute("SELECT 1")
            self._hand_over([("", PING)])
            return
        line.poll()
        payloads = [note.payload for note in line.notifies]
        line.notifies.clear()
        if payloads:
            self._tell(payloads)

    def _tell(self, payloads: Sequence[str]) -> None:
        try:
            changes = {change for payload in payloads for change in read_payload(payload)}
            events = told(sorted(changes), self.hub.channels(), now=timezone.now())
        except UNREADABLE:
            # One change that can't be read must not end the stream of all others.
            log.exception("live: could not read %d notes", len(payloads))
            connection.close()
            events = [("", RESYNC)]
        self._hand_over(events)

    def _hand_over(self, events: list[tuple[str, bytes]]) -> None:
        if events:
            self.loop.call_soon_threadsafe(self._put, events)

    def _put(self, events: list[tuple[str, bytes]]) -> None:
        for channel, chunk in events:
            if channel:
                self.hub.tell(channel, chunk)
            else:
                self.hub.tell_all(chunk)
