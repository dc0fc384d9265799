"""Every mistake in the environment is an error that names its variable."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cxportal import env


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda: env.flag("CX_TRIAL", False)),
        ("ten", lambda: env.number("CX_TRIAL", 1)),
        ("-1", lambda: env.number("CX_TRIAL", 1)),
        ("0", lambda: env.number("CX_TRIAL", 1, least=1)),
        ("  ", lambda: env.text("CX_TRIAL")),
        ("mysql://u@h/d", lambda: env.database("CX_TRIAL")),
        ("postgresql://h/d", lambda: env.database("CX_TRIAL")),
        ("postgresql://u@h", lambda: env.database("CX_TRIAL")),
        ("postgresql://u@h:port/d", lambda: env.database("CX_TRIAL")),
    ],
)
def test_a_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], object]
) -> None:
    monkeypatch.setenv("CX_TRIAL", value)
    with pytest.raises(ImproperlyConfigured, match="CX_TRIAL"):
        read()


def test_a_database_url_is_read_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CX_TRIAL", "postgresql://cx_app:p%40ss@db.example:6432/portal?sslmode=require")
    assert env.database("CX_TRIAL") == {
        "NAME": "portal",
        "USER": "cx_app",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_stands_in_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CX_TRIAL", "postgresql://cx_app@/portal?host=/run/postgresql")
    read = env.database("CX_TRIAL")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/run/postgresql", "", {})


def test_a_kept_secret_stays_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "state" / "secrets.json"
    first, other = env.kept_secret("FIRST", file), env.kept_secret("OTHER", file)
    assert (env.kept_secret("FIRST", file), env.kept_secret("OTHER", file)) == (first, other)
    assert first != other
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
