"""The project's own files, read once: what the house tests look at."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("cxportal", "surveys", "journeys", "inventory", "customers")  # from the top down
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class PythonFile:
    """One file of ours and its syntax tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Parsed once."""
        return ast.parse(self.text, self.path)

    @property
    def lines(self) -> int:
        """Physical lines."""
        return len(self.text.splitlines())

    @property
    def module(self) -> str:
        """Its dotted name; a package's own file goes by the name of the package."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """All functions and methods."""
        return (node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS))


@cache
def all_files() -> tuple[str, ...]:
    """Files of the repository, new ones included, what git ignores left out; sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def read(path: str) -> str:
    """Text of a file of ours."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def code() -> tuple[PythonFile, ...]:
    """Python of the five floors, without migrations and empty files."""
    return tuple(
        file
        for path in all_files()
        if path.endswith(".py") and path.split("/")[0] in FLOORS and "/migrations/" not in path
        if (file := PythonFile(path, read(path))).text.strip()
    )


@cache
def written_tests() -> tuple[PythonFile, ...]:
    """Python under tests/."""
    return tuple(
        PythonFile(path, read(path)) for path in all_files() if path.startswith("tests/") and path.endswith(".py")
    )


@cache
def templates() -> dict[str, str]:
    """Pages and their parts, by path; texts of messages and mails are no pages."""
    return {path: read(path) for path in all_files() if path.startswith("templates/") and path.endswith(".html")}
