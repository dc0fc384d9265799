"""One process, one port: live streams are native ASGI, every page is synchronous Django in a fixed thread pool.

The threads live on, so that CONN_MAX_AGE works with psycopg2; Django's own ASGI handler would leak connections there.
"""

import os
from collections.abc import MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from cxportal.bodies import refusal, refuse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
_django: Any = get_wsgi_application()

# The streams read models, which can be imported only now.
from cxportal.live.stream import Receive, Scope, Send, events  # noqa: E402

pages: Any = WSGIMiddleware(_django, workers=int(os.environ.get("THREADS") or "4"))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Dispatch by path; the server's lifespan messages are answered so that it reports a clean start."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await events(scope, receive, send)
    elif scope["type"] == "http" and (refused := refusal(scope["headers"])):
        await refuse(send, refused)
    else:
        await pages(scope, receive, _headers_only(send) if scope.get("method") == "HEAD" else send)


def _headers_only(send: Send) -> Send:
    """Django leaves it to the server to drop the body of an answer to HEAD; this server warns of each."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sent


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
