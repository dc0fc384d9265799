"""End what we started even when we are killed outright.

A small process outside our session reads from a pipe that only we hold open. It learns the children's process ids
through it; when the pipe closes without a farewell, we were killed, and it stops them.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

FAREWELL = "done"
STOP_SECONDS = 6


@contextlib.contextmanager
def watching() -> Iterator[Callable[[int], None]]:
    """Yields the function that puts a child, the leader of its session, under the guard."""
    reading, writing = os.pipe()
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-S", "-E", __file__], stdin=reading, start_new_session=True, cwd="/"
    )
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as pipe:
        yield lambda pid: print(pid, file=pipe)
        print(FAREWELL, file=pipe)
    process.wait()


def _signal(sessions: list[int], number: int) -> None:
    for pid in sessions:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)


def guard() -> None:
    """Read children's ids until the pipe closes; stop them unless the farewell came."""
    # A terminal that goes away must not take us before our work is done.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lines = [line.strip() for line in sys.stdin]
    if FAREWELL in lines:
        return
    sessions = [int(line) for line in lines if line]
    _signal(sessions, signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    _signal(sessions, signal.SIGKILL)


if __name__ == "__main__":
    guard()
