"""A form that was sent twice acts once: the second answer is the first one again.

`components/form.html` carries a token. Token, address and content together name one submission,
kept in the transaction of what it did. A double click waits for the first to end and is told the
same; a form that was refused, or sent back with other content, is a new submission.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.web.models import Submission

GetResponse = Callable[[HttpRequest], HttpResponse]
FIELD = "once"
FINISHED = "tongzhou.once_finished"
KEPT = timedelta(days=1)
REPEATED = ("Location", "HX-Redirect", "HX-Location", "HX-Trigger", "HX-Refresh", "HX-Reswap")
BEGIN = """
    INSERT INTO web_submission (organization_id, member_id, key, answer, at)
    VALUES (%s, %s, %s, 'null', now()) ON CONFLICT DO NOTHING RETURNING id
"""


def token_for(request: HttpRequest) -> str:
    """The token of the form being drawn: the one it was sent with, or a new one."""
    sent = "" if is_finished(request) else request.POST.get(FIELD, "")[:40]
    return sent or secrets.token_urlsafe(12)


def finish(request: HttpRequest) -> None:
    """The form did its work although the answer is a page: an empty form in its place.

    The next token drawn is a new one, and a repeated submission changes nothing on the screen.
    """
    request.META[FINISHED] = True


def is_finished(request: HttpRequest) -> bool:
    return bool(request.META.get(FINISHED))


class OnceMiddleware:
    """Answer a repeated submission with what the first one was answered; inside the tenant."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = getattr(request, "member", None)
        if request.method != "POST" or member is None or not request.POST.get(FIELD):
            return self.get_response(request)
        key = key_of(request)
        begun = begin(member.organization_id, member.pk, key)
        if begun is None:
            return repeat(Submission.objects.get(member=member, key=key))
        response = self.get_response(request)
        if connection.needs_rollback:
            return response
        if is_finished(request):
            keep(begun, response, stays=True)
        elif is_done(response):
            keep(begun, response)
        else:
            Submission.objects.filter(pk=begun).delete()
        return response


def key_of(request: HttpRequest) -> str:
    """Names one submission: where it went and everything in it."""
    fields = sorted(
        (name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    )
    files = sorted(
        (name, file.name, file.size)
        for name in request.FILES
        for file in request.FILES.getlist(name)
    )
    whole = json.dumps([request.path_info, fields, files], ensure_ascii=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def begin(organization_id: int, member_id: int, key: str) -> int | None:
    """Write the submission down; None when it was made before. Waits for one that is being made."""
    Submission.objects.filter(member_id=member_id, at__lt=timezone.now() - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [organization_id, member_id, key])
        row: tuple[int] | None = cursor.fetchone()
    return row[0] if row else None


def is_done(response: HttpResponse) -> bool:
    """Whether the form did its work: it led on, or closed its frame."""
    if getattr(response, "is_refusal", False) or response.streaming:
        return False
    leads_on = any(name in response.headers for name in ("Location", "HX-Redirect"))
    return response.status_code < 400 and (response.status_code == 204 or leads_on)


def keep(pk: int, response: HttpResponse, *, stays: bool = False) -> None:
    """Remember how the submission was answered; where its page `stays`, a repeat swaps nothing."""
    headers = {name: response.headers[name] for name in _repeated(response)}
    if stays and response.status_code == 200:
        headers = {"HX-Reswap": "none"}
    answer = {"status": response.status_code, "headers": headers}
    Submission.objects.filter(pk=pk).update(answer=answer)


def repeat(submission: Submission) -> HttpResponse:
    """The first answer once more."""
    answer = submission.answer
    return HttpResponse(status=answer["status"], headers=answer["headers"])


def _repeated(response: HttpResponse) -> Iterable[str]:
    return (name for name in REPEATED if name in response.headers)
