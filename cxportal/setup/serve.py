"""Serve: web processes and one background worker, which live and die together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from . import guard
from .data import manage
from .places import BASE, PYTHON, environment
from .steps import openly

WEB_PROCESSES = "2"
THREADS = "4"
STOP_SECONDS = 6


def address() -> tuple[str, int]:
    """HOST and PORT, checked and free, before anything slow begins."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            sys.exit(f"{host}:{port} is not free ({error.strerror}). Another port: make demo PORT={int(port) + 1}")
    return host, int(port)


def _announce(host: str, port: int) -> None:
    """Print the address once it answers."""
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}/"
    print(f"\nCX Portal: {url}   (store stock: {url}stock/)   Ctrl-C stops it.\n", flush=True)


def serve(host: str, port: int, *, show_logins: bool = False) -> int:
    """Serve until a signal comes, the parent make is gone or a child ends; leave nothing running."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    env = environment(THREADS=os.environ.get("THREADS") or THREADS, HOST=host, PORT=str(port))
    # The owner's login is for migrate; a process that serves must not have it.
    env.pop("DATABASE_OWNER_URL", None)
    web = [PYTHON, "-m", "gunicorn", "cxportal.asgi:application", "-k", "asgi", "-w", WEB_PROCESSES, "-b", bind]
    # Loaded once and forked: half the start, and memory that the processes share.
    web += ["--preload", "--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"]
    children: dict[str, subprocess.Popen[bytes]] = {}
    stop = _Stop()
    with guard.watching() as watch:
        try:
            for name, command in (("web server", web), ("worker", manage("worker"))):
                children[name] = _start(command, env)
                watch(children[name].pid)
            if show_logins:
                openly(manage("demo_access"))
            while not (answering := _answers(host, port)) and not stop.now() and not _ended(children):
                time.sleep(0.05)
            if answering:
                _announce(host, port)
            return _wait(children, stop)
        finally:
            _end([*children.values()])


class _Stop:
    """Remembers that we were asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        # Make does not die of a kill -9 to its child, nor we of one to make: without this we would serve on unseen.
        self._make = os.getppid() if os.environ.get("MAKELEVEL") else None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True

    def now(self) -> bool:
        return self.asked or (self._make is not None and os.getppid() != self._make)


def _start(command: Sequence[object], env: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
    return subprocess.Popen(  # noqa: S603 - our own commands, no shell
        [str(part) for part in command], cwd=BASE, env=env, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _wait(children: Mapping[str, subprocess.Popen[bytes]], stop: _Stop) -> int:
    while not stop.now():
        if name := _ended(children):
            print(f"The {name} ended with {children[name].returncode}: stopping.", file=sys.stderr)
            return 1
        time.sleep(0.2)
    return 0


def _ended(children: Mapping[str, subprocess.Popen[bytes]]) -> str:
    """The name of a child that runs no more, or nothing."""
    return next((name for name, child in children.items() if child.poll() is not None), "")


def _answers(host: str, port: int) -> bool:
    place = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - everywhere is reached at home too
    try:
        with socket.create_connection((place, port), timeout=1):
            return True
    except OSError:
        return False


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
