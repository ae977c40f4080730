"""Absences: one person is away once at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.audit import services as audit
from crm.people.models import Absence, AbsenceKind, Member
from crm.people.presence import away_now
from crm.people.services.members import locked_member
from crm.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class Away:
    """What is recorded about an absence."""

    start_at: datetime
    end_at: datetime
    is_whole_days: bool = True
    kind: str = AbsenceKind.LEAVE
    deputy: Member | None = None
    note: str = ""


@transaction.atomic
def record_absence(*, member_id: int, away: Away, by: Member | None) -> Absence:
    """Write down that a member will be away."""
    member = locked_member(member_id)
    _check(member, away, but=0)
    absence = Absence(member=member, recorded_by=by)
    _take(absence, away)
    absence.save()
    audit.record("member.absence_recorded", target=member, **_told(absence))
    _let_begin(absence)
    return absence


@transaction.atomic
def change_absence(*, absence_id: int, away: Away) -> Absence:
    """Change an absence: earlier or later, another deputy."""
    member = locked_member(Absence.objects.values_list("member_id", flat=True).get(pk=absence_id))
    absence: Absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence_id)
    _check(member, away, but=absence.pk)
    _take(absence, away)
    absence.save()
    audit.record("member.absence_changed", target=member, **_told(absence))
    _let_begin(absence)
    return absence


def _let_begin(absence: Absence) -> None:
    """At once where it has begun, else at its moment."""
    if absence.start_at <= timezone.now():
        away_now(absence.member)
        return
    jobs.enqueue(
        "people.absence_begins",
        key=f"absence-{absence.pk}-{absence.start_at.timestamp():.0f}",
        run_after=absence.start_at,
        absence_id=absence.pk,
    )


@transaction.atomic
def begin_absence(*, absence_id: int) -> None:
    """The moment of an absence has come; nothing happens when it was moved or removed."""
    absence = Absence.objects.select_related("member").filter(pk=absence_id).first()
    if absence is not None:
        away_now(absence.member)


@transaction.atomic
def remove_absence(*, absence_id: int) -> None:
    """The member is not away after all."""
    absence = Absence.objects.select_related("member").filter(pk=absence_id).first()
    if absence is not None:
        audit.record("member.absence_removed", target=absence.member, **_told(absence))
        absence.delete()


def _take(absence: Absence, away: Away) -> None:
    for name in ("start_at", "end_at", "is_whole_days", "kind", "deputy", "note"):
        setattr(absence, name, getattr(away, name))


def _check(member: Member, away: Away, *, but: int) -> None:
    if away.end_at <= away.start_at:
        raise Refused(_("An absence ends after it begins."))
    if away.deputy is not None and away.deputy.pk == member.pk:
        raise Refused(_("Nobody can be their own deputy."))
    others = Absence.objects.filter(
        member=member, start_at__lt=away.end_at, end_at__gt=away.start_at
    ).exclude(pk=but)
    if others.exists():
        raise Refused(
            _("%(name)s is already away within this time. Change that absence instead.")
            % {"name": member.name}
        )


def _told(absence: Absence) -> dict[str, str]:
    return {
        "start": absence.start_at.isoformat(),
        "end": absence.end_at.isoformat(),
        "what": absence.kind,
    }
