"""The database's steps of set-up: done once, again when something changed, never taken for done when they failed."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxportal.setup import data, places, steps
from cxportal.setup.steps import StepError
from tests.cxportal.programs import Programs

HOLDER = """
import sys
from cxportal.setup.data import CLUSTER, hold_database
hold_database()
print(CLUSTER, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """manage.py's python is a diary, and all that set-up remembers lies in tmp_path."""
    written = Programs(tmp_path / "bin")
    monkeypatch.setattr(data, "PYTHON", written.add("python"))
    monkeypatch.setattr(data, "LOCAL", tmp_path)
    monkeypatch.setattr(data, "EMBEDDED", True)
    monkeypatch.setattr(places, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(places, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(places, "CLUSTER", tmp_path / "pg")
    monkeypatch.setattr(steps, "LOG", tmp_path / "setup.log")
    monkeypatch.delenv("DEMO_ARGS", raising=False)
    return written


def commands(programs: Programs) -> list[str]:
    """What was asked of manage.py."""
    return [call.split("manage.py ", 1)[1] for call in programs.calls()]


def make_cluster() -> None:
    """A new one each time: the former is kept, so that its inode is not given out again."""
    folder = places.CLUSTER / "data-18"
    if folder.exists():
        folder.rename(folder.with_name("gone"))
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("18\n")


def test_tables_are_made_once_for_a_cluster(programs: Programs) -> None:
    make_cluster()
    assert [data.migrate().work(), data.migrate().work()] == [None, "nothing new"]
    assert commands(programs) == ["migrate --no-input"]
    make_cluster()
    assert data.migrate().work() is None


def test_on_a_server_of_the_users_own_roles_come_first_and_nothing_is_taken_for_done(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "EMBEDDED", False)
    assert [data.migrate().work(), data.migrate().work()] == [None, None]
    assert commands(programs) == ["bootstrap_database", "migrate --no-input"] * 2


def test_a_failed_migration_is_due_again(programs: Programs) -> None:
    programs.add("python", says="table is locked", code=1)
    with pytest.raises(StepError, match="table is locked"):
        data.migrate().work()
    programs.add("python")
    assert data.migrate().work() is None


def test_the_demo_is_loaded_once_for_its_arguments(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [data.load_demo().work(), data.load_demo().work()] == [None, "already there"]
    monkeypatch.setenv("DEMO_ARGS", "--full --seed '4 2'")
    assert data.load_demo().work() is None
    assert commands(programs) == ["load_demo", "load_demo --full --seed 4 2"]


def test_on_a_server_of_the_users_own_the_command_itself_looks(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "EMBEDDED", False)
    assert [data.load_demo().work(), data.load_demo().work()] == [None, None]
    assert commands(programs) == ["load_demo"] * 2


def test_a_failed_load_is_said_and_due_again(programs: Programs) -> None:
    programs.add("python", code=2)
    with pytest.raises(StepError, match="load_demo failed"):
        data.load_demo().work()
    programs.add("python")
    assert data.load_demo().work() is None


def test_static_files_are_collected_when_they_changed_or_are_gone(programs: Programs, tmp_path: Path) -> None:
    style = places.ASSETS / "vendor" / "a.css"
    style.parent.mkdir(parents=True)
    style.write_text("a{}")
    manifest = tmp_path / "static" / "staticfiles.json"
    manifest.parent.mkdir()

    def collect() -> str | None:
        remark = data.static_files().work()
        manifest.write_text("{}")
        return remark

    assert [collect(), collect()] == [None, "nothing new"]
    style.write_text("a{color:red}")
    assert [collect(), collect()] == [None, "nothing new"]
    manifest.unlink()
    assert [collect(), collect()] == [None, "nothing new"]
    assert commands(programs) == ["collectstatic --no-input --ignore rest_framework"] * 3


@pytest.fixture
def local() -> Iterator[Path]:
    # Not tmp_path: as root the cluster may not lie in a folder that only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="cx-setup-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def is_held(cluster: Path) -> bool:
    """Whether somebody has the lease that keeps the server alive."""
    with (cluster / "lease").open() as lease:
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def hold(local: Path, **env: str) -> "subprocess.Popen[str]":
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=places.BASE,
        env={**given, "CX_LOCAL": str(local), **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_set_up_holds_the_server_until_it_dies_however_that_happens(local: Path) -> None:
    with hold(local) as holder:
        assert holder.stdout is not None
        cluster = Path(holder.stdout.readline().strip())
        assert is_held(cluster)
        holder.kill()
        holder.wait()
    assert not is_held(cluster)


def test_a_server_of_the_users_own_needs_no_lease(local: Path) -> None:
    with hold(local, DATABASE_URL="postgresql://db.example/shop") as holder:
        cluster = Path(holder.communicate("")[0].strip())
    assert not cluster.exists()
