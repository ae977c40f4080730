"""Each person's language and time zone."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

LANGUAGE_COOKIE = "django_language"


class PreferencesMiddleware:
    """Answer a signed-in person in their own language and time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        language = user.language if user.language in dict(settings.LANGUAGES) else "zh-hans"
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(zone_of(user.time_zone)):
            response = self.get_response(request)
            response.headers["Content-Language"] = language
            return response


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The named time zone; an unknown name falls back to the server's."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
