"""Start an embedded cluster if it does not run, and keep it while this process lives."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from customers.bootstrap import RoleNames, create_roles

from . import reaper
from .binaries import major_version, program_folder, run
from .reach import account, home

ADMIN = "cx_admin"
DATABASE = "cx"
LONGEST_SOCKET_FOLDER = 85  # a Unix socket's path holds 107 bytes, its file name included
START_TIMEOUT_SECONDS = 15

BASE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# For tests only: a crash may destroy the cluster, which is made anew in a second.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

_held: dict[Path, int] = {}
_lock = threading.Lock()


def socket_folder(root: Path) -> Path:
    """Where the cluster in `root` listens: beside its data, or in the temporary folder when that path is unfit."""
    root = home(root)
    folder = root / "s"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./+@-]+", str(folder)):
        return folder
    digest = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"cxpg-{digest}"


def ensure(root: Path, names: RoleNames, *, fast: bool) -> None:
    """See that the cluster in `root` answers, with its roles and database; hold a lease until this process dies."""
    root = home(root)
    with _lock:
        if _held.get(root) == os.getpid():
            return
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root):
            _take_lease(root)
            data = root / f"data-{major_version()}"
            if not (data / "PG_VERSION").exists():
                _initialise(root, data)
            if not _answers(root, data):
                _start(root, data, fast=fast)
            _prepare(root, data, names)
            _see_to_reaper(root, data)
        _held[root] = os.getpid()  # last: other threads must not pass before it answers


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One starter at a time, over all processes."""
    gate = os.open(root / "start.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _take_lease(root: Path) -> None:
    lease = os.open(root / "lease", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lease, fcntl.LOCK_SH)  # never closed; waits while a reaper is stopping the server


def _own_folder(path: Path) -> None:
    """Make `path` private to the server's account; a folder that somebody else laid there before us is refused."""
    path.mkdir(mode=0o700, exist_ok=True)
    who = account()
    if who and path.stat().st_uid in {0, who.pw_uid}:
        os.chown(path, who.pw_uid, who.pw_gid)
    uid = who.pw_uid if who else os.geteuid()
    if path.is_symlink() or path.stat().st_uid != uid:
        raise SystemExit(f"{path} belongs to somebody else: PostgreSQL would not be private there.")


def _initialise(root: Path, data: Path) -> None:
    """initdb beside the final folder and move it there: a half-made cluster is never taken for a whole one."""
    fresh = root / f"new-{major_version()}"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
    _own_folder(fresh)
    locale = ["--locale=C.UTF-8"]
    if int(major_version()) >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    made = run(
        "initdb", "-D", fresh, "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions", *locale
    )
    if made.returncode:
        raise SystemExit(f"initdb failed in {fresh}: {made.stderr}\n{_reach_hint(root)}")
    fresh.rename(data)


def _reach_hint(root: Path) -> str:
    who = account()
    if not who:
        return ""
    return f"Running as root, so PostgreSQL runs as {who.pw_name!r}, who must be able to reach {root} (see CX_LOCAL)."


def _answers(root: Path, data: Path) -> bool:
    """True when THIS cluster answers on its own socket: a recycled pid in postmaster.pid does not fool it."""
    if not (data / "postmaster.pid").exists():
        return False
    asked = run("pg_isready", "-q", "-h", socket_folder(root), "-U", ADMIN, "-d", "postgres", "-t", "3")
    return asked.returncode == 0


def _drop_stale_pid(data: Path) -> None:
    """After a power cut the pid in postmaster.pid may be any process by now; pg_ctl would refuse to start."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split("\n")[0].strip()
    command = Path(f"/proc/{pid}/comm")
    if Path("/proc/self").exists():
        name = command.read_text() if command.exists() else ""
    else:
        name = subprocess.run(  # noqa: S603 - our own arguments, no shell
            ["/bin/ps", "-o", "comm=", "-p", pid], capture_output=True, text=True, check=False
        ).stdout
    if "postgres" not in name:
        pid_file.unlink()


def _start(root: Path, data: Path, *, fast: bool) -> None:
    _own_folder(socket_folder(root))
    _drop_stale_pid(data)
    values = {**BASE, **(FAST if fast else {}), "unix_socket_directories": str(socket_folder(root))}
    options = " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in values.items())
    log = data / "server.log"
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    # After kill -9 of the postmaster its children need a moment to go, and their shared memory with them.
    while (started := run("pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-s", "-o", options, "start")).returncode:
        if time.monotonic() > deadline:
            said = log.read_text()[-1500:] if log.exists() else ""
            raise SystemExit(f"PostgreSQL did not start: {started.stderr}\n{said}\n{_reach_hint(root)}")
        time.sleep(0.3)


def _prepare(root: Path, data: Path, names: RoleNames) -> None:
    """The roles and the owner's database, as the administrator; remembered in a file that lies with the data."""
    mark = data / "cx-prepared"
    want = json.dumps([DATABASE, *names])
    if mark.exists() and mark.read_text() == want:
        return
    # Written before it is remembered, in a cluster for tests too: a kill must not leave the mark without the roles.
    admin: dict[str, Any] = {"user": ADMIN, "host": str(socket_folder(root)), "options": "-c synchronous_commit=on"}
    connection = psycopg2.connect(dbname="postgres", **admin)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.rowcount:
                cursor.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
    finally:
        connection.close()
    create_roles({"dbname": DATABASE, **admin}, names, may_create_databases=True)
    mark.write_text(want)


def _see_to_reaper(root: Path, data: Path) -> None:
    """Start a reaper when none lives: at the first start, or after somebody killed it."""
    with open(root / "reaper", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
    who = account()
    ids = [str(who.pw_uid), str(who.pw_gid)] if who else ["", ""]
    subprocess.Popen(  # noqa: S603 - our own arguments, no shell
        [sys.executable, "-S", "-E", reaper.__file__, str(root), str(data), str(program_folder() / "pg_ctl"), *ids],
        cwd="/",
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
