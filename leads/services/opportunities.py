"""Opportunities: entered, changed, moved over the board."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.numbering import take_number
from crm.people.models import Member
from crm.people.selectors import own_currency
from crm.refusals import Refused
from crm.web import live
from leads.enums import CollisionOrigin, CustomerStatus, StageKind
from leads.models import Contact, Customer, Opportunity, Stage, StageChange
from leads.services.reaching import reach_for
from leads.services.saving import check_version, locked, take_over
from leads.services.stages import ensure_default_stages

GAP = 1024
# What entering a stage sets.
ENTERED = ("stage", "stage_changed_at", "closed_at", "lost_reason")


class ReasonNeeded(Refused):
    """A lost deal asks why."""

    def __init__(self) -> None:
        super().__init__(_("Say why the deal was lost."))


class ForeignContact(Refused):
    """The contact works for another customer."""

    def __init__(self) -> None:
        super().__init__(_("This contact belongs to another customer."))


@transaction.atomic
def create_opportunity(
    *,
    customer_id: int,
    by: Member | None,
    owner: Member | None = None,
    stage: Stage | None = None,
    **facts: Any,
) -> Opportunity:
    """Open a deal with a customer, on top of the first column unless a stage is given.

    A customer whose client is somebody else's comes into a case by it; ProtectedClient when it
    is a locked duplicate.
    """
    customer = Customer.objects.get(pk=customer_id)
    if by is not None:
        reach_for(customer, by=by, origin=CollisionOrigin.DEAL)
    _check_contact(facts.get("contact"), customer_id)
    column = stage or ensure_default_stages()[0]
    facts.setdefault("currency", own_currency())
    opportunity = Opportunity(
        customer=customer, stage=column, created_by=by, number=take_number("O"), **facts
    )
    opportunity.give_to(owner or by or customer.owner)
    opportunity.stage_changed_at = timezone.now()
    opportunity.position = _place(_held(column.pk)[column.pk], before=None, moving=None)
    opportunity.save()
    _note_change(opportunity, None, column, by)
    audit.record("opportunity.created", target=opportunity)
    return opportunity


@transaction.atomic
def update_opportunity(
    *, opportunity_id: int, version: int | None = None, **facts: Any
) -> Opportunity:
    """Change a deal's facts; stages change by moving only."""
    opportunity = locked(Opportunity.objects.all(), opportunity_id)
    check_version(opportunity, version)
    changed = take_over(opportunity, facts)
    if not changed:
        return opportunity
    _check_contact(opportunity.contact, opportunity.customer_id)
    opportunity.version += 1
    opportunity.save(update_fields=[*changed, "version", "updated_at"])
    return opportunity


@transaction.atomic
def move_opportunity(
    *,
    opportunity_id: int,
    stage_id: int,
    by: Member | None,
    before: int | None = None,
    lost_reason: str = "",
) -> Opportunity:
    """Put a deal into a column, above the card `before` or at its end, and tell everybody.

    A move to another stage is recorded; losing asks for a reason, winning makes the customer an
    active one.
    """
    asked = Opportunity.objects.values_list("stage_id", "customer_id").get(pk=opportunity_id)
    standing, customer_id = asked
    if Stage.objects.filter(pk=stage_id, kind=StageKind.WON).exists():
        locked(Customer.objects.all(), customer_id)  # before the stages, as conversion does
    column = _held(stage_id, standing)[stage_id]
    opportunity = locked(Opportunity.objects.all(), opportunity_id)
    left = opportunity.stage
    is_new_stage = left.pk != column.pk
    if is_new_stage:
        if column.kind == StageKind.LOST and not lost_reason.strip():
            raise ReasonNeeded
        _enter(opportunity, column, lost_reason)
    opportunity.position = _place(column, before=before, moving=opportunity.pk)
    opportunity.save(update_fields=[*ENTERED, "position", "updated_at"])
    if is_new_stage:
        _note_change(opportunity, left, column, by)
        audit.record("opportunity.moved", target=opportunity, before=left.name, after=column.name)
        if column.kind == StageKind.WON:
            _make_active(opportunity.customer_id)
    live.publish(live.EVERYBODY, "opportunity-moved", opportunity=opportunity.pk)
    return opportunity


@transaction.atomic
def lose_opportunities(
    *, opportunity_ids: Sequence[int], by: Member | None, lost_reason: str
) -> int:
    """Close many deals as lost with one reason; returns how many were still open."""
    lost = next(stage for stage in ensure_default_stages() if stage.kind == StageKind.LOST)
    still_open = Opportunity.objects.filter(
        pk__in=opportunity_ids, stage__kind=StageKind.OPEN
    ).order_by("pk")
    ids = list(still_open.values_list("pk", flat=True))
    standing = still_open.order_by("stage").values_list("stage_id", flat=True).distinct()
    _held(lost.pk, *standing)
    for pk in ids:
        move_opportunity(opportunity_id=pk, stage_id=lost.pk, by=by, lost_reason=lost_reason)
    return len(ids)


def _enter(opportunity: Opportunity, column: Stage, lost_reason: str) -> None:
    """Set what follows from being in a stage."""
    now = timezone.now()
    opportunity.stage = column
    opportunity.stage_changed_at = now
    opportunity.closed_at = None if column.kind == StageKind.OPEN else now
    opportunity.lost_reason = lost_reason.strip()[:200] if column.kind == StageKind.LOST else ""


def _make_active(customer_id: int) -> None:
    customer = locked(Customer.objects.all(), customer_id)
    if customer.status != CustomerStatus.ACTIVE:
        customer.status = CustomerStatus.ACTIVE
        customer.save(update_fields=["status", "updated_at"])


def _note_change(
    opportunity: Opportunity, left: Stage | None, entered: Stage, by: Member | None
) -> None:
    StageChange.objects.create(
        opportunity=opportunity,
        from_stage=left,
        to_stage=entered,
        member=by,
        amount=opportunity.amount,
        at=opportunity.stage_changed_at,
    )


def _held(*stage_ids: int) -> dict[int, Stage]:
    """The stages, locked in one order: moves from or into a column happen one after the other."""
    rows = Stage.objects.filter(pk__in=stage_ids).order_by("pk")
    return {stage.pk: stage for stage in rows.select_for_update(of=("self",), no_key=True)}


def _place(column: Stage, *, before: int | None, moving: int | None) -> int:
    """A position above the card `before`, else below all; spread out anew where no gap is left."""
    cards = Opportunity.objects.filter(stage=column).exclude(pk=moving or 0)
    anchor = cards.filter(pk=before).values_list("position", flat=True).first() if before else None
    if anchor is None:
        last: int | None = cards.aggregate(last=Max("position"))["last"]
        return (last or 0) + GAP
    above = cards.filter(position__lt=anchor).aggregate(last=Max("position"))["last"]
    low = above if above is not None else anchor - 2 * GAP
    if anchor - low > 1:
        return int((low + anchor) // 2)
    _spread(column)
    return _place(column, before=before, moving=moving)


def _spread(column: Stage) -> None:
    """Give the column's cards even gaps again, in the order they are shown."""
    cards = list(
        Opportunity.objects.filter(stage=column)
        .order_by("position", "id")
        .select_for_update(of=("self",), no_key=True)
    )
    for index, card in enumerate(cards, start=1):
        card.position = index * GAP
    Opportunity.objects.bulk_update(cards, ["position"], batch_size=500)


def _check_contact(contact: Contact | None, customer_id: int) -> None:
    if contact is not None and contact.customer_id != customer_id:
        raise ForeignContact
