"""How fast the demo's till lines are loaded with all their rows, and how much memory that takes."""

import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

from cxportal.bench import scratch
from cxportal.bench.figures import Figure, note
from cxportal.bench.server import manage
from inventory.models import SaleLine

LONGEST_SECONDS = 600.0
LOOK_SECONDS = 0.05


def figures(arguments: list[str]) -> list[Figure]:
    """`load_demo` as a person runs it, on an empty database: lines by the wall clock, from its start to its end."""
    with scratch.portal_in(scratch.LOADED):
        env = scratch.environment(scratch.LOADED)
        started = time.monotonic()
        peak_mb = _run(manage("load_demo", *arguments), env)
        seconds = time.monotonic() - started
        lines = SaleLine.objects.count()
    rate = lines / seconds
    note(f"load_demo {' '.join(arguments)}: {lines:,} lines in {seconds:.1f} s, peak {peak_mb:.0f} MB")
    more = {"seconds": seconds, "slice": " ".join(arguments) or "default"}
    return [Figure("load_lines_per_s", rate, n=lines, more=more), Figure("load_peak_mb", peak_mb, n=lines, more=more)]


def _run(command: list[str], env: dict[str, str]) -> float:
    """Run it to its end; the most memory (MB) it had, as the kernel counts it. PostgreSQL's is not part of it."""
    loader = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command, cwd=settings.BASE_DIR, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr
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
        raise RuntimeError(f"{' '.join(command[1:])} ended with {loader.returncode}; its own words stand above.")
    return peak_kb / 1024


def _highest_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    # It ended while we looked.
    return 0
