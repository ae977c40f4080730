"""Live updates: small notices through the broker, never data.

A notice names a topic, an event and ids. The browser that hears it asks the server again, under
its own permissions, so a stream can leak nothing but the fact that something moved.
"""

import hashlib
import json
import logging
import time
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

from crm.tenancy.context import current_organization_id

logger = logging.getLogger("tongzhou.live")

BYE_CHANNEL = "live:bye"
# How long it is known when a channel last spoke: longer than a page takes to open its stream.
REMEMBERED_SECONDS = 60


def member_topic(member_id: int) -> str:
    """The topic that one member's browsers listen to."""
    return f"member:{member_id}"


EVERYBODY = "everybody"
END = "tz-end"


def channel(organization_id: int, topic: str) -> str:
    """The broker's channel of a topic; the organisation is always part of it."""
    return f"live:{organization_id}:{topic}"


def session_digest(session_key: str) -> str:
    """A name for a session that does not open it."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


def session_channel(session_key: str) -> str:
    """The channel by which the open streams of one session are told to end."""
    return f"live:session:{session_digest(session_key)}"


def end_session_streams(session_key: str) -> None:
    """Close the session's open streams: it was ended from elsewhere."""
    name = session_channel(session_key)
    transaction.on_commit(lambda: _send(name, "{}"))


def last_key(name: str) -> str:
    """Where the broker keeps when a channel last spoke."""
    return f"{name}:last"


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def publish(topic: str, event: str, **ids: Any) -> None:
    """Tell the topic's listeners, after the commit, that `event` happened ("lead-assigned")."""
    name = channel(current_organization_id(), topic)
    message = json.dumps({"event": event, "ids": ids})
    transaction.on_commit(lambda: _send(name, message))


def end_streams() -> None:
    """Close every open stream of the organisation after the commit: it was suspended."""
    publish(EVERYBODY, END)


def _send(name: str, message: str) -> None:
    if not getattr(settings, "LIVE_ENABLED", True):
        return
    try:
        with _client().pipeline(transaction=False) as pipeline:
            pipeline.set(last_key(name), time.time(), ex=REMEMBERED_SECONDS)
            pipeline.publish(name, message)
            pipeline.execute()
    except redis.RedisError:
        logger.warning("The broker is away; pages will catch up when it is back")
