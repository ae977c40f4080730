"""A request that was sent twice acts once: the second answer is the first one again.

A program that does not know whether its request arrived sends it again under the same
`Idempotency-Key`. The key is written down in the transaction of what the request does, so that of
two at once the second waits and is told the same. Kept for a day; a request that could not be
read, or was refused for its form, leaves nothing and may be sent again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.integrations.models import AccessToken, StoredAnswer
from crm.integrations.problems import Problem
from crm.tenancy.context import tenant_context
from crm.tenancy.models import open_organizations

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
LONGEST = 255
REPEATED = ("Location", "Content-Type", "Content-Language")
# What was done, or refused for good: a program that asks again gets the same answer.
FINAL = frozenset({200, 201, 204, 409})
BEGIN = """
    INSERT INTO integrations_storedanswer
           (organization_id, token_id, key, request_digest, status, headers, body, at)
    VALUES (%s, %s, %s, %s, 0, '{}', '', now()) ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True)
class Begun:
    """A request under a key that has not been answered before."""

    pk: int


def acts_once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap an operation of the API: under a key that was used before it does not act again."""

    @wraps(view)
    def act(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or HEADER not in request.headers:
            return view(request, *args, **kwargs)
        begun = begin(request.token, key_of(request), digest_of(request))
        if isinstance(begun, HttpResponse):
            return begun
        request.begun = begun
        return view(request, *args, **kwargs)

    return act


def key_of(request: HttpRequest) -> str:
    """The key that was sent: 1 to 255 plain signs."""
    key = request.headers[HEADER].strip()
    if not key or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise Problem(400, "bad-key", _("An idempotency key has 1 to 255 plain signs."))
    return key


def digest_of(request: HttpRequest) -> str:
    """Names a request: what it asks, of which address, with what content."""
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def begin(token: AccessToken, key: str, digest: str) -> Begun | HttpResponse:
    """Write the key down; the first answer where it is known. Waits for one that is being made."""
    since = timezone.now() - KEPT
    StoredAnswer.objects.filter(token=token, key=key, at__lt=since).delete()
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [token.organization_id, token.pk, key, digest])
        row: tuple[int] | None = cursor.fetchone()
    if row is not None:
        return Begun(row[0])
    known: StoredAnswer = StoredAnswer.objects.get(token=token, key=key)
    if known.request_digest != digest:
        text = _("This idempotency key belongs to another request. Use a new one for each.")
        raise Problem(422, "key-reused", text)
    headers = {**known.headers, "Idempotent-Replayed": "true"}
    return HttpResponse(known.body or b"", status=known.status, headers=headers)


def finish(begun: Begun, response: HttpResponse) -> None:
    """Keep the answer if it is final; else the key is free again."""
    rows = StoredAnswer.objects.filter(pk=begun.pk)
    if response.status_code not in FINAL:
        rows.delete()
        return
    headers = {name: response.headers[name] for name in REPEATED if name in response.headers}
    rows.update(status=response.status_code, headers=headers, body=response.content.decode())


def sweep_all() -> int:
    """Forget what is older than a day, in every organisation; returns how many answers."""
    gone = 0
    for organization in open_organizations().order_by("pk"):
        with tenant_context(organization.pk, reason="idempotency keys"):
            gone += StoredAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
    return gone
