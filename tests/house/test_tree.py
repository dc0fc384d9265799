"""What lies where: the top of the tree, nothing of others, no addresses in lock files."""

import re

import pytest

from tests.house.source import all_files, read

TOP = {
    *("manage.py", "pyproject.toml", "Makefile"),
    *("cxportal", "customers", "journeys", "surveys", "inventory", "templates", "static", "tests", "docs"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"),
}
FRONT_END = {"package.json", "package-lock.json"}
LOCKS = [path for path in all_files() if re.fullmatch(r"(requirements[\w-]*\.lock|package-lock\.json)", path)]
# A person's writing has shorter lines; a minified file has not.
LONGEST_LINE = 400
WRITTEN = (".py", ".css", ".js", ".html", ".md", ".toml", ".txt", ".svg")


def test_the_top_of_the_tree_is_as_agreed() -> None:
    top = {path.split("/")[0] for path in all_files()}
    others = {name for name in top if name.startswith(".") or name.endswith(".lock")} | FRONT_END
    assert top - others == TOP


def test_no_code_of_others_lies_here() -> None:
    vendored = re.compile(
        r"(^|/)(vendor|node_modules|third_party|bower_components)/|\.min\.(js|css)$|\.(woff2?|ttf|whl|jar)$"
    )
    assert [path for path in all_files() if vendored.search(path)] == []


def test_nothing_is_minified() -> None:
    long_lines = [
        path
        for path in all_files()
        if path.endswith(WRITTEN) and max((len(line) for line in read(path).splitlines()), default=0) > LONGEST_LINE
    ]
    assert long_lines == []


def test_no_copyright_of_others_is_claimed() -> None:
    foreign = re.compile(r"copyright \(c\)|@license|spdx-license-identifier: (?!apache-2\.0)", re.IGNORECASE)
    ours = [path for path in all_files() if path.endswith((".py", ".js", ".css", ".html")) and "/house/" not in path]
    assert [path for path in ours if foreign.search(read(path))] == []


@pytest.mark.parametrize("path", LOCKS)
def test_lock_files_name_hashes_and_no_addresses(path: str) -> None:
    text = read(path)
    assert re.search(r"https?://|--(extra-)?index-url|--find-links|\"resolved\"", text) is None
    if path.endswith(".lock"):
        pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, flags=re.MULTILINE | re.IGNORECASE)
        hashed = re.findall(
            r"^[a-z0-9][\w.\[\]-]*==.*\\\n\s+--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE | re.IGNORECASE
        )
        assert len(pins) == len(hashed) > 0
    else:
        assert text.count('"integrity"') == text.count('"node_modules/')


def test_lock_files_are_there() -> None:
    assert {"requirements.lock", "requirements-dev.lock", "package-lock.json"} <= set(LOCKS)


def test_secrets_and_databases_stay_out() -> None:
    kept_out = re.compile(r"(^|/)(\.local|\.venv|secrets\.json|[^/]*\.(sqlite3|pem|key|dump|parquet))(/|$)")
    assert [path for path in all_files() if kept_out.search(path)] == []
