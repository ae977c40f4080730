"""How often a token may ask: so many requests in each minute of the clock."""

import time

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.integrations.models import AccessToken
from crm.integrations.problems import too_many
from crm.organizations.limits import Limit, client_ip

WINDOW = 60
# guesses of one address at tokens
GUESSES = Limit("api-token", 60, WINDOW)


class Allowance:
    """What is left to a token in this minute."""

    def __init__(self, token: AccessToken) -> None:
        now = time.time()
        self.most: int = settings.API_REQUESTS_PER_MINUTE
        self.seconds = WINDOW - int(now) % WINDOW
        window = int(now) // WINDOW
        self.used = _counted(f"{token.organization_id}:api:{token.pk}:{window}")

    def check(self) -> None:
        """429 when this request is one too many."""
        if self.used > self.most:
            text = _("At most %(most)s requests a minute.") % {"most": self.most}
            raise too_many("too-many-requests", text, seconds=self.seconds)

    @property
    def headers(self) -> dict[str, str]:
        """What is left, so that a program can slow down by itself."""
        return {
            "RateLimit-Limit": str(self.most),
            "RateLimit-Remaining": str(max(0, self.most - self.used)),
            "RateLimit-Reset": str(self.seconds),
        }


def check_guesses(request: HttpRequest) -> None:
    """429 for an address that tries out tokens; called with each one that does not count."""
    try:
        address = client_ip(request)
    except PermissionDenied:  # behind a proxy that does not say; then all count together
        address = ""
    if not GUESSES.allows(address):
        raise too_many("too-many-guesses", _("Too many wrong tokens."), seconds=WINDOW)


def _counted(key: str) -> int:
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        return int(cache.incr(key))
    except ValueError:  # it expired between the two
        return 1
