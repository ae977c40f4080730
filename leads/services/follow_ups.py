"""Follow-ups: what was said, what came of it, what is next."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.people.models import Member
from leads.enums import CollisionOrigin, FollowUpKind, LeadStatus
from leads.models import Customer, FollowUp, Lead, Opportunity
from leads.services.reaching import reach_for
from leads.services.saving import locked, locked_work

Subject = Lead | Customer | Opportunity


def is_effective(*, outcome: str, next_step: str) -> bool:
    """The rule: a follow-up counts only with an outcome and a next step; a note does not."""
    return bool(outcome) and bool(next_step.strip())


@transaction.atomic
def log_follow_up(
    *,
    subject: Subject,
    by: Member,
    kind: str = FollowUpKind.CALL,
    outcome: str = "",
    content: str = "",
    next_step: str = "",
    next_step_at: datetime | None = None,
    at: datetime | None = None,
) -> FollowUp:
    """Log a contact with a lead, customer or opportunity.

    An effective one stops the clocks, sets the next step and moves a new lead on. One on an
    opportunity counts for its customer too. ProtectedClient when the client is locked.
    """
    # before the record is held: whoever decides a case holds the case first
    client: Any = subject.customer if isinstance(subject, Opportunity) else subject
    reach_for(client, by=by, origin=CollisionOrigin.FOLLOW_UP)
    held = hold(subject)
    when = at or timezone.now()
    follow_up = FollowUp.objects.create(
        **subjects_of(held),
        kind=kind,
        outcome=outcome,
        content=content.strip(),
        next_step=next_step.strip(),
        next_step_at=next_step_at,
        is_effective=is_effective(outcome=outcome, next_step=next_step),
        member=by,
        at=when,
    )
    if follow_up.is_effective:
        _advance(held, follow_up)
        if isinstance(held, Opportunity):
            _note_contact(locked(Customer.objects.all(), held.customer_id), when)
    return follow_up


def hold(subject: Any) -> Any:
    """The record, locked, its customer before it."""
    rows = type(subject)._default_manager.all()
    return (
        locked(rows, subject.pk) if isinstance(subject, Customer) else locked_work(rows, subject.pk)
    )


def subjects_of(subject: Any) -> dict[str, int | None]:
    """The columns that say whose timelines a follow-up belongs to."""
    if isinstance(subject, Lead):
        return {"lead_id": subject.pk, "customer_id": subject.customer_id}
    if isinstance(subject, Opportunity):
        return {"opportunity_id": subject.pk, "customer_id": subject.customer_id}
    return {"customer_id": subject.pk}


def _advance(subject: Any, follow_up: FollowUp) -> None:
    """Set the next step and the clocks of the record that was followed up."""
    fields = ["next_step", "next_step_at", "last_follow_up_at", "updated_at"]
    subject.next_step = follow_up.next_step
    subject.next_step_at = follow_up.next_step_at
    subject.last_follow_up_at = max(follow_up.at, subject.last_follow_up_at or follow_up.at)
    if isinstance(subject, Lead):
        if subject.first_response_at is None:
            subject.first_response_at = follow_up.at
            fields.append("first_response_at")
        if subject.status == LeadStatus.NEW:
            subject.mark_contacted()
            fields.append("status")
    subject.save(update_fields=fields)


def _note_contact(customer: Customer, at: datetime) -> None:
    if customer.last_follow_up_at is None or customer.last_follow_up_at < at:
        customer.last_follow_up_at = at
        customer.save(update_fields=["last_follow_up_at", "updated_at"])
