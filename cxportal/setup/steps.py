"""Run steps one after the other and show how far we are."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .places import BASE, LOCAL, environment

LOG = LOCAL / "setup.log"


class StepError(Exception):
    """A step failed; the message says all that the user needs."""


@dataclass(frozen=True)
class Step:
    """One thing to do. `work` returns what to say about it, such as "already there"."""

    name: str
    work: Callable[[], str | None]
    speaks: bool = False  # prints lines of its own


def run_steps(steps: Sequence[Step]) -> None:
    """All of them, in order; the first failure ends the program with its reason."""
    for number, step in enumerate(steps, 1):
        print(f"{number}/{len(steps)} {step.name} ...", end="\n" if step.speaks else " ", flush=True)
        started = time.monotonic()
        try:
            remark = step.work()
        except StepError as error:
            print("failed")
            sys.exit(f"{step.name}: {error}")
        lead = f"{number}/{len(steps)} {step.name}: " if step.speaks else ""
        print(f"{lead}{time.monotonic() - started:.1f} s" + (f", {remark}" if remark else ""), flush=True)


def quietly(
    command: Sequence[object], *, env: Mapping[str, str] | None = None, cwd: Path = BASE, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it says for the log; when it fails, show the end of that."""
    done = subprocess.run(  # noqa: S603 - our own commands, no shell
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env or environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n")
    if check and done.returncode:
        raise StepError(f"{command[0]} ended with {done.returncode}\n{done.stdout[-4000:]}")
    return done


def openly(command: Sequence[object], *, env: Mapping[str, str] | None = None) -> int:
    """Run a command on the user's terminal; return its exit code."""
    return subprocess.run(  # noqa: S603 - our own commands, no shell
        [str(part) for part in command], cwd=BASE, env=dict(env or environment()), check=False
    ).returncode
