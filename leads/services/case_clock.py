"""Deadlines: a reminder before, the next superior after, the end of the time to appeal."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.people.working_hours import working_time_of
from crm.teamwork.enums import NotificationKind
from crm.tenancy.context import tenant_context
from crm.tenancy.models import open_organizations
from leads.enums import CaseState, CollisionSide
from leads.models import CollisionCase
from leads.selectors.arbitrations import arbitration_terms
from leads.selectors.case_rights import barred_from
from leads.selectors.cases import WAITING
from leads.selectors.deciders import deputy_of, next_above
from leads.services import case_notices as notices
from leads.services.case_decisions import close
from leads.services.cases import add_party, ask, locked_case

REASON = "deadlines of collision cases"
# A reminder is some working hours before; no longer than this in days, weekends included.
HORIZON = timedelta(days=14)
BATCH = 500


def sweep_all() -> int:
    """Every open organisation's cases; returns how many were moved."""
    moved = 0
    for organization_id in open_organizations().values_list("id", flat=True):
        with tenant_context(organization_id, reason=REASON):
            due = due_cases()
        for case_id in due:
            with tenant_context(organization_id, reason=REASON):
                moved += tick(case_id=case_id)
    return moved


def due_cases() -> list[int]:
    """The cases whose clock may have something to say, the most urgent first."""
    now = timezone.now()
    waiting = CollisionCase.objects.filter(state__in=WAITING, due_at__lt=now + HORIZON)
    # the administrators were pressed, nobody is above them: else these would fill every batch
    waiting = waiting.exclude(decider=None, reminded_at__gte=F("due_at"))
    decided = CollisionCase.objects.filter(state=CaseState.DECIDED, appeal_until__lt=now)
    ids = list(waiting.order_by("due_at", "id").values_list("id", flat=True)[:BATCH])
    return ids + list(decided.order_by("id").values_list("id", flat=True)[:BATCH])


@transaction.atomic
def tick(*, case_id: int) -> bool:
    """Do what the clock asks of one case; doing it twice changes nothing."""
    case = locked_case(case_id)
    now = timezone.now()
    if case.state == CaseState.DECIDED:
        if case.appeal_until is None or case.appeal_until > now:
            return False
        close(case)
        return True
    if not case.is_waiting or case.due_at is None:
        return False
    _let_deputy_in(case)
    if case.due_at <= now or not _is_there(case):
        return _escalate(case)
    return _remind(case)


def _is_there(case: CollisionCase) -> bool:
    """The one who is asked still belongs here."""
    return case.decider is None or case.decider.is_active


def _let_deputy_in(case: CollisionCase) -> None:
    """Whoever stands in from today on reads the case and hears of it."""
    if case.decider is None:
        return
    deputy = deputy_of(case.decider, barred_from(case))
    if deputy is None or case.parties.filter(member=deputy).exists():
        return
    add_party(case, deputy, CollisionSide.DECIDER)
    notices.tell(case, [deputy.pk], NotificationKind.CASE_TO_DECIDE)


def _escalate(case: CollisionCase) -> bool:
    """The deadline has passed: the next superior is asked, at the top the administrators."""
    before = case.decider
    if before is None:
        return _press_administrators(case)
    above = next_above(before, barred=barred_from(case))
    case.escalations += 1
    case.version += 1
    case.save(update_fields=["escalations", "version", "updated_at"])
    ask(case, above)
    notices.log(
        case, "escalated", giver=before.pk, member=above.pk if above else None, level=case.level
    )
    notices.tell_deciders(case, NotificationKind.CASE_TO_DECIDE)
    notices.tell(case, [before.pk], NotificationKind.CASE_DUE)
    notices.announce(case)
    return True


def _press_administrators(case: CollisionCase) -> bool:
    """Nobody is above them: they are told again, once per deadline missed."""
    if case.reminded_at is not None and case.reminded_at >= case.due_at:  # type: ignore[operator]
        return False
    case.reminded_at = timezone.now()
    case.save(update_fields=["reminded_at", "updated_at"])
    notices.tell_deciders(case, NotificationKind.CASE_DUE)
    return True


def _remind(case: CollisionCase) -> bool:
    if case.reminded_at is not None or case.due_at is None:
        return False
    hours = arbitration_terms().remind_hours
    left = working_time_of(case.decider).working_seconds(timezone.now(), case.due_at)
    if left > hours * 3600:
        return False
    case.reminded_at = timezone.now()
    case.save(update_fields=["reminded_at", "updated_at"])
    notices.log(case, "reminded")
    notices.tell_deciders(case, NotificationKind.CASE_DUE)
    return True
