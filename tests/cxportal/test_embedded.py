"""The embedded server: there for whoever asks, gone with the last one, whatever way that one went."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from cxportal.embedded.cluster import ADMIN, BASE, DATABASE, socket_folder
from cxportal.embedded.reach import ELSEWHERE, home
from cxportal.setup.places import BASE as PROJECT

USER = """
import sys, time
from pathlib import Path
from customers.bootstrap import RoleNames
from cxportal.embedded.cluster import ensure
ensure(Path(sys.argv[1]), RoleNames("cx_owner", "cx_app", "cx_vault"), fast=True)
print("ready", flush=True)
time.sleep(float(sys.argv[2]))
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a Unix system")


@pytest.fixture
def root() -> Iterator[Path]:
    # Not tmp_path: as root the server runs as another account, which may not enter pytest's private folder.
    folder = Path(tempfile.mkdtemp(prefix="cx-cluster-"))
    folder.chmod(0o755)
    yield folder
    assert eventually(lambda: not running(folder))
    shutil.rmtree(folder)
    shutil.rmtree(socket_folder(folder), ignore_errors=True)


def use(root: Path, seconds: float = 30) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(root), str(seconds)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )


def ready(user: "subprocess.Popen[str]") -> bool:
    assert user.stdout is not None
    return user.stdout.readline() == "ready\n"


def kill(user: "subprocess.Popen[str]") -> None:
    user.send_signal(signal.SIGKILL)
    user.wait()


def postmaster(root: Path) -> int | None:
    files = list(root.glob("data-*/postmaster.pid"))
    return int(files[0].read_text().split("\n")[0]) if files else None


def running(root: Path) -> bool:
    try:
        os.kill(postmaster(root) or 0, 0)
    except (OSError, ValueError):
        return False
    return postmaster(root) is not None


def eventually(true: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not (reached := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return reached


def answer(root: Path, login: str = "cx_app") -> tuple[str, bool]:
    connection = psycopg2.connect(dbname=DATABASE, user=login, host=str(socket_folder(root)))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user")
            row: tuple[str, bool] = cursor.fetchone() or ("", True)
            return row
    finally:
        connection.close()


def test_several_first_users_at_once_share_one_server_that_dies_with_the_last(root: Path) -> None:
    users = [use(root) for _ in range(4)]
    assert [ready(user) for user in users] == [True] * 4
    assert answer(root) == ("cx_app", False)
    for user in users[:3]:
        kill(user)
    time.sleep(0.3)
    assert running(root)
    kill(users[3])
    assert eventually(lambda: not running(root))


def test_it_comes_back_after_its_own_violent_end_and_after_a_stale_pid_file(root: Path) -> None:
    first = use(root)
    assert ready(first)
    pid = postmaster(root)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    kill(first)
    assert eventually(lambda: not running(root))
    # What a power cut leaves: the number of a process that is somebody else's by now.
    (next(root.glob("data-*")) / "postmaster.pid").write_text(f"{os.getpid()}\n")
    second = use(root)
    assert ready(second)
    assert answer(root, "cx_owner") == ("cx_owner", False)
    kill(second)


def test_a_half_made_cluster_is_made_anew(root: Path) -> None:
    first = use(root)
    assert ready(first)
    kill(first)
    assert eventually(lambda: not running(root))
    next(root.glob("data-*/PG_VERSION")).unlink()
    second = use(root)
    assert ready(second)
    assert answer(root, ADMIN) == (ADMIN, True)
    kill(second)


def test_a_long_path_gets_a_socket_elsewhere() -> None:
    assert socket_folder(Path("/srv/cx/pg")) == Path("/srv/cx/pg/s")
    far = socket_folder(Path("/srv") / ("x" * 90))
    assert far.parent == Path(tempfile.gettempdir())
    assert len(str(far)) < 60


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for the server")
def test_in_a_private_folder_of_roots_the_cluster_lies_elsewhere(root: Path) -> None:
    assert home(root / "pg") == root / "pg"
    root.chmod(0o700)
    assert home(root / "pg").parent == ELSEWHERE
    assert home(root / "pg") != home(root / "pg-test")


def test_nobody_reaches_it_over_the_network() -> None:
    assert (BASE["listen_addresses"], BASE["unix_socket_permissions"]) == ("", "0700")
