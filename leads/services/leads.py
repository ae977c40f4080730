"""A lead's life until it becomes a customer."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.access import policy
from crm.audit import services as audit
from crm.numbering import take_number
from crm.people.models import Member
from leads.enums import CollisionOrigin, RecordKind, TouchOutcome
from leads.models import Lead, Touch
from leads.selectors.candidates import identity_of
from leads.selectors.cases import case_that_closed
from leads.services import collisions
from leads.services.completion import complete_lead
from leads.services.entering import hold_entry
from leads.services.identity import index, outgrow
from leads.services.lead_states import move, move_all
from leads.services.protection import check_lock
from leads.services.reaching import reach_for
from leads.services.refusals import WrongState
from leads.services.saving import check_version, locked, take_over

# What a change of means that the client may now be somebody else's.
TELLING = {"company_name", "phone", "other_phones", "email", "wechat", "credit_code"}


@transaction.atomic
def create_lead(
    *,
    by: Member | None,
    owner: Member | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    touch: Touch | None = None,
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
    **facts: Any,
) -> Lead:
    """Enter a lead; LikelyDuplicate when the client is known and nobody said to continue.

    Every lead comes from a touch: without one, its being entered is the touch. `by` is None when
    the system enters it (no collision is asked about then). Without an owner the rules find one.
    """
    lead = Lead(created_by=by, **facts)
    complete_lead(lead)
    found = []
    if by is not None:
        found = collisions.check(
            identity_of(lead),
            by=by,
            owner_id=owner.pk if owner else None,
            explanation=explanation,
            confirmed=confirmed,
            channel=lead.channel,
        )
    lead.number = take_number("L")
    if owner is not None:
        lead.give_to(owner)
        lead.assigned_at = timezone.now()
    elif by is not None:
        lead.department_id = by.department_id
    lead.save()
    index(lead)
    _settle_touch(touch, lead, facts, collided=bool(found))
    audit.record("lead.created", target=lead)
    if owner is None:
        jobs.enqueue("leads.assign_leads", lead_ids=[lead.pk])
    if by is not None:
        collisions.report(lead, found, by=by, explanation=explanation, origin=origin)
    return lead


def first_owner(member: Member, chosen: Member | None) -> Member | None:
    """Who gets a lead a member enters: whom an assigner names, else its rep; else the rules."""
    if chosen is not None or policy.allowed(member, "leads.assign_lead"):
        return chosen
    return member if policy.allowed(member, "leads.view_lead") else None


def _settle_touch(
    touch: Touch | None, lead: Lead, facts: dict[str, Any], *, collided: bool
) -> None:
    outcome = TouchOutcome.COLLIDED if collided else TouchOutcome.CREATED
    if touch is None:
        payload = {name: str(value) for name, value in facts.items() if value}
        Touch.objects.create(channel=lead.channel, payload=payload, outcome=outcome, lead=lead)
        return
    touch.lead, touch.outcome = lead, outcome
    touch.save(update_fields=["lead", "outcome"])


@transaction.atomic
def update_lead(
    *,
    lead_id: int,
    by: Member,
    version: int | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
    **facts: Any,
) -> Lead:
    """Change a lead's facts; a stale version is refused with what is stored now."""
    lead = locked(Lead.objects.all(), lead_id)
    check_version(lead, version)
    check_lock(lead, by)
    changed = take_over(lead, facts)
    if not changed:
        return lead
    complete_lead(lead)
    found = []
    if TELLING & set(changed):
        me = (RecordKind.LEAD.value, lead.pk)
        outgrow(
            me,
            name=lead.company_name if "company_name" in changed else "",
            credit_code=lead.credit_code if "credit_code" in changed else "",
        )
        found = collisions.check(
            identity_of(lead),
            by=by,
            owner_id=lead.owner_id,
            explanation=explanation,
            confirmed=confirmed,
            excluding=[me, *_became(lead)],
            channel=lead.channel,
        )
    lead.version += 1
    derived = ["sort_key", "name_key", "phone_key", "other_phones", "credit_code", "province"]
    lead.save(update_fields=sorted({*changed, *derived, "version", "updated_at"}))
    index(lead)
    collisions.report(lead, found, by=by, explanation=explanation, origin=origin)
    return lead


def _became(lead: Lead) -> list[tuple[str, int]]:
    return [(RecordKind.CUSTOMER.value, lead.customer_id)] if lead.customer_id else []


@transaction.atomic
def mark_contacted(*, lead_id: int) -> Lead:
    """Somebody spoke with them."""
    return move(lead_id, Lead.mark_contacted, "lead.contacted")


@transaction.atomic
def qualify_lead(*, lead_id: int) -> Lead:
    """The need is real."""
    return move(lead_id, Lead.qualify, "lead.qualified")


@transaction.atomic
def invalidate_lead(*, lead_id: int, reason: str) -> Lead:
    """Not worth working on, and why."""
    return move(lead_id, Lead.invalidate, "lead.invalidated", invalid_reason=reason[:200])


@transaction.atomic
def reopen_lead(*, lead_id: int, by: Member) -> Lead:
    """Was closed too early; what the decision of a case closed, only an appeal opens again.

    Meanwhile the client may have become somebody else's: then it comes into a case.
    """
    case = case_that_closed(lead_id)
    if case is not None:
        raise WrongState(
            _("Collision %(number)s closed this lead: it is a duplicate. Appeal, or ask to share.")
            % {"number": case.number}
        )
    # before the lead is held: whoever decides a case holds the case first
    lead = Lead.objects.get(pk=lead_id)
    hold_entry(identity_of(lead))  # a closed one stops nobody: who enters it now must see it open
    reach_for(lead, by=by, origin=CollisionOrigin.ENTRY)
    return move(lead_id, Lead.reopen, "lead.reopened", invalid_reason="")


@transaction.atomic
def invalidate_leads(*, lead_ids: Sequence[int], reason: str) -> int:
    """Close many leads with one reason; returns how many were still open."""
    reason = reason[:200]
    return len(move_all(lead_ids, Lead.invalidate, "lead.invalidated", invalid_reason=reason))
