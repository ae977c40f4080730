"""What people do about early warnings."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from leads.enums import IdentityVerdict, RiskState
from leads.models import CollisionCase, CollisionRisk
from leads.selectors.managers import manager_ids_of
from leads.services.cases import record_at, report_by_hand
from leads.services.identity import judge


class RiskDecided(Refused):
    """Somebody else was faster."""

    def __init__(self) -> None:
        super().__init__(_("This warning has been dealt with already."))


@transaction.atomic
def dismiss(*, risk_ids: Sequence[int], by: Member, why: str) -> int:
    """Nothing will come of these, and why; returns how many were still open."""
    rows = CollisionRisk.objects.filter(pk__in=risk_ids, state=RiskState.OPEN).order_by("pk")
    risks = list(rows.select_for_update(of=("self",), no_key=True))
    for risk in risks:
        _close(risk, RiskState.DISMISSED, by=by, why=why)
        audit.record("risk.dismissed", target=risk, why=why[:200])
    return len(risks)


@transaction.atomic
def reopen(*, risk_id: int) -> CollisionRisk:
    """It was dismissed too early."""
    risk = _held(risk_id)
    if risk.state != RiskState.DISMISSED:
        raise RiskDecided
    risk.state, risk.closed_at, risk.decided_by, risk.why = RiskState.OPEN, None, None, ""
    risk.save(update_fields=["state", "closed_at", "decided_by", "why"])
    audit.record("risk.reopened", target=risk)
    return risk


@transaction.atomic
def judge_not_same(*, risk_id: int, by: Member) -> CollisionRisk:
    """The two are different clients: nobody is asked about them again, here or while entering."""
    risk = _open(risk_id)
    judge(risk.left, risk.right, IdentityVerdict.NOT_SAME, by=by)
    _close(risk, RiskState.DISMISSED, by=by, why=_("Not the same client"))
    audit.record("risk.not_same", target=risk)
    return risk


@transaction.atomic
def ask_reps(*, risk_id: int, by: Member) -> int:
    """Ask both owners to look at the pair and settle it; for one without owner, the managers."""
    risk = _open(risk_id)
    owners = {risk.left_owner_id, risk.right_owner_id} - {None}
    asked = owners | (manager_ids_of(owners) if len(owners) < 2 else set())
    notify(
        member_ids=asked,
        kind=NotificationKind.LEAD_COLLISION,
        title=str(risk.get_main_factor_display()),
        url=page_of_risk(risk),
    )
    risk.asked_at = timezone.now()
    risk.save(update_fields=["asked_at"])
    audit.record("risk.asked", target=risk)
    return len(asked - {by.pk})


@transaction.atomic
def open_case(*, risk_id: int, by: Member, why: str) -> CollisionCase:
    """Settle it before it happens: both records come into one case, open or new."""
    risk = _open(risk_id)
    left, right = record_at(risk.left), record_at(risk.right)
    if left is None or right is None:
        raise RiskDecided
    case = report_by_hand(record=left, other=right, by=by, why=why)
    risk.case_id = case.pk
    risk.save(update_fields=["case_id"])
    _close(risk, RiskState.CASE, by=by, why=why)
    audit.record("risk.case_opened", target=risk, case=case.number)
    return case


def page_of_risk(risk: CollisionRisk) -> str:
    """The warning's address, also from a task outside any request."""
    return reverse("leads:risk", urlconf=settings.TENANT_URLCONF, args=[risk.pk])


def _held(risk_id: int) -> CollisionRisk:
    rows = CollisionRisk.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=risk_id)


def _open(risk_id: int) -> CollisionRisk:
    risk = _held(risk_id)
    if not risk.is_open:
        raise RiskDecided
    return risk


def _close(risk: CollisionRisk, state: RiskState, *, by: Member, why: str) -> None:
    risk.state, risk.closed_at = state, timezone.now()
    risk.decided_by, risk.why = by, why.strip()[:200]
    risk.save(update_fields=["state", "closed_at", "decided_by", "why"])
