"""The kept day of the data set, posted through the HTTP API as its tills would have done it."""

import http.client
import json
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from .people import loyalty_number
from .places import store_code
from .tills import Lines, kept_day_lines

PATH = "/api/v1/sales/"
TIMEOUT_SECONDS = 15
TRIES = 6
FIRST_WAIT_SECONDS = 0.1
# So many failures and not one success: nobody is there.
GIVE_UP_AFTER = 4
NO_ANSWER = 0
# These may go away by themselves; any other refusal is the receipt's own fault and is not repeated.
TEMPORARY = frozenset({NO_ANSWER, 408, 409, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Receipt:
    """One receipt of the kept day; `second` counts from the day's first one."""

    store: str
    number: str
    second: int
    loyalty_number: str
    lines: tuple[tuple[str, int, int], ...]

    def body(self, run: str, sold_at: datetime) -> bytes:
        """What the till posts. `run` makes it another receipt than that of an earlier replay."""
        lines = [
            {"sku": sku, "quantity": quantity, "unit_price": f"{cents / 100:.2f}"}
            for sku, quantity, cents in self.lines
        ]
        receipt = {
            "receipt": f"{self.number}-{run}",
            "sold_at": sold_at.isoformat(),
            "customer": {"loyalty_number": self.loyalty_number},
            "lines": lines,
        }
        return json.dumps(receipt).encode()


@dataclass
class Tally:
    """What has happened so far; shared by the tills' threads."""

    receipts: int = 0
    lines: int = 0
    repeated: int = 0
    failed: int = 0
    last_error: str = ""
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **counts: int) -> None:
        """Count."""
        with self.lock:
            for name, count in counts.items():
                setattr(self, name, getattr(self, name) + count)

    @property
    def is_hopeless(self) -> bool:
        """Whether nobody seems to be there."""
        return self.failed >= GIVE_UP_AFTER and not self.receipts

    def __str__(self) -> str:
        rate = self.lines / max(0.001, time.monotonic() - self.started)
        trouble = f" ({self.last_error})" if self.last_error else ""
        return (
            f"{self.receipts:,} receipts, {self.lines:,} lines, {rate:,.1f} lines/s,"
            f" {self.repeated} repeated, {self.failed} failed{trouble}"
        )


def kept_day_receipts(real_stores: Sequence[int]) -> list[Receipt]:
    """The kept day's receipts in order of time."""
    lines = kept_day_lines(real_stores)
    starts = np.flatnonzero(np.diff(lines.basket, prepend=-1))
    ends = np.append(starts[1:], len(lines))
    return [_receipt(lines, int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _receipt(lines: Lines, start: int, end: int) -> Receipt:
    columns = (lines.product[start:end], lines.quantity[start:end], lines.cents[start:end])
    return Receipt(
        store=store_code(int(lines.store[start])),
        number=str(lines.basket[start]),
        second=int(lines.wall[start] - lines.wall[0]),
        loyalty_number=loyalty_number(int(lines.household[start])),
        lines=tuple((str(sku), int(quantity), int(cents)) for sku, quantity, cents in zip(*columns, strict=True)),
    )


class TillLine:
    """One till's connection, kept alive between receipts."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.connection: http.client.HTTPConnection | None = None

    def post(self, key: str, idempotency_key: str, body: bytes) -> tuple[int, str]:
        """(status, the problem's detail). Raises OSError or HTTPException when the line is dead."""
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key,
        }
        self.connection = self.connection or self._connect()
        self.connection.request("POST", PATH, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, "" if answer.status < 400 else _detail(text)

    def close(self) -> None:
        """Hang up; the next receipt dials again."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.parts.scheme == "https" else http.client.HTTPConnection
        return kind(self.parts.hostname or "127.0.0.1", self.parts.port, timeout=TIMEOUT_SECONDS)


def _detail(text: bytes) -> str:
    try:
        return str(json.loads(text).get("detail", ""))[:200]
    except (ValueError, AttributeError):
        return text[:80].decode(errors="replace")


class Replay:
    """Posts receipts at their time of day; each store's receipts go over one line, in order."""

    def __init__(
        self,
        url: str,
        keys: dict[str, str],
        *,
        run: str,
        tills: int,
        clock: Callable[[], datetime],
        first_wait_seconds: float = FIRST_WAIT_SECONDS,
    ) -> None:
        self.url, self.keys, self.run, self.clock = url, keys, run, clock
        self.first_wait_seconds = first_wait_seconds
        self.tally = Tally()
        self.lanes: list[queue.Queue[Receipt | None]] = [queue.Queue(maxsize=50) for _ in range(tills)]

    def play(self, receipts: Iterable[Receipt], *, speed: float, tell: Callable[[Tally], Any]) -> Tally:
        """Post all of them, `speed` times as fast as they happened; `tell` hears of each one sent on its way."""
        threads = [threading.Thread(target=self._serve, args=(lane,), daemon=True) for lane in self.lanes]
        for thread in threads:
            thread.start()
        lane_of = {store: self.lanes[place % len(self.lanes)] for place, store in enumerate(sorted(self.keys))}
        started = time.monotonic()
        for receipt in receipts:
            if self.tally.is_hopeless:
                break
            time.sleep(max(0.0, started + receipt.second / speed - time.monotonic()))
            lane_of[receipt.store].put(receipt)
            tell(self.tally)
        for lane in self.lanes:
            lane.put(None)
        for thread in threads:
            thread.join()
        if not self.tally.failed:
            # What was overcome need not worry anybody afterwards.
            self.tally.last_error = ""
        tell(self.tally)
        return self.tally

    def _serve(self, lane: "queue.Queue[Receipt | None]") -> None:
        line = TillLine(self.url)
        while (receipt := lane.get()) is not None:
            if not self.tally.is_hopeless:
                self._post(line, receipt)
        line.close()

    def _post(self, line: TillLine, receipt: Receipt) -> None:
        """Post until it is in or refused for good. The same key and body: a repeat has no second effect."""
        body = receipt.body(self.run, self.clock())
        key = f"{receipt.store}:{receipt.number}:{self.run}"
        for attempt in range(TRIES):
            if attempt:
                self.tally.add(repeated=1)
                time.sleep(self.first_wait_seconds * 2**attempt)
            try:
                status, detail = line.post(self.keys[receipt.store], key, body)
                trouble = f"{status}: {detail}"
            except (OSError, http.client.HTTPException) as error:
                line.close()
                status, trouble = NO_ANSWER, f"no answer: {str(error) or type(error).__name__}"
            if NO_ANSWER < status < 400:
                self.tally.add(receipts=1, lines=len(receipt.lines))
                return
            self.tally.last_error = trouble
            if status not in TEMPORARY:
                break
        self.tally.add(failed=1)
