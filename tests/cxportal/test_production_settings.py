"""In production nothing that safety depends on has a default."""

import os
import subprocess
import sys

import pytest

from cxportal.setup.places import BASE

COMPLETE = {
    "DATABASE_URL": "postgresql://cx_app@db.example/portal",
    "SECRET_KEY": "one of fifty characters, which nobody else can guess",
    "LOOKUP_KEY": "two",
    "SUPPRESSION_KEY": "three",
    "ALLOWED_HOSTS": "portal.example",
    "EMAIL_HOST": "mail.example",
}
SHOW = "from cxportal import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS)"


def start(variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "CX_LOCAL"}}
    return subprocess.run(
        [sys.executable, "-c", SHOW], cwd=BASE, env={**clean, **variables}, capture_output=True, text=True, check=False
    )


def test_a_complete_environment_starts_with_safe_cookies() -> None:
    assert start(COMPLETE).stdout == "True True ['portal.example']\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "LOOKUP_KEY", "SUPPRESSION_KEY", "ALLOWED_HOSTS", "EMAIL_HOST"])
def test_a_missing_variable_stops_the_start_by_name(name: str) -> None:
    started = start({key: value for key, value in COMPLETE.items() if key != name})
    assert (started.returncode, started.stderr.strip().split("\n")[-1]) == (
        1,
        f"django.core.exceptions.ImproperlyConfigured: {name} is not set.",
    )


def test_djangos_check_before_going_live_is_silent() -> None:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "CX_LOCAL"}}
    key = "".join(chr(code) for code in range(48, 122))
    given = {**clean, **COMPLETE, "SECRET_KEY": key, "BEHIND_PROXY": "1"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    checked = subprocess.run(command, cwd=BASE, env=given, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "System check identified no issues (2 silenced).\n")
