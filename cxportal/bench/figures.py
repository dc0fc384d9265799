"""One figure, and how it is printed."""

import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

STARTED = time.monotonic()
AT_MOST, AT_LEAST = "at most", "at least"


@dataclass(frozen=True)
class Goal:
    """The number that issue and documents promise, with its direction."""

    number: float
    side: str

    def is_met(self, value: float) -> bool:
        """True when `value` keeps the promise."""
        return value <= self.number if self.side == AT_MOST else value >= self.number


@dataclass(frozen=True)
class Promise:
    """A figure before it is measured."""

    unit: str
    goal: Goal


PROMISES = {
    "post_sale_statements": Promise("statements", Goal(8, AT_MOST)),
    "post_sale_vs_raw_sql": Promise("share", Goal(0.40, AT_LEAST)),
    "post_sale_vs_raw_sql_8": Promise("share", Goal(0.20, AT_LEAST)),
    "availability_500_statements": Promise("statements", Goal(3, AT_MOST)),
    "oversold": Promise("pieces", Goal(0, AT_MOST)),
    "load_lines_per_s": Promise("lines/s", Goal(15_000, AT_LEAST)),
    "load_peak_mb": Promise("MB", Goal(600, AT_MOST)),
    "page_cpu_ms": Promise("ms", Goal(15, AT_MOST)),
    "json_cpu_ms": Promise("ms", Goal(6, AT_MOST)),
    "live_p99_ms": Promise("ms", Goal(250, AT_MOST)),
    "live_lost": Promise("events", Goal(0, AT_MOST)),
    "unsold": Promise("pieces", Goal(0, AT_MOST)),
    "hold_p99_ms": Promise("ms", Goal(100, AT_MOST)),
    "hold_vs_raw_sql": Promise("share", Goal(0.40, AT_LEAST)),
    "hold_vs_raw_sql_8": Promise("share", Goal(0.20, AT_LEAST)),
    "hold_vs_oscar": Promise("times", Goal(5, AT_LEAST)),
    "hold_vs_pretix": Promise("times", Goal(20, AT_LEAST)),
    "availability_vs_oscar": Promise("times", Goal(4, AT_LEAST)),
    "expiry_per_s": Promise("holds/s", Goal(5_000, AT_LEAST)),
    "ingest_per_s": Promise("movements/s", Goal(10_000, AT_LEAST)),
    "nearest_p95_ms": Promise("ms", Goal(10, AT_MOST)),
    "search_p95_ms": Promise("ms", Goal(50, AT_MOST)),
    "growth_1e5_to_1e7": Promise("times", Goal(1.5, AT_MOST)),
    "confidence_updates_per_s": Promise("updates/s", Goal(5_000, AT_LEAST)),
    "sweep_1m_s": Promise("s", Goal(180, AT_MOST)),
    "calibration_worst_decile": Promise("points", Goal(5, AT_MOST)),
    "brier_vs_book": Promise("share", Goal(0.6, AT_MOST)),
    "phantom_found_7d_vs_random": Promise("times", Goal(1, AT_LEAST)),
    "phantom_found_7d_vs_oldest": Promise("times", Goal(1, AT_LEAST)),
}


@dataclass(frozen=True)
class Figure:
    """What was measured; `value` None: it could not be. `n` is what it rests on. `is_sound` False spoils a met goal."""

    name: str
    value: float | None
    n: int
    peer: dict[str, Any] | None = None
    ratio: float | None = None
    is_sound: bool = True
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether it was measured, soundly, and keeps its promise."""
        return self.value is not None and self.is_sound and PROMISES[self.name].goal.is_met(self.value)

    def line(self, area: str) -> str:
        """One JSON object; `peer` and `ratio` only where there is a peer in the same run."""
        promise = PROMISES[self.name]
        shown: dict[str, Any] = {
            "area": area,
            "name": self.name,
            "value": rounded(self.value),
            "unit": promise.unit,
            "n": self.n,
            "goal": promise.goal.number,
            "ok": self.is_ok,
        }
        if self.peer is not None:
            shown |= {"peer": self.peer, "ratio": rounded(self.ratio)}
        return json.dumps(shown | {key: rounded(value) for key, value in self.more.items()})


def rounded(value: Any) -> Any:
    """Three digits that mean something; everything else as it is."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def note(text: str) -> None:
    """Tell the person who watches; never on stdout, which belongs to the figures."""
    sys.stderr.write(f"{time.monotonic() - STARTED:6.1f} s  {text}\n")
    sys.stderr.flush()


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank); `values` must not be empty."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)]
