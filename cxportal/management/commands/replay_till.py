"""replay_till: a real day of the data set, through the HTTP API."""

import importlib
import itertools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cxportal.demo import DemoExtraMissingError, loaded_batch
from cxportal.demo.accounts import access
from cxportal.demo.extra import is_installed

TILLS = 4
TELL_EVERY_SECONDS = 1.0
PLAIN_EVERY_SECONDS = 10.0


class Command(BaseCommand):
    """The day is kept out of the loaded slice; each receipt is sold at the moment it is posted."""

    help = "Post the kept day's receipts to the API at their time of day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--speed", type=float, default=60, help="how many times as fast as the real day")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the portal answers")
        parser.add_argument("--store", help="only the store with this code, such as s367")
        parser.add_argument("--limit", type=int, help="only the first N receipts")
        parser.add_argument("--tills", type=int, default=TILLS, help="how many tills post at once")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options)
        keys = self._keys(options["store"])
        # Late and by name: reading the data set needs packages that only the demo has.
        replay = importlib.import_module("cxportal.demo.replay")
        receipts = replay.kept_day_receipts([int(code[1:]) for code in keys])
        run = f"{int(time.time()):x}"
        player = replay.Replay(options["url"], keys, run=run, tills=options["tills"], clock=timezone.now)
        chosen = itertools.islice(receipts, options["limit"])
        try:
            tally = player.play(chosen, speed=options["speed"], tell=self._teller())
        except KeyboardInterrupt:
            tally = player.tally
        self._tell(tally, last=True)
        if tally.failed:
            raise CommandError(f"{tally.failed} receipts were not taken: {tally.last_error}")

    def _keys(self, store: str | None) -> dict[str, str]:
        if not loaded_batch():
            raise CommandError("There is no demo here: manage.py load_demo makes one.")
        if not is_installed():
            raise CommandError(str(DemoExtraMissingError()))
        keys = {till["store"]: till["key"] for till in access()["tills"]}
        if store and store not in keys:
            raise CommandError(f"No demo till in store {store}. There are: {', '.join(sorted(keys))}.")
        return {store: keys[store]} if store else keys

    def _teller(self) -> Callable[[Any], None]:
        """A function that shows the tally now and then: in one line on a terminal, in plain lines elsewhere."""
        last = [time.monotonic()]
        every = TELL_EVERY_SECONDS if self._on_terminal else PLAIN_EVERY_SECONDS

        def tell(tally: Any) -> None:
            if time.monotonic() - last[0] >= every:
                last[0] = time.monotonic()
                self._tell(tally)

        return tell

    def _tell(self, tally: Any, *, last: bool = False) -> None:
        begin, end = ("\r", "\n" if last else "") if self._on_terminal else ("", "\n")
        self.stdout.write(f"{begin}{tally}", ending=end)
        self.stdout.flush()

    @property
    def _on_terminal(self) -> bool:
        return self.stdout.isatty()


def _check(options: dict[str, Any]) -> None:
    """CommandError that names the option that can't be meant."""
    for name in ("speed", "tills", "limit"):
        if options[name] is not None and not options[name] > 0:
            raise CommandError(f"--{name} must be more than 0.")
    _check_url(options["url"])


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError as error:
        raise CommandError(f"--url must be an address such as http://127.0.0.1:8000: {error}.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise CommandError("--url must begin with http:// or https:// and name a host.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise CommandError(f"--url must be where the portal begins, without a path: {parts.scheme}://{parts.netloc}")
