"""A small run of `manage.py bench`, one at a time: two at once are refused, and would measure each other."""

import fcntl
import os
import subprocess
import sys

from django.conf import settings

LONGEST_SECONDS = 480


def small_bench(area: str) -> subprocess.CompletedProcess[str]:
    """What it printed; waits until the tests' other processes have ended theirs."""
    with open(settings.CX_LOCAL / "bench-of-tests.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "bench", area, "--small"],
            env={**os.environ, "CX_TESTING": "1", "CX_LOCAL": str(settings.CX_LOCAL)},
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
