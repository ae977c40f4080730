"""See as …: an administrator looks at the product with another member's eyes, changing nothing.

The session remembers per organisation whose eyes and until when. Every request checks anew that
the administrator still may, and that the member is still there; whatever a page would write is
rolled back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRefresh

from crm.access import policy
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from crm.web import htmx, live
from crm.web.preferences import SESSION_KEY as REMEMBERED_COLUMNS

LONGEST = timedelta(minutes=30)
PERMISSION = "access.see_as"
PREFIX = "see-as:"
LEAVE_PATH = "/see-as/leave/"
WHY = {
    "expired": gettext_lazy("half an hour has passed."),
    "permission": gettext_lazy("you may not see as others any more."),
    "deactivated": gettext_lazy("the member was deactivated."),
    "invalid": gettext_lazy("it was begun by somebody else."),
}
SAFE = {"GET", "HEAD", "OPTIONS"}
# One's own settings: whose they would be is a trap, so nobody reaches them with borrowed eyes.
PERSONAL = {"web:preferences", "integrations:own_tokens", "integrations:token"}
# Whatever is sent with it was filled in with borrowed eyes.
MARK = "seen_as"
FORM_BEGINS = b'<input type="hidden" name="csrfmiddlewaretoken"'
MARKED_FORM = f'<input type="hidden" name="{MARK}" value="1">'.encode() + FORM_BEGINS
# What hands out data in bulk, or is not a page at all.
NOT_LOGGED = {"web:live", "web:counts", "web:palette"}


@dataclass(frozen=True)
class Seeing:
    """Whose eyes an administrator looks through, and until when."""

    actor: Member
    target: Member
    until: datetime

    @property
    def minutes_left(self) -> int:
        return max(1, round((self.until - timezone.now()).total_seconds() / 60))


def begin(request: HttpRequest, *, actor: Member, target: Member) -> None:
    """Start looking with the target's eyes; the caller has checked the permission."""
    if target.pk == actor.pk:
        raise Refused(_("These are your own eyes already."))
    if not target.is_active:
        raise Refused(_("This member is deactivated; there is nothing they see."))
    until = timezone.now() + LONGEST
    request.session[_slot(actor)] = {
        "actor": actor.pk,
        "target": target.pk,
        "until": int(until.timestamp()),
    }
    _look_anew(request)
    audit.record("access.see_as_started", target=target, until=until.isoformat())


def end(request: HttpRequest, actor: Member, *, reason: str) -> int | None:
    """Look with one's own eyes again; returns whose were borrowed, None when nobody's."""
    kept = request.session.pop(_slot(actor), None)
    if kept is None:
        return None
    _look_anew(request)
    target_id = kept.get("target") if isinstance(kept, dict) else None
    target = Member.objects.filter(pk=target_id).first() if isinstance(target_id, int) else None
    audit.record("access.see_as_ended", target=target, reason=reason)
    return target.pk if target is not None else None


def _look_anew(request: HttpRequest) -> None:
    """With other eyes: what was chosen is forgotten, open streams end and begin anew."""
    request.session.pop(REMEMBERED_COLUMNS, None)
    live.end_session_streams(request.session.session_key or "")


@dataclass(frozen=True)
class Ended:
    """Borrowed eyes were given back just now, and why."""

    text: str


def resolve(request: HttpRequest, actor: Member) -> Seeing | Ended | None:
    """Whose eyes this request looks through; ends by itself when it may not go on."""
    kept = request.session.get(_slot(actor))
    if kept is None or request.path_info == LEAVE_PATH:
        return None
    seeing = _read(kept, actor)
    if isinstance(seeing, Seeing):
        return seeing
    end(request, actor, reason=seeing)
    return Ended(
        _("You are looking with your own eyes again: %(reason)s") % {"reason": WHY[seeing]}
    )


def answer_to_ended(request: HttpRequest, ended: Ended) -> HttpResponse:
    """Read again with one's own eyes.

    What was sent believing that nothing can change must not be done in one's own name.
    """
    if htmx.is_partial(request):
        messages.info(request, ended.text)
        return HttpResponseClientRefresh()
    if request.method not in SAFE:
        return render(request, "access/see_as_refused.html", {"text": ended.text}, status=403)
    messages.info(request, ended.text)
    return HttpResponseRedirect(request.get_full_path())


