"""Are our numbers right? What was said of shelves against what was found there. Pure rules.

Of all shelves of which "84 in 100" was said, 84 in 100 must have it: reliability (Murphy 1973), by bands of ten. The
Brier score is the mean square of what was said less what was found; the book's own says 1 where it has a piece.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

BANDS = 10
# Below this a share is a hint, not a figure.
FEWEST = 30
# So far a share may lie beside what was said and still count as what was said: nobody drives differently for less.
TOLERATED = 0.05
Z_95 = 1.959964


@dataclass(frozen=True)
class Looks:
    """Looks at shelves of which about the same was said. `said` and the squares are sums over all `n`."""

    n: int
    found: int
    said: float
    squares: float
    book_squares: float

    @property
    def said_share(self) -> float:
        """What was said, on average."""
        return self.said / self.n

    @property
    def found_share(self) -> float:
        """What was found."""
        return self.found / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """In which the true share lies with 95 % confidence."""
        return wilson(self.found, self.n)

    @property
    def is_indicative(self) -> bool:
        """Whether there are too few looks for a figure."""
        return self.n < FEWEST

    @property
    def is_off(self) -> bool:
        """Whether what was said is farther from what was found than we may be, and than chance explains."""
        low, high = self.interval
        is_chance = self.is_indicative or low <= self.said_share <= high
        return not is_chance and abs(self.said_share - self.found_share) > TOLERATED

    @property
    def brier(self) -> float:
        """Mean square of our error."""
        return self.squares / self.n

    @property
    def book_brier(self) -> float:
        """Mean square of the error of who believes the book."""
        return self.book_squares / self.n


def total(parts: Iterable[Looks]) -> Looks | None:
    """All looks together; None when there are none."""
    known = list(parts)
    if not any(part.n for part in known):
        return None
    return Looks(
        n=sum(part.n for part in known),
        found=sum(part.found for part in known),
        said=sum(part.said for part in known),
        squares=sum(part.squares for part in known),
        book_squares=sum(part.book_squares for part in known),
    )


def wilson(found: int, n: int) -> tuple[float, float]:
    """95 % interval of a share by Wilson 1927; `n` at least 1."""
    share, z2 = found / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def worst_band(bands: Sequence[Looks]) -> Looks | None:
    """The band with enough looks whose words are farthest from what was found, one that is off before all others."""
    known = [band for band in bands if not band.is_indicative]
    return max(known, key=lambda band: (band.is_off, abs(band.said_share - band.found_share)), default=None)
