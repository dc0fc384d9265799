"""Workers that end due holds and serve the line, to be killed: `python -m tests.inventory.expirer NOW PAUSE [torn]`.

Each line on standard input is a batch's size, and forks a worker (Django takes longer to begin than the work does). It
says its process id, then "busy" after everything it writes and waits PAUSE seconds there, so that whoever kills it
meets it in the middle: after holds have ended and before the line is served, and before the commit. When it is gone,
its parent says how: "over 9" when it was killed. `torn` takes the transaction away, as a control.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - Django must be ready first

from inventory.services.holds import expire_due  # noqa: E402


def say(word: str) -> None:
    """One line, at once, in one piece."""
    os.write(1, f"{word}\n".encode())


def slowly(pause: float) -> Callable[..., Any]:
    """After each statement that writes."""

    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if "INSERT" in sql or "UPDATE inventory" in sql:
            say("busy")
            time.sleep(pause)
        return result

    return run


def work(now: datetime, limit: int, pause: float) -> None:
    """End what is due."""
    say(str(os.getpid()))
    with connection.execute_wrapper(slowly(pause)):
        while expire_due(now, limit):
            pass


def main(now: datetime, pause: float) -> None:
    """A worker for each line."""
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            work(now, int(line), pause)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"over {os.WTERMSIG(status)}")


if __name__ == "__main__":
    if "torn" in sys.argv:
        transaction.atomic = lambda *_, **__: nullcontext()  # type: ignore[assignment]
    main(datetime.fromisoformat(sys.argv[1]), float(sys.argv[2]))
