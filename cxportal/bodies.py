"""Which request bodies are let in: of a known length, and not larger than any door needs.

Before Django, because a body sent in chunks has no length and would be read into memory whole, however large.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

MOST_BYTES = 10 * 1024 * 1024
# Python refuses to read a number of thousands of digits.
LONGEST_NUMBER = 20
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def refusal(headers: list[tuple[bytes, bytes]]) -> tuple[int, str, str] | None:
    """(status, code, sentence) when the body that these headers announce is not let in; None when it is."""
    given = {name.lower(): value for name, value in headers}
    length = given.get(b"content-length", b"")
    if b"transfer-encoding" in given:
        return 411, "LENGTH_REQUIRED", "Send the body whole, with its Content-Length; not in chunks."
    if length and (not length.isdigit() or len(length) > LONGEST_NUMBER or int(length) > MOST_BYTES):
        return 413, "BODY_TOO_LARGE", f"A body has at most {MOST_BYTES // 1024 // 1024} MiB."
    return None


async def refuse(send: Send, refused: tuple[int, str, str]) -> None:
    """Answer with a problem document (RFC 9457) and close: what was announced is not read."""
    status, code, detail = refused
    title = "The body is not let in"
    kind = f"urn:cxportal:problem:{code.lower().replace('_', '-')}"
    problem = {"type": kind, "title": title, "status": status, "code": code, "detail": detail}
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
