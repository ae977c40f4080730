"""Taking back what nobody has decided on yet: a case reported by hand, a claim, an appeal."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from leads.enums import CollisionSide, RecordKind
from leads.models import AppealWithdrawal, CollisionAppeal, CollisionCase, CollisionParty
from leads.selectors.arbitrations import appeal_deadline
from leads.selectors.case_evidence import Dossier, dossier_of, side_of
from leads.selectors.case_rights import (
    came_since,
    may_give_way,
    may_withdraw,
    own_appeal,
    unreconciled,
)
from leads.services import case_notices as notices
from leads.services.case_decisions import close
from leads.services.case_enforcement import known_records
from leads.services.case_ledger import Ledger
from leads.services.cases import CaseMovedOn, locked_case, touch


@transaction.atomic
def withdraw_case(*, case_id: int, by: Member, reason: str) -> CollisionCase:
    """Whoever reported it by hand takes it back; every record stays as it is.

    Refused once it is decided, or a further rep has come into it: that claim is not theirs.
    """
    case = locked_case(case_id)
    if not may_withdraw(by, case):
        raise CaseMovedOn(
            _("This case cannot be withdrawn any more: others came into it or decided.")
        )
    if not reason.strip():
        raise Refused(_("Say why it needs no decision."))
    _end(case, why=reason)
    return case


@transaction.atomic
def give_way(*, case_id: int, by: Member, reason: str = "") -> CollisionCase:
    """A newcomer leaves the client to its owner: their lead is closed, their customer goes over.

    Without a further newcomer there is nothing left to decide; else the case goes on without them.
    """
    case = locked_case(case_id)
    if not may_give_way(by, case):
        raise CaseMovedOn(_("There is nothing to give way in: the case is decided, or not yours."))
    dossier = dossier_of(case)
    _leave_to_owner(dossier, by)
    CollisionParty.objects.filter(case=case, member=by).update(side=CollisionSide.GAVE_WAY)
    notices.log(case, "gave_way", why=reason.strip()[:1000])
    notices.log_on_records(case, "gave_way")
    if any(one.side == CollisionSide.NEWCOMER for one in dossier.parties if one.member_id != by.pk):
        touch(case)
        notices.tell(case, notices.party_ids(case), NotificationKind.CASE_GAVE_WAY)
        notices.announce(case)
    else:
        _end(case)
    return case


def _leave_to_owner(dossier: Dossier, by: Member) -> None:
    """What a decision for the owner would do with the records of this newcomer."""
    owner = next((one.member for one in dossier.parties if one.side == CollisionSide.HOLDER), None)
    ledger = Ledger(dossier.case, by)
    own = [one for one in known_records(dossier) if not one.is_held and side_of(one) == by.pk]
    customers = [one.pair for one in own if one.record_kind == RecordKind.CUSTOMER]
    if owner is not None and owner.is_active:
        ledger.hand(customers, owner)
    ledger.close_leads([one.record_id for one in own if one.record_kind == RecordKind.LEAD])


def _end(case: CollisionCase, why: str = "") -> None:
    """Nothing is left to decide; deadlines end with it."""
    case.withdraw()
    case.closed_at = timezone.now()
    case.version += 1
    case.save(update_fields=["state", "closed_at", "version", "updated_at"])
    notices.log(case, "withdrawn", why=why.strip()[:1000])
    notices.log_on_records(case, "withdrawn")
    notices.tell(case, notices.party_ids(case), NotificationKind.CASE_WITHDRAWN)
    notices.announce(case)


@transaction.atomic
def withdraw_appeal(*, case_id: int, by: Member, reason: str = "") -> CollisionCase:
    """Whoever appealed takes it back: the decision stands, and they have accepted it.

    Other reps who did not get the client have their time to appeal anew; without any it is final.
    Refused where a rep or record came into the case since: the decision says nothing of them.
    """
    case = locked_case(case_id)
    appeal: CollisionAppeal | None = own_appeal(by, case)
    if appeal is None:
        raise CaseMovedOn(_("There is no appeal of yours to take back: it is decided by now."))
    decision = (
        case.decisions.select_related("decided_by").order_by("-level").get(level=appeal.level)
    )
    if came_since(case, decision):
        raise CaseMovedOn(
            _("Others came into this case since the decision: it has to be decided anew.")
        )
    AppealWithdrawal.objects.create(appeal=appeal, reason=reason.strip()[:1000], at=timezone.now())
    case.withdraw_appeal()
    case.level = appeal.level
    case.decider = appeal.asked_before or decision.decided_by
    case.version += 1
    CollisionParty.objects.filter(case=case, member=by).update(accepted_level=case.level)
    notices.log(case, "appeal_withdrawn", why=reason.strip()[:1000])
    notices.log_on_records(case, "appeal_withdrawn")
    notices.tell(case, notices.party_ids(case), NotificationKind.APPEAL_WITHDRAWN)
    is_final = not unreconciled(case, decision)
    case.appeal_until = None if is_final else appeal_deadline()
    case.save()
    if is_final:
        close(case)
    notices.announce(case)
    return case
