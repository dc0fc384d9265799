"""Read settings from the environment; every mistake is an error at start that names its variable."""

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def text(name: str, default: str | None = None) -> str:
    """The variable's value; without a default it must be there."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def flag(name: str, default: bool) -> bool:
    """1/0, true/false, yes/no, on/off."""
    value = text(name, "1" if default else "0").lower()
    if value not in FLAGS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return FLAGS[value]


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return int(value)


def words(name: str, default: str | None = None) -> list[str]:
    """Values separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str) -> dict[str, Any]:
    """Django's NAME, USER, PASSWORD, HOST, PORT and OPTIONS from postgresql://user:password@host:port/name?sslmode=require.

    A folder of a Unix socket is given as ?host=/run/postgresql.
    """
    try:
        url = urlsplit(text(name))
        port = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a database URL: {error}.") from error
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgresql://, for PostgreSQL is the only engine.")
    if not url.username or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must name a user and a database: postgresql://user@host/name.")
    options = dict(parse_qsl(url.query))
    return {
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", unquote(url.hostname or "")),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def kept_secret(name: str, file: Path) -> str:
    """A secret for demo and development: made at the first use, then always the same, readable by us only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+") as opened:
        # Web and worker processes start together: whoever comes second must read what the first one wrote.
        fcntl.flock(opened, fcntl.LOCK_EX)
        kept: dict[str, str] = json.loads(opened.read() or "{}")
        if name not in kept:
            kept[name] = secrets.token_urlsafe(48)
            opened.seek(0)
            opened.write(json.dumps(kept, indent=1))
            opened.flush()
        return kept[name]
