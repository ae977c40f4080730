"""Who holds a record that is not theirs: until when, given by whom and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from crm.access import grants, policy
from crm.coded import in_words
from crm.people.models import Department, Member
from crm.sharing.nouns import Noun
from crm.tenancy.clock import last_day, organization_zone

Receiver = Member | Department


@dataclass(frozen=True)
class Share:
    """One record shared with one receiver."""

    receiver: Receiver
    action: str
    until: datetime | None
    last_day: date | None
    by: str
    at: datetime
    reason: str

    @property
    def may_edit(self) -> bool:
        return self.action == grants.EDIT

    @property
    def code(self) -> str:
        """The receiver in an address: m12, d3."""
        return code_of(self.receiver)

    @property
    def is_department(self) -> bool:
        return isinstance(self.receiver, Department)


def code_of(receiver: Receiver) -> str:
    return f"{'m' if isinstance(receiver, Member) else 'd'}{receiver.pk}"


def receiver_of(code: str) -> Receiver | None:
    """The member or department that an address names; None for nobody of ours."""
    kind, digits = code[:1], code[1:]
    if kind not in "md" or not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        return None
    model: Any = Member if kind == "m" else Department
    found: Receiver | None = model.objects.filter(pk=int(digits)).first()
    return found


def shares_of(record: Model) -> list[Share]:
    """With whom the record is shared now, people first, in reading order."""
    people, departments = (
        table.objects.filter(still_valid(), content_object=record).select_related("granted_by")
        for table in type(record).access_grants()  # type: ignore[attr-defined]
    )
    held = list(people.select_related("permission"))
    lent = list(departments.select_related("department").order_by("department__path", "action"))
    zone = organization_zone() if held or lent else UTC
    members = {
        one.user_id: one for one in Member.objects.filter(user_id__in=[row.user_id for row in held])
    }
    found = [
        _share(row, members[row.user_id], row.permission.codename.partition("_")[0], zone)
        for row in held
        if row.user_id in members
    ]
    found.sort(key=lambda one: (one.receiver.sort_key, one.receiver.pk, one.action))  # type: ignore[union-attr]
    return [*found, *(_share(row, row.department, row.action, zone) for row in lent)]


def still_valid() -> Q:
    """Grants that have not ended."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())


def _share(row: Any, receiver: Receiver, action: str, zone: tzinfo) -> Share:
    by = row.granted_by.name if row.granted_by else ""
    ends = last_day(row.expires_at, zone)
    why = in_words(row.reason)
    return Share(receiver, action, row.expires_at, ends, by, row.granted_at, why)


def may_share(member: Member, noun: Noun, record: Any) -> bool:
    """The owner shares what is theirs; others what their right to share reaches."""
    if record.owner_id == member.pk:
        return policy.allowed(member, noun.permission("view"))
    return policy.allowed(member, noun.permission("share"), record)


def sharable(member: Member, noun: Noun, action: str, ids: Sequence[int]) -> QuerySet[Any]:
    """Those of the records that the member may share so far: nobody shares more than they hold."""
    may = policy.visible(member, noun.rows, noun.permission("share")).values("pk")
    rows = noun.rows.filter(Q(owner=member) | Q(pk__in=may), pk__in=ids)
    return policy.visible(member, rows, noun.permission(action))


def opens_nothing(receivers: Sequence[Receiver], noun: Noun, action: str) -> list[Receiver]:
    """Members whose roles lack the permission that the share would carry."""
    permission = noun.permission(action)
    return [
        one
        for one in receivers
        if isinstance(one, Member) and policy.reach_of(one, permission) is None
    ]
