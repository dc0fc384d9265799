"""What was said of shelves against what people found there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection

from inventory.calibration import BANDS, Looks, total

DAYS = 90
Key = TypeVar("Key")

OBSERVED = """
SELECT least(%(bands)s - 1, floor(chance * %(bands)s))::int, kind, count(*), count(*) FILTER (WHERE was_there),
  sum(chance), sum((chance - was_there::int) ^ 2), sum(((book > 0)::int - was_there::int) ^ 2)::float8
FROM inventory_shelfobservation WHERE observed_at > %(start)s AND observed_at <= %(now)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Calibration:
    """Looks of the last 90 days: by band of what was said (0: below 10 in 100), by kind of look, and in all."""

    bands: dict[int, Looks]
    kinds: dict[str, Looks]
    all_looks: Looks | None


def calibration(now: datetime) -> Calibration:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(OBSERVED, {"bands": BANDS, "start": now - timedelta(days=DAYS), "now": now})
        rows = cursor.fetchall()
    bands: dict[int, list[Looks]] = defaultdict(list)
    kinds: dict[str, list[Looks]] = defaultdict(list)
    for band, kind, *sums in rows:
        looks = Looks(*sums)
        bands[band].append(looks)
        kinds[kind].append(looks)
    return Calibration(_sums(bands), _sums(kinds), total(looks for parts in bands.values() for looks in parts))


def _sums(groups: Mapping[Key, list[Looks]]) -> dict[Key, Looks]:
    sums = {key: total(parts) for key, parts in groups.items()}
    return {key: looks for key, looks in sums.items() if looks}
