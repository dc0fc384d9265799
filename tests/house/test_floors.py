"""Calls go down the five floors, never up."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.budget import absolute, imports_of
from tests.house.source import FLOORS, ROOT, PythonFile, code, read

CONTRACTS = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
# Plain rules over plain values, tested without a database: what the contract names, and whatever says so of itself.
CONTRACTED = {module for contract in CONTRACTS for module in contract.get("source_modules", [])}
SAYING_SO = {file.module for file in code() if "pure rules" in (ast.get_docstring(file.tree) or "").lower()}
PURE = sorted(CONTRACTED | SAYING_SO)
FRAMEWORKS = {"django", "rest_framework", "psycopg2"}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the five packages in `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder)}
    )


def test_the_contracts_are_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    [
        ("customers/masking.py", "import inventory.gtin", "Calls go down the floors, never up"),
        ("surveys/models/survey.py", "import cxportal.roles", "Calls go down the floors, never up"),
        ("customers/models/store.py", "import customers.permissions", "Inside an app"),
        ("inventory/geo.py", "from django.conf import settings", "Pure rules know no framework"),
    ],
)
def test_control_a_planted_import_is_reported(tmp_path: Path, place: str, line: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__"))
    planted = tmp_path / place
    planted.write_text(f"{planted.read_text()}\n{line}\n")
    result = lint(tmp_path)
    assert result.returncode == 1
    broken = [line for line in result.stdout.splitlines() if line.endswith("BROKEN")]
    assert [name for name in broken if name.startswith(contract)] != [], result.stdout


def reach(module: str, files: dict[str, PythonFile]) -> set[str]:
    """Our modules that `module` needs, itself included."""
    modules, seen, waiting = frozenset(files), set[str](), [module]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += imports_of(files[current], modules)
    return seen


def outside(file: PythonFile) -> set[str]:
    """The first name of everything that `file` imports."""
    names: set[str] = set()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(absolute(file, node).split(".")[0])
    return names


def test_whatever_calls_itself_pure_is_under_contract() -> None:
    assert sorted(SAYING_SO - CONTRACTED) == []
    assert {"customers.governance", "inventory.confidence", "inventory.statements"} <= CONTRACTED


def test_every_layer_that_is_named_exists() -> None:
    layers = next(contract["layers"] for contract in CONTRACTS if "containers" in contract)
    named = {name for layer in layers for name in re.findall(r"\w+", layer)}
    there = {part for file in code() for part in file.module.split(".")[1:2]}
    assert sorted(named - there) == []


@pytest.mark.parametrize("module", PURE)
def test_pure_rules_know_no_framework_however_far_they_reach(module: str) -> None:
    files = {file.module: file for file in code()}
    framed = {needed for needed in reach(module, files) if outside(files[needed]) & FRAMEWORKS}
    assert framed == set()


def test_control_a_framework_behind_another_module_is_found() -> None:
    rules = PythonFile("customers/rules.py", "from customers import words\n")
    words = PythonFile("customers/words.py", "def late() -> None:\n    from django.conf import settings\n")
    files = {"customers.rules": rules, "customers.words": words}
    assert reach("customers.rules", files) == set(files)
    assert outside(words) & FRAMEWORKS == {"django"}
