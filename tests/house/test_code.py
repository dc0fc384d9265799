"""Habits that a reader relies on: imports at the top, calls that are seen, one door to the vault."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import FUNCTIONS, PythonFile, all_files, code, read

# path -> why an import may wait until the function runs.
LATE_IMPORTS: dict[str, str] = {}

# Who may name the vault's tables, its role or the schema, and why.
VAULT_KEEPERS = {
    "customers/vault.py": "the door itself",
    "customers/models/sealed.py": "the tables",
    "customers/models/__init__.py": "Django finds models there",
    "customers/bootstrap.py": "makes role and schema",
    "customers/checks.py": "proves that the door is closed",
    "customers/management/commands/bootstrap_database.py": "names the role to make",
    "customers/management/commands/migrate.py": "names the role to make",
    "cxportal/settings.py": "the role's name",
    "cxportal/embedded/base.py": "makes the role on the embedded server",
    "cxportal/embedded/cluster.py": "makes the role on the embedded server",
}
SEALED = {"Identity", "AccessLog", "MessageContent", "SourcePayload"}
SIGNAL_MODULES = ("django.db.models.signals", "django.dispatch", "django.core.signals", "django.contrib.auth.signals")


def late_imports(file: PythonFile) -> list[str]:
    """Imports inside functions."""
    return [
        f"{file.path}:{node.lineno} {ast.unparse(node)}"
        for function in file.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def test_imports_stand_at_the_top() -> None:
    assert [line for file in code() if file.path not in LATE_IMPORTS for line in late_imports(file)] == []


def test_every_exception_is_still_needed() -> None:
    assert [path for path in LATE_IMPORTS if not late_imports(PythonFile(path, read(path)))] == []


def test_control_a_late_import_is_found() -> None:
    planted = PythonFile("customers/planted.py", "class A:\n    def b(self) -> None:\n        from django import db\n")
    assert late_imports(planted) == ["customers/planted.py:3 from django import db"]


def signals(file: PythonFile) -> list[str]:
    """Where `file` sends, receives or makes signals."""
    found = []
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(SIGNAL_MODULES):
            found.append(f"{file.path}:{node.lineno}")
        if isinstance(node, ast.Attribute) and node.attr in {"pre_save", "post_save", "post_migrate", "m2m_changed"}:
            found.append(f"{file.path}:{node.lineno}")
    return found


def test_calls_are_said_not_signalled() -> None:
    assert [place for file in code() for place in signals(file)] == []


def test_control_a_signal_is_found() -> None:
    text = (
        "from django.dispatch import receiver\nfrom django.db import models\nmodels.signals.post_save.connect(print)\n"
    )
    assert signals(PythonFile("x.py", text)) == ["x.py:1", "x.py:3"]


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, string) of those that are not docstrings: what may reach the database."""
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | FUNCTIONS[0] | FUNCTIONS[1])
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return (
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken
    )


def doors(file: PythonFile) -> list[str]:
    """Where `file` names the vault's tables, role or schema."""
    found = {node.lineno for node in ast.walk(file.tree) if isinstance(node, ast.Attribute | ast.Name) and _names(node)}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and SEALED & {alias.name for alias in node.names}:
            found.add(node.lineno)
        if isinstance(node, ast.ImportFrom | ast.Import) and "sealed" in ast.unparse(node):
            found.add(node.lineno)
    for line, text in texts(file.tree):
        words = text.lower()
        if "set role" in words or "local role" in words or "vault." in words or '"vault"' in words:
            found.add(line)
        if text in SEALED or text in {f"customers.{name}" for name in SEALED}:
            found.add(line)
    return [f"{file.path}:{line}" for line in sorted(found)]


def _names(node: ast.Attribute | ast.Name) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    return name in SEALED | {"VAULT_ROLE"} or (isinstance(node, ast.Attribute) and name == "_open")


def test_the_vault_has_one_door() -> None:
    assert [place for file in code() if file.path not in VAULT_KEEPERS for place in doors(file)] == []


def test_every_keeper_is_there() -> None:
    assert [path for path in VAULT_KEEPERS if path not in all_files()] == []


@pytest.mark.parametrize(
    "line",
    [
        "from customers.models import Identity",
        "from customers.models.sealed import AccessLog",
        "from customers.models import sealed",
        "apps.get_model('customers', 'Identity')",
        "apps.get_model('customers.SourcePayload')",
        "cursor.execute('SET LOCAL ROLE cx_vault')",
        "cursor.execute('SELECT name FROM vault.identity')",
        "role = settings.VAULT_ROLE",
        "with vault._open(): pass",
    ],
)
def test_control_another_door_is_found(line: str) -> None:
    assert doors(PythonFile("inventory/planted.py", f"{line}\n")) == ["inventory/planted.py:1"]


def test_services_do_not_ask_for_the_time() -> None:
    """The clock is passed in, or a test could not say when."""
    asking = [
        f"{file.path}:{node.lineno}"
        for file in code()
        if "/services/" in file.path or "/models/" in file.path or "/selectors" in file.path
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"timezone.now", "datetime.now", "date.today"}
    ]
    assert asking == []


def test_no_notes_to_self_are_left() -> None:
    notes = ("TO" + "DO", "FIX" + "ME", "X" + "XX:")
    assert [file.path for file in code() if any(note in file.text for note in notes)] == []
