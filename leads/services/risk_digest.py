"""The day's digest: to each manager what is newly at risk, once a day, or else nothing."""

import logging
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from crm.access import policy
from crm.people.models import Member
from crm.people.selectors import active_members
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.context import tenant_context
from crm.tenancy.links import public, tenant_url
from crm.tenancy.models import Organization
from crm.web.formats import listed
from leads.enums import RiskFactor, RiskState
from leads.models import CollisionWatch
from leads.selectors.risks import told_to, visible_risks
from leads.services.digest_wishes import stop_url, without_digest
from leads.services.forewarning import watch

logger = logging.getLogger("tongzhou.leads")
DECIDE = "leads.decide_risks"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
TOP = 5
# a warning is dated a moment before others can read it
SEEN_LATE = timedelta(minutes=1)
ROW = (
    "pk", "left_kind", "left_id", "right_kind", "right_id", "score", "probability", "main_factor",
)  # fmt: skip


def send_all(organization_id: int, day: date) -> int:
    """Tell each manager once that day; returns how many were told."""
    with tenant_context(organization_id, reason="risk digest"):
        _come_one_after_the_other(organization_id)
        state = watch()
        if state.digest_on is not None and state.digest_on >= day:
            return 0
        organization = Organization.objects.get(pk=organization_id)
        since, now = _since(state), timezone.now()
        letters = []
        wanted = active_members().exclude(pk__in=without_digest())
        for member in wanted.select_related("user", "department"):
            if policy.allowed(member, DECIDE) and (digest := digest_for(member, since=since)):
                _notify(member, digest)
                letters.append(letter(member, digest, organization))
        state.digest_on, state.digest_at = day, now
        state.save(update_fields=["digest_on", "digest_at"])
    for one in letters:
        _send(one)
    return len(letters)


def _come_one_after_the_other(organization_id: int) -> None:
    """A job that was delivered twice finds the digest sent."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"risk-digest:{organization_id}"])


def _since(state: CollisionWatch) -> datetime | None:
    """Since the last digest; the first one tells of everything."""
    if state.digest_at is not None:
        return state.digest_at - SEEN_LATE
    if state.digest_on is None:
        return None
    zone = timezone.get_current_timezone()
    return datetime.combine(state.digest_on, datetime.min.time(), tzinfo=zone)


def digest_for(member: Member, *, since: datetime | None) -> dict[str, Any] | None:
    """Counts by reason and the likeliest pairs, as this member may see them; None when empty."""
    rows = visible_risks(member).filter(state=RiskState.OPEN)
    fresh = rows if since is None else rows.filter(first_seen_at__gte=since)
    counts = Counter(fresh.values_list("main_factor", flat=True))
    if not counts:
        return None
    top = list(fresh.order_by("-probability", "-pk").values(*ROW)[:TOP])
    return {
        "fresh": counts.total(),
        "open": rows.count(),
        "reasons": [(RiskFactor(code), number) for code, number in counts.most_common()],
        "top": list(zip(top, told_to(member, top), strict=True)),
    }


def _notify(member: Member, digest: dict[str, Any]) -> None:
    with translation.override(member.user.language or settings.LANGUAGE_CODE):
        title = _title(digest["fresh"])
        reasons = listed(f"{code.label} {number}" for code, number in digest["reasons"])
    notify(
        member_ids=[member.pk],
        kind=NotificationKind.LEAD_COLLISION,
        title=f"{title}: {reasons}",
        url=reverse("leads:risks", urlconf=settings.TENANT_URLCONF),
    )


def _title(number: int) -> str:
    words = ngettext("%(count)s new early warning", "%(count)s new early warnings", number)
    return words % {"count": number}


def letter(
    member: Member, digest: dict[str, Any], organization: Organization
) -> EmailMultiAlternatives:
    """The digest as a mail in its reader's language."""
    with translation.override(member.user.language or organization.language):
        pairs = [
            {
                "left": told.left.title,
                "right": told.right.title,
                "owners": " / ".join(one.owner or "—" for one in (told.left, told.right)),
                "probability": row["probability"],
                "why": RiskFactor(row["main_factor"]).label,
            }
            for row, told in digest["top"]
            if told is not None
        ]
        context = {
            **digest,
            "name": member.name,
            "organization": organization.name,
            "pairs": pairs,
            "url": public(tenant_url(organization, "leads:risks")),
            "stop_url": stop_url(member),
        }
        text = render_to_string("leads/risks/digest.txt", context)
        subject = f"{_title(digest['fresh'])} · {organization.name}"
    return EmailMultiAlternatives(
        " ".join(subject.split()),
        text,
        to=[member.user.email],
        headers=_ways_out(context["stop_url"]),
    )


def _ways_out(url: str) -> dict[str, str]:
    """What mail programs make a button of that ends the digest (RFC 2369; RFC 8058: HTTPS only)."""
    headers = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _send(message: EmailMultiAlternatives) -> None:
    """A mail server that is away must not keep the next manager from being told."""
    try:
        message.send()
    except OSError:  # SMTPException is one
        logger.exception("A digest of early warnings was not sent")
