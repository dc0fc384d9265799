"""CPU per request of the stock page and of its JSON, under the production server."""

import http.client
import multiprocessing
import statistics
import threading
from typing import Any
from urllib.parse import quote

from cxportal.bench.figures import Figure, note
from cxportal.bench.server import Server
from cxportal.bench.shape import ON_PAGE, TOWN

# Several, so that each worker gets some; the warm-up goes on until each has had enough.
WARM_UP = 8
WARM_REQUESTS = 80
WARM_SECONDS = 0.15
MOST_ROUNDS = 10
# One request at a time: the figure is the work, not how two processes get along on one core.
CONNECTIONS = 1
# The median of these: a neighbour on the same core makes the same work cost more, for a while.
BLOCKS = 8
ANSWER_SECONDS = 60
PAGE = f"/stock/{ON_PAGE}/?near={quote(TOWN)}"
JSON = f"/api/v1/availability/{ON_PAGE}/?near={quote(TOWN)}"


def cpu(server: Server, requests: int) -> list[Figure]:
    """Both pages, each after a warm-up."""
    return [_cpu("page_cpu_ms", server, PAGE, requests), _cpu("json_cpu_ms", server, JSON, requests)]


def _cpu(name: str, server: Server, path: str, requests: int) -> Figure:
    _warm_up(server, path)
    blocks = [_block(server, path, requests // BLOCKS) for _ in range(BLOCKS)]
    spent_ms = [spent for spent, _ in blocks]
    size = blocks[0][1]
    note(
        f"{name}: {statistics.median(spent_ms):.2f} ms CPU ({min(spent_ms):.2f} to {max(spent_ms):.2f}), {size:,} bytes"
    )
    return Figure(
        name,
        statistics.median(spent_ms),
        n=requests // BLOCKS * BLOCKS,
        more={"lowest": min(spent_ms), "highest": max(spent_ms), "bytes": size},
    )


def _block(server: Server, path: str, requests: int) -> tuple[float, int]:
    """(CPU ms per request, bytes of an answer)"""
    before = server.cpu_seconds()
    sizes = _ask_from_outside(server.port, path, requests, CONNECTIONS)
    return (server.cpu_seconds() - before) * 1000 / len(sizes), sizes[0]


def _warm_up(server: Server, path: str) -> None:
    """The first answers of a worker pay for imports and templates, whoever gets them."""
    cold = server.cpu_by_worker()
    for _ in range(MOST_ROUNDS):
        _ask_from_outside(server.port, path, WARM_REQUESTS, WARM_UP)
        spent = server.cpu_by_worker()
        if all(spent[pid] - cold.get(pid, 0.0) >= WARM_SECONDS for pid in spent):
            return


def _ask_from_outside(port: int, path: str, requests: int, connections: int) -> list[int]:
    """Ask from another process, so that its work is not the server's; the sizes of the answers."""
    context = multiprocessing.get_context("fork")
    answers: Any = context.SimpleQueue()
    person = context.Process(target=_people, args=(port, path, requests, connections, answers), daemon=True)
    person.start()
    person.join(ANSWER_SECONDS)
    if person.exitcode != 0:
        person.kill()
        raise RuntimeError(f"{path} was not answered as it should be; the reason stands above.")
    sizes: list[int] = answers.get()
    return sizes


def _people(port: int, path: str, requests: int, connections: int, answers: Any) -> None:
    sizes: list[int] = []
    threads = [
        threading.Thread(target=_person, args=(port, path, requests // connections, sizes)) for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(sizes) != requests // connections * connections:
        raise RuntimeError(f"{path}: {len(sizes)} of {requests} requests were answered")
    answers.put(sizes)


def _person(port: int, path: str, requests: int, sizes: list[int]) -> None:
    """One connection that is kept."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    for _ in range(requests):
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        sizes.append(len(body))
    line.close()
