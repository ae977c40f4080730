"""The cache behind the broker's address: a page is never lost because the broker is away.

While it is away a local memory (or, for sessions, nothing) answers in its place, so that limits
still hold within each process. What was not deleted meanwhile must not come back: the first word
with the broker after its absence empties the cache, which holds copies only.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger("tongzhou.cache")

ASK_AGAIN_SECONDS = 2.0
LOST = (redis.RedisError, OSError)


class Outage:
    """What one process knows about one broker: until when not to ask, and what it missed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ask_at = 0.0
        self.is_missed = False

    def begins(self) -> None:
        """The broker did not answer."""
        with self.lock:
            if not self.is_missed:
                logger.warning("The broker is away; pages are served without its cache")
            self.is_missed, self.ask_at = True, time.monotonic() + ASK_AGAIN_SECONDS

    def ends(self) -> None:
        """The broker answered, and the cache is empty."""
        with self.lock:
            self.is_missed = False


_outages: dict[str, Outage] = {}


class PatientRedisCache(RedisCache):
    """Django's Redis cache that answers from elsewhere while the broker is away.

    With `"AWAY": "nothing"` it answers as an empty cache then, else from the process's memory.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.outage = _outages.setdefault(str(server), Outage())
        kind: Any = DummyCache if params.get("AWAY") == "nothing" else LocMemCache
        self.substitute = kind("away", {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if self.outage.is_missed and time.monotonic() < self.outage.ask_at:
            return getattr(self.substitute, name)(*args, **kwargs)
        ask: Callable[..., Any] = getattr(super(), name)
        try:
            if self.outage.is_missed:
                super().clear()
                self.outage.ends()
            return ask(*args, **kwargs)
        except LOST:
            self.outage.begins()
            return getattr(self.substitute, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._ask("clear")
