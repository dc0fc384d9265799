"""`/events`: server-sent events as raw ASGI. A ticket names the channels; without a valid one nothing is heard."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.core.signing import BadSignature

from cxportal.live.hub import Hub
from cxportal.live.listener import Listener
from inventory.tickets import read_ticket

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_STREAMS = 5000
SAFE_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
]
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
    *SAFE_HEADERS,
]
METHODS = ("GET", "HEAD")


class Streams:
    """The hub of this process with its listener; both start with the first stream."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.open = 0
        self._listener: Listener | None = None

    def wake(self) -> None:
        """Start the LISTEN thread, or a new one when it died."""
        if self._listener is None or not self._listener.is_alive():
            self._listener = Listener(self.hub, asyncio.get_running_loop())
            self._listener.start()


streams = Streams()


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one stream until the reader leaves; to HEAD, only say that there would be one."""
    method = scope.get("method", "GET")
    if method not in METHODS:
        return await _refuse(scope, send, 405, b"A stream is read with GET.", (b"allow", b"GET, HEAD"))
    try:
        channels = read_ticket(_ticket(scope))
    except BadSignature:
        return await _refuse(scope, send, 403, b"This stream needs a ticket of the last minute. Reload the page.")
    if streams.open >= MOST_STREAMS:
        return await _refuse(scope, send, 503, b"Too many open pages here. Try again in a minute.")
    if method == "HEAD":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        return await send({"type": "http.response.body", "body": b""})
    streams.wake()
    queue = streams.hub.subscribe(channels)
    streams.open += 1
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    writer = asyncio.create_task(_write(queue, send))
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        writer.cancel()
        streams.hub.unsubscribe(queue, channels)
        streams.open -= 1


async def _write(queue: asyncio.Queue[bytes], send: Send) -> None:
    chunk = b"retry: 2000\n: hello\n\n"
    while True:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        chunk = await queue.get()
        # One write for a burst.
        while not queue.empty():
            chunk += queue.get_nowait()


async def _refuse(scope: Scope, send: Send, status: int, words: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *SAFE_HEADERS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else words})


def _ticket(scope: Scope) -> str:
    return parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket", [""])[0]
