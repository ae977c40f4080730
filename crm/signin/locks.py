"""Locked after too many failures: for how long, and opened by an administrator.

The counting is allauth's (`login_failed` in ACCOUNT_RATE_LIMITS), kept in the cache per address
and per network; here is what it does not offer: the time left and the way out.
"""

import hashlib
import math
import time
from datetime import UTC, datetime

from allauth.account import app_settings
from allauth.core.internal.ratelimit import Rate, parse_rates
from django.core.cache import cache

ACTION = "login_failed"


def key_for(email: str) -> str:
    """What failures are counted under: the address alone, whatever the Host header says."""
    return f"sign-in:{email.strip().lower()}"


def key_for_codes(user_id: int) -> str:
    """Allauth's key for wrong codes of a second factor."""
    return f"mfa-auth-user-{user_id}"


def seconds_left(key: str) -> float:
    """How long the lock under this key still holds; 0 for none."""
    left = 0.0
    for rate, name in _counters(key):
        history: list[float] = cache.get(name, [])
        if len(history) >= rate.amount:
            left = max(left, history[rate.amount - 1] + rate.duration - time.time())
    return max(left, 0.0)


def minutes_left(key: str) -> int:
    """The same in whole minutes, rounded up, at least one."""
    return max(1, math.ceil(seconds_left(key) / 60))


def locked_until(email: str, user_id: int) -> datetime | None:
    """When the person may try again, None if they may now."""
    left = max(seconds_left(key_for(email)), seconds_left(key_for_codes(user_id)))
    return datetime.fromtimestamp(time.time() + left, UTC) if left else None


def unlock(email: str, user_id: int) -> None:
    """Forget the failures, so that the person may try again at once."""
    for key in (key_for(email), key_for_codes(user_id)):
        cache.delete_many([name for _rate, name in _counters(key)])


def _counters(key: str) -> list[tuple[Rate, str]]:
    digest = hashlib.sha256(key.encode()).hexdigest()
    rates = parse_rates(app_settings.RATE_LIMITS.get(ACTION))
    parts = ("allauth", "rl", "allauth.account", ACTION)
    return [(r, ":".join([*parts, str(r), digest])) for r in rates if r.per == "key"]
