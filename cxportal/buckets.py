"""Token buckets: how much each caller may still take. Pure rules."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

# So many callers are remembered; the one who was silent longest is forgotten first, his bucket is full by then.
MOST_CALLERS = 50_000


@dataclass
class Bucket:
    """What is left, at a moment of the clock that the caller goes by (seconds)."""

    left: float
    at: float


class Buckets:
    """One bucket for each caller: holds `size`, and fills by `per_second`."""

    def __init__(self, per_second: float, size: float, *, most_callers: int = MOST_CALLERS) -> None:
        self.per_second = per_second
        self.size = size
        self.most_callers = most_callers
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        # Requests are served by several threads.
        self._lock = Lock()

    def take(self, caller: str, now: float) -> float:
        """Take one; 0 when there was one, else the seconds until there is. Who has to wait pays nothing."""
        with self._lock:
            bucket = self._buckets.setdefault(caller, Bucket(self.size, now))
            self._buckets.move_to_end(caller)
            if len(self._buckets) > self.most_callers:
                self._buckets.popitem(last=False)
            bucket.left = min(self.size, bucket.left + (now - bucket.at) * self.per_second)
            bucket.at = now
            if bucket.left < 1:
                return (1 - bucket.left) / self.per_second
            bucket.left -= 1
            return 0.0
