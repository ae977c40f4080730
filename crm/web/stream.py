"""The event stream of one browser tab, served by the ASGI half of the web process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio
from django.conf import settings
from django.http import StreamingHttpResponse

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.tenancy.http import TenantRequest
from crm.web import live

PING_SECONDS = 20
LONGEST_SECONDS = 15 * 60


@needs(ANY_MEMBER)
def live_stream(request: TenantRequest) -> StreamingHttpResponse:
    """Server-sent events for the member: their own topic and everybody's.

    The stream ends when its session is ended from elsewhere, and after a quarter of an hour, so
    that a deactivation takes effect; the browser comes back by itself and is checked again. `age`
    is how many milliseconds ago the page was asked for: when something was said since, the page
    hears that it missed it.
    """
    channels = [
        live.channel(request.organization.id, live.member_topic(request.member.id)),
        live.channel(request.organization.id, live.EVERYBODY),
        live.BYE_CHANNEL,
        live.session_channel(request.session.session_key or ""),
    ]
    events = _events(channels, since=time.time() - _age(request))
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _age(request: TenantRequest) -> float:
    """The page's age in seconds as its browser says; nonsense is none."""
    text = request.GET.get("age", "")
    return min(int(text) / 1000, live.REMEMBERED_SECONDS) if text.isdecimal() else 0.0


async def _events(channels: list[str], *, since: float) -> AsyncIterator[str]:
    client = redis.asyncio.Redis.from_url(settings.LIVE_REDIS_URL)
    ends_at = asyncio.get_running_loop().time() + LONGEST_SECONDS
    try:
        async with client.pubsub() as listener:
            await listener.subscribe(*channels)
            yield "retry: 2000\nevent: ready\ndata: {}\n\n"
            if await _has_missed(client, channels[:2], since=since):
                yield "event: missed\ndata: {}\n\n"
            while asyncio.get_running_loop().time() < ends_at:
                message = await listener.get_message(
                    ignore_subscribe_messages=True, timeout=PING_SECONDS
                )
                if message is None:
                    yield ": ping\n\n"
                    continue
                if message["channel"].decode() in channels[2:]:
                    break
                notice = json.loads(message["data"])
                if notice["event"] == live.END:
                    break
                yield _format(notice)
    except redis.exceptions.RedisError:
        return
    finally:
        await client.aclose()


async def _has_missed(client: redis.asyncio.Redis, channels: list[str], *, since: float) -> bool:
    """Whether one of the channels spoke while the page was on its way."""
    spoken = await client.mget([live.last_key(name) for name in channels])
    return any(float(at) >= since for at in spoken if at is not None)


def _format(notice: dict[str, Any]) -> str:
    return f"event: {notice['event']}\ndata: {json.dumps(notice['ids'])}\n\n"
