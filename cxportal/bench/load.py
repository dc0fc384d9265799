"""How fast the demo's till lines are loaded with all their rows, and how much memory that takes."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from cxportal.bench import scratch
from cxportal.bench.figures import Figure, note
from inventory.models import SaleLine

LONGEST_SECONDS = 600.0
LOOK_SECONDS = 0.05


def figures(choice: list[str]) -> list[Figure]:
    """The demo's loader on an empty database; `choice` is what load_alone takes.

    Lines by the time for the till lines with all their rows: levels, ledger, receipts, lines, movements, COMMIT. The
    catalogue and the people are counted in `whole_lines_per_s`, with all else that happens between BEGIN and COMMIT.
    """
    with scratch.portal_in(scratch.LOADED):
        report, peak_mb = _run(choice, scratch.environment(scratch.LOADED, owner=True))
        lines = SaleLine.objects.count()
    rate, whole = lines / report["till_seconds"], lines / report["seconds"]
    note(f"load: {lines:,} lines in {report['seconds']:.1f} s, {rate:,.0f} lines/s, peak {peak_mb:.0f} MB")
    more = {"seconds": report["seconds"], "slice": " ".join(choice)}
    return [
        Figure(
            "load_lines_per_s",
            rate,
            n=lines,
            is_sound=lines == report["lines"],
            more={"whole_lines_per_s": whole} | more,
        ),
        Figure("load_peak_mb", peak_mb, n=lines, more=more),
    ]


def _run(choice: list[str], env: dict[str, str]) -> tuple[dict[str, Any], float]:
    """Run it to its end: its report, and the most memory (MB) it had by the kernel's count, PostgreSQL's left out."""
    loader = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "cxportal.bench.load_alone", *choice],
        cwd=settings.BASE_DIR,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    deadline = time.monotonic() + LONGEST_SECONDS
    peak_kb = 0
    while loader.poll() is None:
        # The kernel keeps the highest mark, so looking now and then misses only the last moment.
        peak_kb = max(peak_kb, _highest_kb(loader.pid))
        if time.monotonic() > deadline:
            loader.kill()
        time.sleep(LOOK_SECONDS)
    if loader.returncode:
        raise RuntimeError(f"The loader ended with {loader.returncode}; its own words stand above.")
    return json.loads(loader.communicate()[0]), peak_kb / 1024


def _highest_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    # It ended while we looked.
    return 0
