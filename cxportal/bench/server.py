"""The production server on a free port of this machine, and what its workers spend."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

WORKERS, THREADS = 2, 4
START_SECONDS = 30.0
STOP_SECONDS = 8.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    master: int

    def workers(self) -> list[int]:
        """Process ids of the web workers."""
        return [int(pid) for pid in Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """What all workers spent so far, threads and kernel included; PostgreSQL is not part of it."""
        return sum(self.cpu_by_worker().values())

    def cpu_by_worker(self) -> dict[int, float]:
        """The same for each, by process id."""
        return {pid: _cpu_seconds(pid) for pid in self.workers()}


def _cpu_seconds(pid: int) -> float:
    # The name in brackets may hold spaces; user and system time are the 12th and 13th field after it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def free_port() -> int:
    """A port of the loopback interface that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(env: Mapping[str, str], *, is_silent: bool = False) -> Iterator[Server]:
    """The server as `make run` starts it, on the database that `env` names; its log goes to stderr, or nowhere."""
    collect_static(env)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "cxportal.asgi:application", "-k", "asgi", "-w", str(WORKERS)]
    command += ["-b", f"127.0.0.1:{port}", "--graceful-timeout", "1", "--no-control-socket", "--log-level", "warning"]
    with running(command, {**env, "THREADS": str(THREADS)}, is_silent=is_silent) as master:
        server = Server(port, master.pid)
        _await(server, master)
        yield server


@contextlib.contextmanager
def running(
    command: list[str], env: Mapping[str, str], *, is_silent: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of ours; it is ended with the block."""
    # Stdout belongs to the figures.
    out = subprocess.DEVNULL if is_silent else sys.stderr
    process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
        command, cwd=settings.BASE_DIR, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def manage(*arguments: str) -> list[str]:
    """The command line of manage.py."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def collect_static(env: Mapping[str, str]) -> None:
    """Pages link to files by their content's name, so the files must have been collected."""
    subprocess.run(  # noqa: S603 - our own command, no shell
        manage("collectstatic", "--no-input", "-v", "0"), env=dict(env), check=True, stdout=sys.stderr
    )


def _await(server: Server, master: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and master.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            if len(server.workers()) == WORKERS:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start; its own words stand above.")
