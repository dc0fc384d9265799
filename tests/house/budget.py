"""The style budget: how large files and functions may be, what is typed and tested. `python -m tests.house.budget`"""

import ast
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from operator import ge, le

from tests.house.source import PythonFile, code, written_tests


@dataclass(frozen=True)
class Limit:
    """One figure and how far it may go."""

    name: str
    holds: Callable[[float, float], bool]
    limit: float
    why: str

    def verdict(self, value: float) -> str:
        """A line for the terminal."""
        sign = "at most" if self.holds is le else "at least"
        state = "ok  " if self.holds(value, self.limit) else "OVER"
        return f"{state} {self.name}: {value:g} ({sign} {self.limit:g}: {self.why})"


EVERYTHING = {"Exception", "BaseException"}

LIMITS = (
    Limit("lines of a file, median", le, 80, "most files say one thing"),
    Limit("lines of a file, p90", le, 270, "a file becomes a package past 300"),
    Limit("lines of a file, longest", le, 500, "it is read in one sitting"),
    Limit("lines of a function, median", le, 8, "it has one purpose"),
    Limit("lines of a function, p90", le, 25, "it is seen at a glance"),
    Limit("lines of a function, longest", le, 60, "it fits on one screen"),
    Limit("functions with return type, %", ge, 90, "mypy sees what is annotated"),
    Limit("modules with docstring, %", ge, 90, "one line says what a file is for"),
    Limit("import circles", le, 0, "imports inside functions count"),
    # A job of the worker, and a message: neither may keep the others waiting.
    Limit("broad excepts", le, 2, "who catches everything hides mistakes"),
    # A ratchet: to be raised to 0.8, never lowered.
    Limit("test lines per code line", ge, 0.6, "what is not tested does not work"),
)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def percentile(values: Sequence[int], share: float) -> float:
    """The value that `share` of all don't exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def percent(flags: Iterable[bool]) -> float:
    """How many of 100 are true."""
    known = list(flags)
    return round(100 * sum(known) / len(known), 1)


def imports_of(file: PythonFile, modules: frozenset[str]) -> set[str]:
    """Our modules that `file` imports, at its top or inside functions; what only a type checker reads is left out."""
    unread = {
        id(node)
        for block in ast.walk(file.tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    found: set[str] = set()
    for node in ast.walk(file.tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(file, node)
            found.update(
                f"{origin}.{alias.name}" if f"{origin}.{alias.name}" in modules else origin for alias in node.names
            )
    return (found & modules) - {file.module}


def absolute(file: PythonFile, node: ast.ImportFrom) -> str:
    """The module that an import names, relative ones resolved."""
    if not node.level:
        return node.module or ""
    is_package = file.path.endswith("/__init__.py")
    parts = file.module.split(".")
    parent = parts[: len(parts) - node.level + is_package]
    return ".".join([*parent, *([node.module] if node.module else [])])


def broad_excepts(file: PythonFile) -> int:
    """How many handlers in `file` catch everything and keep it: bare, Exception or BaseException, in a tuple too.

    One that ends in a plain `raise` only tidies up.
    """
    handlers = [node for node in ast.walk(file.tree) if isinstance(node, ast.ExceptHandler)]
    keeping = [handler for handler in handlers if ast.unparse(handler.body[-1]) != "raise"]
    return sum(handler.type is None or bool(EVERYTHING & names(handler.type)) for handler in keeping)


def names(expression: ast.expr) -> set[str]:
    """All plain names in an expression."""
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


def circle(files: Sequence[PythonFile]) -> list[str]:
    """Modules of one import circle, in order; empty when there is none."""
    modules = frozenset(file.module for file in files)
    try:
        TopologicalSorter({file.module: imports_of(file, modules) for file in files}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def measure(files: Sequence[PythonFile], test_files: Sequence[PythonFile]) -> dict[str, float]:
    """Every figure of LIMITS by its name."""
    functions = [function for file in files for function in file.functions()]
    lines, lengths = [file.lines for file in files], [length(function) for function in functions]
    return {
        "lines of a file, median": statistics.median(lines),
        "lines of a file, p90": percentile(lines, 0.9),
        "lines of a file, longest": max(lines),
        "lines of a function, median": statistics.median(lengths),
        "lines of a function, p90": percentile(lengths, 0.9),
        "lines of a function, longest": max(lengths),
        "functions with return type, %": percent(function.returns is not None for function in functions),
        "modules with docstring, %": percent(ast.get_docstring(file.tree) is not None for file in files),
        "import circles": 1 if circle(files) else 0,
        "broad excepts": sum(broad_excepts(file) for file in files),
        "test lines per code line": round(sum(file.lines for file in test_files) / sum(lines), 2),
    }


def over(figures: dict[str, float]) -> list[str]:
    """What is beyond its limit, in words."""
    return [limit.verdict(figures[limit.name]) for limit in LIMITS if not limit.holds(figures[limit.name], limit.limit)]


def worst(files: Sequence[PythonFile]) -> list[str]:
    """The longest file and function, and the circle: where to begin."""
    longest = max(files, key=lambda file: file.lines)
    lines, place, name = max((length(node), file.path, node.name) for file in files for node in file.functions())
    found = [f"longest file: {longest.path} ({longest.lines})", f"longest function: {place} {name} ({lines})"]
    return found + ([f"circle: {' > '.join(circle(files))}"] if circle(files) else [])


def main() -> int:
    """Print all figures; 1 when one is over."""
    figures = measure(code(), written_tests())
    lines = [limit.verdict(figures[limit.name]) for limit in LIMITS]
    sys.stdout.write("\n".join([*lines, *worst(code())]) + "\n")
    return 1 if over(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
