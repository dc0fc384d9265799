"""What set-up remembers: a step is done for exactly what it was done with, and for nothing else."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cxportal.setup import places
from cxportal.setup.places import cluster_key, digest, environment, is_done, mark_done, states


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(places, "CLUSTER", tmp_path / "pg")


def test_a_step_is_done_for_its_key_alone() -> None:
    assert not is_done("migrate", "a")
    mark_done("migrate", "a")
    assert is_done("migrate", "a")
    assert not is_done("migrate", "b")
    assert not is_done("static", "a")
    mark_done("migrate", "b")
    assert not is_done("migrate", "a")


def test_a_digest_is_of_what_files_hold_not_of_their_names(tmp_path: Path) -> None:
    first, second = tmp_path / "one.lock", tmp_path / "two.lock"
    first.write_text("django==5.2")
    second.write_text("django==5.2")
    assert digest(first) == digest(second)
    second.write_text("django==5.2.1")
    assert digest(first) != digest(second)


def test_a_digest_keeps_its_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") != digest("a", "")
    assert len(digest()) == 24


def test_another_python_makes_everything_due_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest("packages")
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert digest("packages") != before


def touch(file: Path) -> None:
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))


def grow(file: Path) -> None:
    kept = file.stat()
    file.write_text(file.read_text() + "x")
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))


@pytest.mark.parametrize("change", [touch, grow, lambda file: file.rename(file.with_name("renamed"))])
def test_a_changed_file_changes_the_states(tmp_path: Path, change: Callable[[Path], None]) -> None:
    for name in ("a.css", "b.css"):
        (tmp_path / name).write_text("a{}")
    before = states(tmp_path.iterdir())
    assert states(sorted(tmp_path.iterdir(), reverse=True)) == before
    change(tmp_path / "b.css")
    assert states(tmp_path.iterdir()) != before


def test_a_cluster_that_was_made_anew_is_another(tmp_path: Path) -> None:
    """After `make clean` the same migrations are due again, though no file of ours has changed."""
    none = cluster_key()
    data = tmp_path / "pg" / "data-18"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    first = cluster_key()
    assert first != none
    assert cluster_key() == first
    # The old one is still there, so that the new one can't get its inode.
    (data / "PG_VERSION").rename(data / "gone")
    (data / "PG_VERSION").write_text("18\n")
    assert cluster_key() not in {none, first}


def test_what_is_started_gets_our_environment_and_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE")
    monkeypatch.delenv("PORT", raising=False)  # make hands it on
    given = environment(PORT="8001")
    assert (given["LANG"], given["PORT"]) == ("de_DE", "8001")
    assert (given["CX_LOCAL"], given["DJANGO_SETTINGS_MODULE"]) == (str(places.LOCAL), "cxportal.settings")
    assert "PORT" not in environment()
