"""What the operator's pages show: numbers about organisations, never their contents."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.jobs import chores
from crm.organizations.models import OperatorAction, Usage
from crm.tenancy.models import Organization, OrganizationState
from crm.web import formats, markup

COLOURS = {
    OrganizationState.ACTIVE: "green",
    OrganizationState.SUSPENDED: "amber",
    OrganizationState.DELETING: "red",
}
QUIET_SECONDS = 120
LOW_DISK = 0.1


@dataclass(frozen=True)
class Sized:
    """An organisation and its sizes, None where it was not measured yet."""

    organization: Organization
    usage: Usage | None

    @property
    def state(self) -> SafeString:
        state = self.organization.state
        return markup.badge(state.label, COLOURS[state])

    @property
    def tables(self) -> list[tuple[str, int]]:
        """Rows by app, the largest first."""
        found = self.usage.tables if self.usage else {}
        return sorted(found.items(), key=lambda item: -item[1])


def with_sizes(organizations: list[Organization]) -> list[Sized]:
    """The organisations with what was measured of them."""
    known = Usage.objects.in_bulk([one.pk for one in organizations])
    return [Sized(one, known.get(one.pk)) for one in organizations]


@dataclass(frozen=True)
class Told:
    """An operator's action in words."""

    action: OperatorAction
    text: str
    reason: str


def words() -> dict[str, str]:
    return {
        "organization.suspended": _("suspended"),
        "organization.reactivated": _("opened again"),
        "organization.kept": _("cancelled the deletion of"),
        "organization.erased": _("erased when its time had come: number"),
        "account.second_factor_removed": _("removed the second factor of"),
        "sign_up.dropped": _("dropped the sign-up of"),
    }


def told(actions: Iterable[OperatorAction]) -> list[Told]:
    """Actions in words, with their reasons."""
    known, found = words(), []
    for one in actions:
        subject = one.slug or _subject_in(one.details)
        text = f"{known.get(one.action, one.action)} {subject}".strip()
        found.append(Told(one, text, str(one.details.get("reason", ""))))
    return found


def _subject_in(details: dict[str, Any]) -> str:
    """Whom or what it was done to, where it was no organisation that is there."""
    return str(details.get("slug") or details.get("number") or details.get("email") or "")


@dataclass(frozen=True)
class Check:
    """One part of the platform: whether it is well, and a figure."""

    label: str
    is_well: bool
    note: str


def checks() -> list[Check]:
    """Database, broker, workers, disk."""
    return [_database(), _broker(), _workers(), _disk()]


def _database() -> Check:
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    took = (time.monotonic() - started) * 1000
    return Check(_("Database"), True, f"{formats.size(size)} · {took:.0f} ms")


def _broker() -> Check:
    try:
        client = redis.Redis.from_url(
            settings.LIVE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        )
        facts: Any = client.info("memory")
        return Check(_("Broker"), True, formats.size(int(facts["used_memory"])))
    except redis.RedisError:
        return Check(_("Broker"), False, _("does not answer"))


def _workers() -> Check:
    at = chores.last_ran()
    if at is None:
        return Check(_("Worker"), False, _("not heard of yet"))
    ago = int(time.time() - at)
    note = ngettext("heard of %(count)s second ago", "heard of %(count)s seconds ago", ago) % {
        "count": ago
    }
    return Check(_("Worker"), ago < QUIET_SECONDS, note)


def _disk() -> Check:
    usage = shutil.disk_usage(settings.DATA_DIR)
    note = _("%(free)s of %(total)s free") % {
        "free": formats.size(usage.free), "total": formats.size(usage.total)
    }  # fmt: skip
    return Check(_("Disk"), usage.free > usage.total * LOW_DISK, note)


def busy_organizations() -> list[Sized]:
    """Where jobs wait or failed lately, the worst first."""
    rows = Usage.objects.exclude(jobs_waiting=0, jobs_failed=0)
    usages = list(rows.order_by("-jobs_failed", "-jobs_waiting", "number")[:50])
    known = Organization.objects.in_bulk([one.number for one in usages])
    return [Sized(known[one.number], one) for one in usages if one.number in known]
