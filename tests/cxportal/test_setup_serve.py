"""Serving: the address is checked before anything slow, and what was started ends with us, even with kill -9."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from cxportal.setup import guard, serve
from cxportal.setup.places import BASE

# Starts a child, puts it under the guard, and waits.
PARENT = """
import subprocess, sys
from cxportal.setup import guard
with guard.watching() as watch:
    child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, start_new_session=True)
    if sys.argv[1] == "watched":
        watch(child.pid)
    print(child.pid, flush=True)
    sys.stdin.readline()
print("left", flush=True)
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port where somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


# --- The address -------------------------------------------------------------------------------------------------


def test_the_address_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.delenv("HOST", raising=False)
    assert serve.address() == ("127.0.0.1", port)
    monkeypatch.setenv("HOST", "0.0.0.0")  # noqa: S104 - it is asked for, and given back
    assert serve.address() == ("0.0.0.0", port)  # noqa: S104


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5", "²"])
def test_what_is_no_port_is_said_at_once(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit) as ended:
        serve.address()
    assert str(ended.value.code).startswith("PORT must be a number from 1 to 65535")


def test_a_taken_port_is_said_with_a_way_out(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setenv("PORT", str(taken))
    monkeypatch.delenv("HOST", raising=False)
    with pytest.raises(SystemExit) as ended:
        serve.address()
    assert str(ended.value.code).startswith(f"127.0.0.1:{taken} is not free")
    assert str(ended.value.code).endswith(f"make demo PORT={taken + 1}")


def test_it_answers_where_it_listens_and_everywhere_is_home_too(taken: int) -> None:
    assert serve._answers("127.0.0.1", taken)
    assert serve._answers("0.0.0.0", taken)  # noqa: S104
    assert not serve._answers("127.0.0.1", free_port())


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:8000/"), ("::1", "http://[::1]:8000/")])
def test_the_address_can_be_clicked(host: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    serve._announce(host, 8000)
    assert f"CX Portal: {url} " in capsys.readouterr().out


# --- The end -----------------------------------------------------------------------------------------------------


def parent(how: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, how], cwd=BASE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def child_of(started: "subprocess.Popen[str]") -> int:
    assert started.stdout is not None
    return int(started.stdout.readline())


def is_alive(pid: int) -> bool:
    """A child whose parent is gone may be a zombie for a moment: that is no life."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(true: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not (reached := true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return reached


def end(pid: int) -> None:
    if is_alive(pid):
        os.kill(pid, signal.SIGKILL)


linux = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="reads /proc")


@linux
@pytest.mark.parametrize(("how", "survives"), [("watched", False), ("unwatched", True)])
def test_a_killed_parent_takes_its_children_along(how: str, survives: bool) -> None:
    """The control: a child that nobody put under the guard lives on."""
    with parent(how) as started:
        child = child_of(started)
        started.kill()
        started.wait()
    try:
        gone = eventually(lambda: not is_alive(child), seconds=1 if survives else 5)
        assert gone is not survives
    finally:
        end(child)


@linux
def test_a_parent_that_takes_leave_ends_its_children_itself() -> None:
    """Otherwise the guard would kill what was stopped in order, or whoever has its number by then."""
    with parent("watched") as started:
        child = child_of(started)
        said, _ = started.communicate("\n")
    try:
        assert said == "left\n"
        assert not eventually(lambda: not is_alive(child), seconds=0.5)
    finally:
        end(child)


@linux
def test_children_are_asked_first_and_made_to_end_when_they_do_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "STOP_SECONDS", 0.5)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    polite = "import signal; print(1, flush=True); signal.pause()"
    children = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
        for code in (deaf, polite)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
    serve._end(children)
    assert [child.returncode for child in children] == [-signal.SIGKILL, -signal.SIGTERM]


def test_the_first_that_ends_is_named() -> None:
    running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    ended.wait()
    assert serve._ended({"web server": running, "worker": ended}) == "worker"
    assert serve._ended({"web server": running}) == ""
    running.communicate(b"\n")


def test_the_guard_stops_sessions_that_are_gone_without_complaint() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    gone.wait()
    guard._signal([gone.pid], signal.SIGTERM)
