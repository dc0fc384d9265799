"""One process, one port: live streams are native ASGI, every page is synchronous Django in a fixed thread pool.

The threads live on, so that CONN_MAX_AGE works with psycopg2; Django's own ASGI handler would leak connections there.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
pages = WSGIMiddleware(get_wsgi_application(), workers=int(os.environ.get("THREADS") or "4"))

from cxportal.live.stream import events  # noqa: E402 - models can be imported only after the line above


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Dispatch by path; the server's lifespan messages are answered so that it reports a clean start."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    if scope["type"] == "http" and scope["path"] == "/events":
        return await events(scope, receive, send)
    await pages(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