def _read(kept: Any, actor: Member) -> Seeing | str:
    """What the session says, or why it no longer holds."""
    if not isinstance(kept, dict) or kept.get("actor") != actor.pk:
        return "invalid"
    target_id, until = kept.get("target"), kept.get("until")
    if not isinstance(target_id, int) or not isinstance(until, int):
        return "invalid"
    ends_at = datetime.fromtimestamp(until, tz=UTC)
    now = timezone.now()
    if not now < ends_at <= now + LONGEST:
        return "expired"
    if not policy.allowed(actor, PERMISSION):
        return "permission"
    rows = Member.objects.select_related("department", "user", "organization")
    target = rows.filter(pk=target_id, is_active=True).first()
    return Seeing(actor, target, ends_at) if target is not None else "deactivated"


def refuse_stale(request: HttpRequest, member: Member) -> HttpResponse | None:
    """What is sent from a page that was read with other eyes is not done in one's own name.

    Another tab may have given the borrowed eyes back; the page says whose eyes it was read with.
    """
    if request.method in SAFE or request.path_info == LEAVE_PATH:
        return None
    own = who(member)
    if request.headers.get("X-Who", own) == own and MARK not in request.POST:
        return None
    text = _("This page was opened with other eyes. Nothing was done; look at it anew first.")
    if htmx.is_partial(request):
        messages.error(request, text)
        return HttpResponseClientRefresh()
    return render(request, "access/see_as_refused.html", {"text": text}, status=403)


def who(member: Member) -> str:
    """Whose eyes a page was read with, as the page itself says it."""
    return f"{member.organization_id}:{member.pk}"


def mark_forms(response: HttpResponse) -> HttpResponse:
    """Every form of a page read with borrowed eyes says so for as long as it is open."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and not response.streaming:
        response.content = response.content.replace(FORM_BEGINS, MARKED_FORM)
    return response


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Whatever the block writes is taken back, jobs and notices with it."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def refusal(request: HttpRequest, seeing: Seeing | Ended) -> HttpResponse | None:
    """The answer to what is not looking; None where looking is all it is."""
    if isinstance(seeing, Ended):
        return answer_to_ended(request, seeing)
    name = request.resolver_match.view_name if request.resolver_match else ""
    if request.method in SAFE and name not in PERSONAL and not request.GET.get("export"):
        return None
    return _refused(request, seeing)


def without_file(request: HttpRequest, response: HttpResponse, seeing: Seeing) -> HttpResponse:
    """A page as it is; a file is not handed out, whichever page made it."""
    if not response.headers.get("Content-Disposition", "").startswith("attachment"):
        return response
    answer = _refused(request, seeing)
    # closed with the answer: close() now would end the request
    answer._resource_closers += response._resource_closers  # type: ignore[attr-defined]
    return answer


def _refused(request: HttpRequest, seeing: Seeing) -> HttpResponse:
    words = _("You are looking with the eyes of %(name)s: nothing can be changed or exported.")
    text = words % {"name": seeing.target.name}
    if htmx.is_partial(request):
        return htmx.toast(HttpResponse(status=403), text, tone="error")
    return render(request, "access/see_as_refused.html", {"text": text}, status=403)


def note(request: HttpRequest, response: HttpResponse, seeing: Seeing) -> None:
    """Write down which page was looked at; parts that a page fetches by itself are not pages."""
    match = request.resolver_match
    name = match.view_name if match else ""
    is_page = not htmx.is_partial(request) or htmx.frame_of(request) != "page"
    if response.status_code == 200 and is_page and name not in NOT_LOGGED:
        path = request.path[:300]
        audit.record("access.seen_as", target=seeing.target, page=name, path=path)


def _slot(actor: Member) -> str:
    return f"{PREFIX}{actor.organization_id}"


def end_all(request: HttpRequest, user: Any) -> None:
    """On sign-out: what was begun in any organisation has ended."""
    for key in [one for one in request.session.keys() if one.startswith(PREFIX)]:  # noqa: SIM118
        kept, organization = request.session.get(key), key.removeprefix(PREFIX)
        actor_id = kept.get("actor") if isinstance(kept, dict) else None
        if not isinstance(actor_id, int) or not organization.isdecimal():
            continue
        with tenant_context(int(organization)):
            actor = Member.objects.filter(pk=actor_id, user=user).first()
        if actor is not None:
            with tenant_context(int(organization), member_id=actor.pk):
                end(request, actor, reason="signed out")
