"""The streams of one web process: who listens to what, and what reaches them. Lives in the event loop's thread."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

QUEUE_LENGTH = 64
RESYNC = b"event: resync\ndata: {}\n\n"
PING = b": ping\n\n"


class Hub:
    """Channels and the queues of the streams that listen to them."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)

    def subscribe(self, channels: Iterable[str]) -> asyncio.Queue[bytes]:
        """A queue that gets what is told to any of these channels."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LENGTH)
        for channel in channels:
            self._queues[channel].add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[bytes], channels: Iterable[str]) -> None:
        """Forget a stream."""
        for channel in channels:
            listeners = self._queues.get(channel, set())
            listeners.discard(queue)
            if not listeners:
                self._queues.pop(channel, None)

    def channels(self) -> frozenset[str]:
        """The channels that somebody listens to."""
        return frozenset(self._queues)

    def tell(self, channel: str, chunk: bytes) -> None:
        """Put one event into every queue of a channel."""
        for queue in self._queues.get(channel, ()):
            _put(queue, chunk)

    def tell_all(self, chunk: bytes) -> None:
        """Put one event into every queue there is, once."""
        for queue in set().union(*self._queues.values()) if self._queues else ():
            _put(queue, chunk)


def _put(queue: asyncio.Queue[bytes], chunk: bytes) -> None:
    try:
        queue.put_nowait(chunk)
    except asyncio.QueueFull:
        # A slow reader: its backlog is worth less than the truth, so it is told to ask again.
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(RESYNC)
