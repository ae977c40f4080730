"""How often one address or person may ask for something outside all tenants."""

import hashlib
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds; counted per subject, in fixed windows."""

    name: str
    most: int
    seconds: int

    def allows(self, subject: str) -> bool:
        """Count one more; False once there are too many."""
        if not getattr(settings, "LIMITS_ENABLED", True):
            return True
        digest = hashlib.sha256(subject.lower().encode()).hexdigest()[:32]
        key = f"limit:{self.name}:{digest}"
        cache.add(key, 0, self.seconds)
        try:
            return int(cache.incr(key)) <= self.most
        except ValueError:  # the window ended between the two calls
            return True


ASK_ADDRESS = Limit("address", 60, 60)
SIGN_UP = Limit("sign-up", 10, 3600)
SIGN_UP_MAIL = Limit("sign-up-mail", 3, 3600)
CONFIRM = Limit("sign-up-confirm", 30, 3600)
FOUND = Limit("found", 5, 24 * 3600)
PASSWORD = Limit("password-again", 5, 300)


def client_ip(request: HttpRequest) -> str:
    """The address that asks; behind proxies as far as they are trusted."""
    return str(get_adapter(request).get_client_ip(request))
