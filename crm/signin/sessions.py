"""Where a person is signed in, and ending it there: the cookie, the row and the open stream."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest

from crm.signin import devices
from crm.web import live

SEEN_SECONDS = 300


@dataclass(frozen=True)
class Place:
    """One session as people see it."""

    pk: int
    device: str
    icon: str
    place: str
    begun_at: datetime
    seen_at: datetime
    is_current: bool


def places_of(user_id: int, *, current_key: str | None = None) -> list[Place]:
    """The person's living sessions: this one first, then the latest seen."""
    places = [
        Place(
            pk=one.pk,
            device=devices.name_of(one.user_agent),
            icon=devices.icon_of(one.user_agent),
            place=devices.place_of(one.ip),
            begun_at=one.created_at,
            seen_at=one.last_seen_at,
            is_current=one.session_key == current_key,
        )
        for one in living(user_id)
    ]
    return sorted(places, key=lambda one: (not one.is_current, -one.seen_at.timestamp()))


def living(user_id: int) -> list[UserSession]:
    """Sessions that still open a door; the rows of those that have ended are cleared away."""
    rows = UserSession.objects.filter(user_id=user_id).order_by("-last_seen_at")
    return [one for one in rows if not one.purge()]


def end_sessions(user_id: int, *, pk: int | None = None, but_key: str | None = None) -> int:
    """End one session of the person, or all but one; returns how many ended."""
    rows = UserSession.objects.filter(user_id=user_id)
    if pk is not None:
        rows = rows.filter(pk=pk)
    ended = 0
    for one in rows.exclude(session_key=but_key or ""):
        key = one.session_key
        one.end()
        live.end_session_streams(key)
        ended += 1
    return ended


def note_seen(request: HttpRequest) -> None:
    """Remember where and when the session was last seen, every few minutes."""
    key = request.session.session_key
    if key and cache.add(f"seen:{live.session_digest(key)}", 1, SEEN_SECONDS):
        UserSession.objects.create_from_request(request)
