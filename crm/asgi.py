"""One port, two kinds of answers: live streams run async, every other page in a thread.

Django's synchronous middleware costs a factor of two to three under ASGI, so pages go through
WSGI; a stream would hold a thread for hours, so streams stay on the event loop.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import quote

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application

from crm.wsgi import application as pages

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[..., Awaitable[None]]

LIVE_SUFFIX = "/live/"
THREADS = int(os.environ.get("WEB_THREADS") or 8)


class BodyInterrupted(OSError):
    """The sender left before the whole body came: a half request must not be taken for a whole."""


def tidy(scope: Scope) -> Scope:
    """Close what WSGI would mix up: underscores in header names, letters beyond ASCII."""
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query: bytes = scope["query_string"]
    if not query.isascii():
        query = quote(query, safe="%&=+;/?:@!$'()*,~-._").encode()
    return {**scope, "headers": headers, "query_string": query}


def whole_body(receive: Receive) -> Receive:
    """Raise when the client disconnects inside its request body."""

    async def receive_part() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyInterrupted("The client went away.")
        return message

    return receive_part


async def lifespan(receive: Receive, send: Send) -> None:
    """Say yes to start and stop: there is nothing to open here."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def dispatcher(*, streams: App, pages: App) -> App:
    """Send live streams one way and pages the other."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
        elif scope["path"].endswith(LIVE_SUFFIX):
            await streams(scope, receive, send)
        else:
            await pages(tidy(scope), whole_body(receive), send)

    return dispatch


application = dispatcher(
    streams=get_asgi_application(), pages=WSGIMiddleware(cast("Any", pages), workers=THREADS)
)
