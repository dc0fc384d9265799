"""The database's steps: roles, tables, demo data, and the static files that the server hands out."""

import fcntl
import os
import shlex

from . import places
from .places import BASE, CLUSTER, EMBEDDED, LOCAL, PYTHON, cluster_key, digest, is_done, mark_done, states
from .steps import Step, StepError, openly, quietly


def hold_database() -> None:
    """Keep the embedded server while this process lives, or it would stop and start again between two steps.

    The lease is a lock that the kernel drops however we die (see cxportal/embedded/reaper.py).
    """
    if EMBEDDED:
        CLUSTER.mkdir(parents=True, exist_ok=True)
        lease = os.open(CLUSTER / "lease", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lease, fcntl.LOCK_SH)


def manage(*arguments: object) -> list[object]:
    """The command line of manage.py."""
    return [PYTHON, BASE / "manage.py", *arguments]


def migrate() -> Step:
    """Roles and tables, as the owner."""
    return Step("migrate", _migrate)


def _migrate() -> str | None:
    code = [*BASE.glob("*/migrations/*.py"), BASE / "customers/bootstrap.py", BASE / "requirements.lock"]
    key = states(code) + cluster_key()
    if EMBEDDED and is_done("migrate", key):
        return "nothing new"
    if not EMBEDDED:  # which makes its own roles
        quietly(manage("bootstrap_database"))
    quietly(manage("migrate", "--no-input"))
    mark_done("migrate", states(code) + cluster_key())
    return None


def load_demo() -> Step:
    """The demo's data; DEMO_ARGS="--full" loads all of it."""
    return Step("load the demo", _load_demo, speaks=True)


def _load_demo() -> str | None:
    arguments = shlex.split(os.environ.get("DEMO_ARGS", ""))
    key = digest(*arguments) + cluster_key()
    # A server of the user's own may have been emptied since: the command itself sees what is there.
    if EMBEDDED and is_done("demo", key):
        return "already there"
    if openly(manage("load_demo", *arguments)):
        raise StepError("manage.py load_demo failed: see above")
    mark_done("demo", key)
    return None


def static_files() -> Step:
    """Collected, named by content and compressed."""
    return Step("static files", _static_files)


def _static_files() -> str | None:
    folders = (BASE / "static", places.ASSETS)
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    key = states(files) + digest(BASE / "requirements.lock")
    if is_done("static", key) and (LOCAL / "static" / "staticfiles.json").exists():
        return "nothing new"
    # The files of the API's browsable pages are left out, as those pages are.
    quietly(manage("collectstatic", "--no-input", "--ignore", "rest_framework"))
    mark_done("static", key)
    return None
