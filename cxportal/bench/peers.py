"""Other projects doing the same thing on the same server: each in an environment and a database of its own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from cxportal.bench import scratch
from cxportal.bench.figures import note

FOLDER = Path(__file__).parent
# What a program that failed said last.
LAST_WORDS = 600


@dataclass(frozen=True)
class Peer:
    """A project: its script, the environment that set-up made for it, and how long it may take."""

    name: str
    script: str
    venv: str
    seconds: float

    @property
    def python(self) -> Path:
        """The interpreter that has it."""
        return Path(settings.CX_LOCAL) / self.venv / "bin" / "python"


OSCAR = Peer("django-oscar", "peer_oscar.py", "bench-venv", 120)
# Its tables alone take it a quarter of a minute.
PRETIX = Peer("pretix", "peer_pretix.py", "pretix-venv", 240)


def ask(peer: Peer, **given: Any) -> dict[str, Any] | None:
    """What `peer` measured of itself; None, with the reason on stderr, where it is not installed or fails."""
    if not peer.python.exists():
        note(f"{peer.name} is not installed (make bench does it): no peer")
        return None
    owner = {key: value for key, value in settings.DATABASE_OWNER.items() if key != "OPTIONS"}
    with scratch.database(scratch.PEERS):
        # -P: this folder's modules are not the peer's.
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            [peer.python, "-P", str(FOLDER / peer.script)],
            input=json.dumps({"database": {**owner, "NAME": scratch.PEERS}, **given}),
            capture_output=True,
            text=True,
            timeout=peer.seconds,
            check=False,
        )
    if done.returncode:
        note(f"{peer.name} failed, no peer: {done.stderr[-LAST_WORDS:]}")
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def with_oversold(answer: dict[str, Any] | None, pieces: int) -> dict[str, Any] | None:
    """The same with the number of pieces that were sold and were not there, over all rounds."""
    return answer and answer | {"oversold": sum(max(0, sold - pieces) for sold in answer["sold"])}
