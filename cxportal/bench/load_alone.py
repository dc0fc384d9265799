"""Loads the demo and says how it went, as a program of its own: its memory is the loader's and nobody else's.

Takes "full", "default", or stores and weeks; writes LoadReport as one JSON object to stdout, progress to stderr.
"""

import json
import os
import sys
from dataclasses import asdict

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
django.setup()

from cxportal.demo import Choice, load  # noqa: E402 - models can be imported only after the line above


def main(words: list[str]) -> None:
    """Load into an empty database."""
    if words == ["full"]:
        choice = Choice(stores=None, weeks=None)
    elif words == ["default"]:
        choice = Choice()
    else:
        stores, weeks = map(int, words)
        choice = Choice(stores=stores, weeks=weeks)
    report = load(choice, accounts=False, out=sys.stderr)
    if report is None:
        raise SystemExit("The demo is there already.")
    sys.stdout.write(json.dumps(asdict(report)))


if __name__ == "__main__":
    main(sys.argv[1:])
