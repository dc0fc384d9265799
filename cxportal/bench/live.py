"""500 open pages and a till: how long from the sale to the last page that shows it, and does every page hear it?"""

import json
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cxportal.bench.figures import Figure, note, percentile
from cxportal.bench.server import Server, manage, running
from cxportal.bench.shape import ON_PAGE, PageLevel, loyalty_number, page_levels
from cxportal.bench.streams import Course, Heard, listen
from inventory.models import Product, StockChange
from inventory.tickets import product_channel, write_ticket

LONGEST_SECONDS = 120
WARM_UP = 5
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Crowd:
    """How many listen, how many sales, how far apart."""

    streams: int = 500
    sales: int = 50
    apart_seconds: float = 0.1


def figures(server: Server, env: dict[str, str], crowd: Crowd) -> list[Figure]:
    """Post the sales over HTTP while all listen; latency is from the POST to the event, on one clock, for each page."""
    levels = page_levels(timezone.now())[: crowd.sales]
    # What earlier figures sold is not part of this one.
    StockChange.objects.all().delete()
    product = Product.objects.get(sku=ON_PAGE)
    path = f"/events?ticket={write_ticket([product_channel(product.pk)])}"
    course = Course(
        port=server.port,
        opening=_request("GET", path, "Accept: text/event-stream"),
        streams=crowd.streams,
        warm_up=[(level.level_id, _sale(f"warm-{number}", level)) for number, level in enumerate(levels[:WARM_UP])],
        posts=[(level.level_id, _sale(f"live-{number}", level)) for number, level in enumerate(levels)],
        apart_seconds=crowd.apart_seconds,
    )
    with running(manage("worker"), env):
        heard = _from_outside(course)
    return _figures(heard, crowd.streams, len(levels))


def _figures(heard: Heard, streams: int, sales: int) -> list[Figure]:
    expected = streams * sales
    latencies_ms = [seconds * 1000 for seconds in heard.latencies]
    note(f"live: {heard.opened} streams open, {heard.posted} sales posted, {len(latencies_ms)} of {expected} events")
    if heard.trouble:
        note(f"live: {heard.trouble}")
    middle, late = (percentile(latencies_ms, share) if latencies_ms else None for share in (0.5, 0.99))
    is_sound = heard.opened == streams and heard.posted == sales
    shared: dict[str, Any] = {"streams": heard.opened, "sales": heard.posted}
    more = shared | {"p50_ms": middle, "highest_ms": max(latencies_ms, default=None)}
    return [
        Figure("live_p99_ms", late, n=len(latencies_ms), is_sound=is_sound, more=more),
        Figure("live_lost", expected - len(latencies_ms), n=expected, is_sound=is_sound, more=shared),
    ]


def _from_outside(course: Course) -> Heard:
    """All listeners and the till in one process of their own: the server must not share its interpreter with them."""
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    crowd = context.Process(target=_listen, args=(course, results), daemon=True)
    crowd.start()
    heard: Heard = results.get(timeout=LONGEST_SECONDS)
    crowd.join()
    return heard


def _listen(course: Course, results: Any) -> None:
    results.put(listen(course))


def _sale(receipt: str, level: PageLevel) -> bytes:
    body = json.dumps(
        {
            "receipt": receipt,
            "sold_at": timezone.now().isoformat(),
            "customer": {"loyalty_number": loyalty_number(0)},
            "lines": [{"sku": ON_PAGE, "quantity": 1, "unit_price": "9.99"}],
        }
    )
    key = (f"Authorization: Bearer {level.key}", f"Idempotency-Key: {receipt}", "Content-Type: application/json")
    return _request("POST", "/api/v1/sales/", *key, f"Content-Length: {len(body)}", body=body)


def _request(method: str, path: str, *headers: str, body: str = "") -> bytes:
    lines: Sequence[str] = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *headers, "", body]
    return "\r\n".join(lines).encode()
