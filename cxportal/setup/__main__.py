"""python3 -m cxportal.setup demo | run | test | lint | bench | clean"""

import contextlib
import os
import shlex
import shutil
import sys
from pathlib import Path

from cxportal.embedded.reach import ELSEWHERE, home

from . import data, install, serve
from .places import BASE, CLUSTER, LOCAL, PYTHON, VENV, environment
from .steps import Step, openly, run_steps

DJLINT = ["-m", "djlint", "templates", "--quiet"]
LINTERS: tuple[tuple[str, list[str]], ...] = (
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("import-linter", ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    ("djlint", [*DJLINT, "--lint"]),
    ("style budget", ["-m", "tests.house.budget"]),
)


def _prepared(*, lock: str, demo: bool) -> list[Step]:
    steps = [install.packages(lock), install.frontend(), data.migrate()]
    if demo:
        steps.append(data.load_demo())
    return [*steps, data.static_files()]


def demo() -> int:
    """Everything from a fresh clone to a running demo."""
    host, port = serve.address()
    data.hold_database()
    run_steps(_prepared(lock="requirements-demo.lock", demo=True))
    return serve.serve(host, port, show_logins=True)


def run() -> int:
    """Serve what is there."""
    host, port = serve.address()
    data.hold_database()
    run_steps(_prepared(lock="requirements.lock", demo=False))
    return serve.serve(host, port)


def test() -> int:
    """Everything that pytest finds; TEST_ARGS narrows it."""
    run_steps([install.packages("requirements-dev.lock"), install.frontend()])
    arguments = shlex.split(os.environ.get("TEST_ARGS", "")) or ["-n", "2"]
    return openly([PYTHON, "-m", "pytest", *arguments])


def lint() -> int:
    """All linters, also after the first complaint."""
    run_steps([install.packages("requirements-dev.lock")])
    complaints = []
    for name, arguments in LINTERS:
        print(f"-- {name}", flush=True)
        if openly([PYTHON, *arguments]):
            complaints.append(name)
    print(f"Complaints: {', '.join(complaints)}" if complaints else "Clean.", flush=True)
    return 1 if complaints else 0


def bench() -> int:
    """The figures, one JSON object a line; BENCH names the area."""
    data.hold_database()
    area = shlex.split(os.environ.get("BENCH") or "stock")
    steps = [*_prepared(lock="requirements-demo.lock", demo=False), install.bench_packages()]
    if "inventory" in area:
        steps.append(install.pretix_packages())
    # Stdout belongs to the figures.
    with contextlib.redirect_stdout(sys.stderr):
        run_steps(steps)
    return openly(data.manage("bench", *area), env=environment())


def clean() -> int:
    """Remove everything that set-up and the tools made, demo data too."""
    made = [VENV, LOCAL, CLUSTER, home(LOCAL / "pg-test"), BASE / "node_modules"]
    made += [BASE / f".{name}_cache" for name in ("mypy", "ruff", "pytest", "import_linter")] + [BASE / ".hypothesis"]
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
    if not any(ELSEWHERE.glob("cluster-*")):
        shutil.rmtree(ELSEWHERE, ignore_errors=True)
    return 0


def main() -> int:
    """Choose by the first argument."""
    commands = {command.__name__: command for command in (demo, run, test, lint, bench, clean)}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: python3 -m {Path(__file__).parent.parent.name}.setup {'|'.join(commands)}")
    os.chdir(BASE)
    return commands[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
