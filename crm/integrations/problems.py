"""What a program is told when something is refused: RFC 9457, in the language it asks for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.integrations.enums import Hold

CONTENT_TYPE = "application/problem+json"
URN = "urn:tongzhou:problem:"
Label = str | Promise


class Problem(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """An answer with a name that programs switch on; `more` are its own members."""

    def __init__(
        self,
        status: int,
        name: str,
        detail: Label,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(name)
        # worded where it is raised, in the language spoken there
        self.status, self.name, self.detail = status, name, str(detail)
        self.title, self.language = title_of(status), get_language() or ""
        self.headers, self.more = dict(headers or {}), more

    def as_response(self) -> HttpResponse:
        """The answer itself."""
        told = {
            "type": f"{URN}{self.name}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        content = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
        headers = {"Content-Language": self.language, **self.headers}
        return HttpResponse(content, status=self.status, content_type=CONTENT_TYPE, headers=headers)


def title_of(status: int) -> str:
    """The kind of refusal in a few words."""
    titles = {
        400: _("The request cannot be read"),
        401: _("A valid access token is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Refused"),
        410: _("It is another record now"),
        411: _("Without a length"),
        413: _("Too large"),
        415: _("Not JSON"),
        422: _("Some values do not fit"),
        429: _("Too many requests"),
        503: _("Busy"),
    }
    return titles.get(status) or _("Our fault")


def unauthorized(*, is_given: bool) -> Problem:
    """No token, or none that counts: which of the two, and nothing more."""
    if not is_given:
        text = _("Send your access token: “Authorization: Bearer tz_…”.")
        return Problem(401, "token-missing", text, headers={"WWW-Authenticate": "Bearer"})
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    text = _("This token is unknown here, has expired or was revoked.")
    return Problem(401, "token-invalid", text, headers=challenge)


def too_many(name: str, detail: Label, *, seconds: int) -> Problem:
    """Asked too often; when to ask again."""
    return Problem(429, name, detail, headers={"Retry-After": str(max(1, seconds))})


def malformed(detail: Label) -> Problem:
    """What was sent is no JSON object that can be read."""
    return Problem(400, "malformed", detail)


def invalid(errors: Sequence[tuple[str, Label]]) -> Problem:
    """Which fields do not fit, and why, each by its name; "" for the whole."""
    told = [{"field": field, "detail": str(detail)} for field, detail in errors]
    first = next((f"{one['field']}: {one['detail']}" for one in told), "")
    return Problem(422, "invalid", first.removeprefix(": "), errors=told)


def not_found() -> Problem:
    """Nothing here, or nothing that the member may see."""
    return Problem(404, "not-found", _("There is nothing here, or nothing you may see."))


def refused(reason: Exception) -> Problem:
    """A rule of the business said no; its words say why and what to do."""
    return Problem(409, "refused", str(reason))


def busy(detail: Label = "") -> Problem:
    """Others were in the way; nothing was saved, and the same request may be sent again."""
    text = detail or _("The database is busy or away. Try again in a moment.")
    return Problem(503, "busy", text, headers={"Retry-After": "5"})


def problem_lines() -> list[tuple[int, str, str]]:
    """Every name with its status and when it is told, for the documentation."""
    told: list[tuple[int, str, str]] = [
        (400, "malformed", _("It cannot be read as JSON in UTF-8.")),
        (400, "bad-key", _("The idempotency key is empty, too long or has odd signs.")),
        (401, "token-missing", _("There is no token.")),
        (401, "token-invalid", _("The token is unknown, expired or revoked.")),
        (403, "not-allowed", _("“permission” says what is missing.")),
        (403, "read-only", _("The token may only read.")),
        *((403, str(hold), str(hold.label)) for hold in Hold if hold != Hold.CLOSED),
        (403, "organization-closed", _("The organisation is suspended or being deleted.")),
        (404, "not-found", _("Not there, or not for this member.")),
        (405, "method-not-allowed", _("“Allow” says which methods there are.")),
        (409, "known-client", _("The client is known: “asks”, “cards” and “confirm” lead on.")),
        (409, "protected-client", _("Only the protected customer may be worked on.")),
        (409, "stale", _("Somebody else saved meanwhile: “current” is what is stored.")),
        (409, "refused", _("Another rule said no; “detail” says which.")),
        (410, "merged", _("It became part of the record in “kept”.")),
        (411, "no-length", _("Sent in chunks: “Content-Length” is missing.")),
        (413, "too-large", _("More than 256 KB in one request.")),
        (415, "not-json", _("The content is not declared as JSON.")),
        (422, "invalid", _("“errors” names each field and why.")),
        (422, "key-reused", _("The idempotency key belongs to another request.")),
        (429, "too-many-requests", _("More requests in this minute than a token may.")),
        (429, "too-many-lookups", _("The member's look-ups are used up for now.")),
        (429, "too-many-guesses", _("Too many invalid tokens from one address.")),
        (503, "busy", _("Try again after “Retry-After”.")),
        (500, "our-fault", _("Nothing was done; it has been written down.")),
    ]
    return told
