"""CPU per request of the stock page and of its JSON, under the production server."""

import http.client
import multiprocessing
import threading
from typing import Any
from urllib.parse import quote

from cxportal.bench.figures import Figure, note
from cxportal.bench.server import Server
from cxportal.bench.shape import ON_PAGE, TOWN

CONNECTIONS = 1
ANSWER_SECONDS = 60
PAGE = f"/stock/{ON_PAGE}/?near={quote(TOWN)}"
JSON = f"/api/v1/availability/{ON_PAGE}/?near={quote(TOWN)}"
ROW = {PAGE: b'data-live-key="', JSON: b'"store":'}


def cpu(server: Server, requests: int) -> list[Figure]:
    """Both pages, each after a warm-up."""
    return [_cpu("page_cpu_ms", server, PAGE, requests), _cpu("json_cpu_ms", server, JSON, requests)]


def _cpu(name: str, server: Server, path: str, requests: int) -> Figure:
    _ask_from_outside(server.port, path, CONNECTIONS * 10)
    before = server.cpu_seconds()
    sizes = _ask_from_outside(server.port, path, requests)
    spent_ms = (server.cpu_seconds() - before) * 1000 / len(sizes)
    note(f"{name}: {spent_ms:.2f} ms CPU for {sizes[0]:,} bytes")
    return Figure(name, spent_ms, n=len(sizes), more={"bytes": sizes[0]})


def _ask_from_outside(port: int, path: str, requests: int) -> list[int]:
    """Ask from another process, so that its work is not the server's; the sizes of the answers."""
    context = multiprocessing.get_context("fork")
    answers: Any = context.SimpleQueue()
    person = context.Process(target=_people, args=(port, path, requests, answers), daemon=True)
    person.start()
    person.join(ANSWER_SECONDS)
    if person.exitcode != 0:
        person.kill()
        raise RuntimeError(f"{path} was not answered as it should be; the reason stands above.")
    sizes: list[int] = answers.get()
    return sizes


def _people(port: int, path: str, requests: int, answers: Any) -> None:
    sizes: list[int] = []
    threads = [
        threading.Thread(target=_person, args=(port, path, requests // CONNECTIONS, sizes)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(sizes) != requests // CONNECTIONS * CONNECTIONS:
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
