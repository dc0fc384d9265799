"""What is to be loaded, and what a load did."""

from dataclasses import asdict, dataclass
from typing import Any

DEFAULT_SEED = 2017
DEFAULT_STORES = 25
DEFAULT_WEEKS = 8


@dataclass(frozen=True)
class Choice:
    """What to load: the busiest `stores`, their last `weeks` weeks; None means all. `seed` fixes what is made up."""

    stores: int | None = DEFAULT_STORES
    weeks: int | None = DEFAULT_WEEKS
    seed: int = DEFAULT_SEED

    def as_json(self) -> dict[str, Any]:
        """As kept with the load."""
        return asdict(self)


@dataclass(frozen=True)
class LoadReport:
    """Figures of one load. `till_seconds` is the time for the till lines with all their rows."""

    lines: int
    rows: int
    seconds: float
    till_seconds: float
    peak_mb: float

    @property
    def lines_per_second(self) -> float:
        """Till lines loaded per second, each with its share of receipts, ledger rows, movements and levels."""
        return self.lines / self.till_seconds if self.till_seconds else 0.0

    def __str__(self) -> str:
        return (
            f"{self.lines:,} till lines ({self.rows:,} rows) in {self.seconds:.1f} s;"
            f" tills alone {self.till_seconds:.1f} s, {self.lines_per_second:,.0f} lines/s; peak {self.peak_mb:.0f} MB"
        )
