"""One port: streams run async, pages in threads, and WSGI hears nothing it would misread."""

import asyncio
import importlib
from typing import Any

import pytest


@pytest.fixture(scope="module")
def asgi() -> Any:
    return importlib.import_module("crm.asgi")


def scope(path: str = "/", **more: Any) -> dict[str, Any]:
    return {"type": "http", "path": path, "headers": [], "query_string": b"", **more}


def way_of(asgi: Any, path: str) -> str:
    taken = []

    def way(name: str) -> Any:
        async def app(*_: Any) -> None:
            taken.append(name)

        return app

    dispatch = asgi.dispatcher(streams=way("stream"), pages=way("page"))
    asyncio.run(dispatch(scope(path), None, None))
    return taken[0]


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("/demo/live/", "stream"),
        ("/live/", "stream"),
        ("/demo/leads/", "page"),
        ("/demo/live", "page"),
        ("/demo/live/x", "page"),
        ("/demo/alive/", "page"),
    ],
)
def test_only_live_paths_are_streams(asgi: Any, path: str, way: str) -> None:
    assert way_of(asgi, path) == way


def test_a_header_with_an_underscore_cannot_pose_as_another(asgi: Any) -> None:
    headers = [(b"x_forwarded_proto", b"https"), (b"x-forwarded-proto", b"http")]
    assert asgi.tidy(scope(headers=headers))["headers"] == headers[1:]


@pytest.mark.parametrize(
    ("raw", "query"),
    [
        (b"q=a%20b&x=1", b"q=a%20b&x=1"),
        ("q=华为&p=%E5".encode(), b"q=%E5%8D%8E%E4%B8%BA&p=%E5"),
        (b"q=\xff", b"q=%FF"),
    ],
)
def test_a_query_beyond_ascii_is_encoded_instead_of_failing(
    asgi: Any, raw: bytes, query: bytes
) -> None:
    assert asgi.tidy(scope(query_string=raw))["query_string"] == query


def test_a_body_cut_short_is_an_error_and_not_a_short_body(asgi: Any) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(OSError, match="went away"):
        asyncio.run(asgi.whole_body(receive)())


def test_the_server_may_start_and_stop(asgi: Any) -> None:
    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    said: list[str] = []

    async def receive() -> dict[str, Any]:
        return next(asked)

    async def send(message: dict[str, Any]) -> None:
        said.append(message["type"])

    asyncio.run(asgi.application({"type": "lifespan"}, receive, send))

    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
