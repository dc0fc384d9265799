"""Where set-up puts things, and the environment it gives to what it starts."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from cxportal.embedded.reach import home

BASE = Path(__file__).resolve().parents[2]
LOCAL = Path(os.environ.get("CX_LOCAL") or BASE / ".local").resolve()
VENV = BASE / ".venv"
PYTHON = VENV / "bin" / "python"
ASSETS = LOCAL / "assets"
NODE = LOCAL / "node"
BENCH_VENV = LOCAL / "bench-venv"
PRETIX_VENV = LOCAL / "pretix-venv"
STAMPS = LOCAL / "stamps"
CLUSTER = home(LOCAL / "pg")
EMBEDDED = not os.environ.get("DATABASE_URL", "").strip()


def environment(**more: str) -> dict[str, str]:
    """Ours, with the state folder and the settings named."""
    return {**os.environ, "CX_LOCAL": str(LOCAL), "DJANGO_SETTINGS_MODULE": "cxportal.settings", **more}


def digest(*parts: object) -> str:
    """One short fingerprint of texts and of files' contents."""
    made = hashlib.sha256(sys.version.encode())
    for part in parts:
        made.update(part.read_bytes() if isinstance(part, Path) and part.is_file() else str(part).encode())
        made.update(b"\0")
    return made.hexdigest()[:24]


def is_done(name: str, key: str) -> bool:
    """True when step `name` was last finished for exactly this key."""
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == key


def mark_done(name: str, key: str) -> None:
    """Remember it."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(key)


def states(files: Iterable[Path]) -> str:
    """A fingerprint of many files by path, size and time, without reading them."""
    return digest(*(f"{file}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in sorted(files)))


def cluster_key() -> str:
    """Names the embedded cluster as it lies there now: after `make clean` every step on the database is due again."""
    return digest(*(f"{file}:{file.stat().st_ino}" for file in sorted(CLUSTER.glob("data-*/PG_VERSION"))))
