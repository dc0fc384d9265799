"""Many server-sent event streams and one till, in one event loop. Knows nothing of Django.

Just enough of HTTP for our own server, so that 500 readers don't take the CPU that is being measured.
"""

import asyncio
import re
import time
from dataclasses import dataclass, field
from functools import partial

HOST = "127.0.0.1"
AT_ONCE = 25  # streams that are opened together
OPEN_SECONDS = 30.0
ANSWER_SECONDS = 10.0
# How long the slowest event may take before it counts as lost.
LAST_SECONDS = 8.0
WARM_SECONDS = 1.0
CREATED = b"HTTP/1.1 201"
LEVEL = re.compile(rb'event: stock\ndata: [^\n]*?"level":(\d+)[^\n]*\n\n')


@dataclass(frozen=True)
class Course:
    """What to do: `opening` is the request of each stream; `posts` are (level, request), and so is `warm_up`."""

    port: int
    opening: bytes
    streams: int
    warm_up: list[tuple[int, bytes]]
    posts: list[tuple[int, bytes]]
    apart_seconds: float


@dataclass
class Heard:
    """What came of it; one latency (s) for each event that reached a stream, repeats left out."""

    opened: int = 0
    posted: int = 0
    latencies: list[float] = field(default_factory=list)
    trouble: str = ""


class Reader(asyncio.Protocol):
    """One stream: remembers when it first heard of each level."""

    def __init__(self, opening: bytes) -> None:
        self.opening = opening
        self.rest = b""
        self.heard_at: dict[int, float] = {}
        self.opened = asyncio.get_running_loop().create_future()
        self.transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self.opening)

    def data_received(self, data: bytes) -> None:
        """Keep what is not a whole event yet."""
        now = time.perf_counter()
        self.rest += data
        if not self.opened.done() and b": hello" in self.rest:
            self.opened.set_result(self.rest.startswith(b"HTTP/1.1 200"))
        end = 0
        for found in LEVEL.finditer(self.rest):
            self.heard_at.setdefault(int(found[1]), now)
            end = found.end()
        self.rest = self.rest[end:]

    def connection_lost(self, error: Exception | None) -> None:
        """The server ended it: what it missed will show."""
        if not self.opened.done():
            self.opened.set_result(False)


def listen(course: Course) -> Heard:
    """Open the streams, post the sales, wait for the last event."""
    return asyncio.run(_listen(course))


async def _listen(course: Course) -> Heard:
    heard = Heard()
    readers = await _open(course)
    heard.opened = sum(reader.opened.done() and reader.opened.result() for reader in readers)
    # The first sale after a start pays for imports and templates: it is not the one that shoppers see.
    till = Till(course)
    await till.post(course.warm_up)
    await asyncio.sleep(WARM_SECONDS)
    for reader in readers:
        reader.heard_at.clear()
    sent_at, answers = await till.post(course.posts)
    heard.posted = sum(answer.startswith(CREATED) for answer in answers)
    heard.trouble = next((answer.decode(errors="replace") for answer in answers if not answer.startswith(CREATED)), "")
    deadline = time.perf_counter() + LAST_SECONDS
    while time.perf_counter() < deadline and any(len(reader.heard_at) < len(sent_at) for reader in readers):
        await asyncio.sleep(0.05)
    for reader in readers:
        heard.latencies += [at - sent_at[level] for level, at in reader.heard_at.items() if level in sent_at]
        if reader.transport:
            reader.transport.close()
    return heard


async def _open(course: Course) -> list[Reader]:
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    deadline = loop.time() + OPEN_SECONDS
    for start in range(0, course.streams, AT_ONCE):
        some = [Reader(course.opening) for _ in range(min(AT_ONCE, course.streams - start))]
        await asyncio.gather(*(loop.create_connection(partial(_same, reader), HOST, course.port) for reader in some))
        await asyncio.wait([reader.opened for reader in some], timeout=max(0.1, deadline - loop.time()))
        readers += some
    return readers


def _same(reader: Reader) -> Reader:
    return reader


class Till:
    """Posts sales over one connection that it keeps."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, posts: list[tuple[int, bytes]]) -> tuple[dict[int, float], list[bytes]]:
        """When each level's sale was sent, and what was answered."""
        self.streams = self.streams or await asyncio.open_connection(HOST, self.course.port)
        incoming, outgoing = self.streams
        sent_at: dict[int, float] = {}
        answers = []
        started = time.perf_counter()
        for number, (level, request) in enumerate(posts):
            await asyncio.sleep(max(0.0, started + number * self.course.apart_seconds - time.perf_counter()))
            sent_at[level] = time.perf_counter()
            outgoing.write(request)
            answers.append(await asyncio.wait_for(_answer(incoming), ANSWER_SECONDS))
        return sent_at, answers


async def _answer(incoming: asyncio.StreamReader) -> bytes:
    """Status line and body of one answer, with a length or in chunks."""
    head = await incoming.readuntil(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0]
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length:
        return status + b" " + await incoming.readexactly(int(length[1]))
    body = b""
    while size := int(await incoming.readline(), 16):
        body += (await incoming.readexactly(size + 2))[:-2]
    await incoming.readline()
    return status + b" " + body
