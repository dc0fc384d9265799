"""Programs of the tests' own in real processes on the test database: what threads of one process can't show."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def start(module: str, *arguments: object) -> subprocess.Popen[str]:
    """Run `module` as the login that serves; it is fed and heard by lines."""
    database = connection.settings_dict
    given = {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], safe='/')}",
        "DEBUG": "1",
        "LOOKUP_KEY": settings.LOOKUP_KEY,
        "DJANGO_SETTINGS_MODULE": "cxportal.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **given},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def hear(process: subprocess.Popen[str]) -> str:
    """The next line that it says; AssertionError with its complaint when it has died."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.communicate()[1][-2000:]
    return line


def tell(process: subprocess.Popen[str], line: str = "go") -> None:
    """One line to its standard input."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def let_go(processes: list[subprocess.Popen[str]]) -> list[str]:
    """Wait until all are ready, let all of them go at once; what each says in the end."""
    for process in processes:
        assert hear(process) == "ready"
    for process in processes:
        tell(process)
    answers = []
    for process in processes:
        said, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint[-2000:]
        answers.append(said.strip())
    return answers
