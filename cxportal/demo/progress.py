"""How far a long job is: bars on a terminal, plain lines elsewhere."""

import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase
from typing import TextIO

from tqdm import tqdm

Out = TextIO | TextIOBase


class Progress:
    """Steps, each with its rows, rate and time left. `quiet` says nothing."""

    def __init__(self, steps: int, out: Out | None = None, *, quiet: bool = False) -> None:
        self.steps = steps
        self.number = 0
        self.out = out or sys.stdout
        self.quiet = quiet

    @contextmanager
    def step(self, name: str, rows: int = 0) -> Iterator["Step"]:
        """One step of `rows` rows (0: not known before)."""
        self.number += 1
        step = Step(f"{self.number}/{self.steps} {name}", rows, self)
        yield step
        step.close()


class Step:
    """A step that is running; call it, from any thread, with the rows that are done."""

    def __init__(self, title: str, rows: int, progress: Progress) -> None:
        self.title = title
        self.rows = 0
        self.lock = threading.Lock()
        self.started = time.monotonic()
        self.progress = progress
        on_terminal = not progress.quiet and progress.out.isatty()
        self.bar = (
            tqdm(total=rows or None, desc=title, unit=" rows", file=progress.out, leave=True) if on_terminal else None
        )

    def __call__(self, rows: int) -> None:
        with self.lock:
            self.rows += rows
            if self.bar is not None:
                self.bar.update(rows)

    def close(self) -> None:
        """End the bar, or print the line."""
        if self.bar is not None:
            self.bar.close()
        elif not self.progress.quiet:
            seconds = time.monotonic() - self.started
            rate = f", {self.rows / seconds:,.0f} rows/s" if self.rows and seconds else ""
            self.progress.out.write(f"{self.title}: {self.rows:,} rows, {seconds:.1f} s{rate}\n")
            self.progress.out.flush()


def peak_mb() -> float:
    """The most memory that this process ever had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
