"""Payment plans: made from the terms when an order is approved, edited until money has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.money import ZERO
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.clock import organization_zone
from crm.tenancy.context import current_member_id
from orders.models import Order
from payments.models import Allocation, Instalment, PaymentPlan
from payments.services.refusals import PlanDoesNotTieOut, StalePlan
from payments.terms import WHOLE, instalments_of

MOST_INSTALMENTS = 36


@dataclass(frozen=True)
class InstalmentDraft:
    """An instalment as somebody wants it; `id` None for a new one."""

    id: int | None
    kind: str
    label: str
    amount: Decimal
    due_date: date


@transaction.atomic
def create_plan(*, order_id: int) -> PaymentPlan | None:
    """The order's plan, made from its terms unless it has one; None for an order of nothing."""
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)
    known = PaymentPlan.objects.filter(order=order).first()
    if known is not None or order.gross_amount <= ZERO:
        return known
    plan = PaymentPlan.objects.create(
        order=order,
        amount=order.gross_amount,
        currency=order.currency,
        created_by_id=current_member_id(),
    )
    Instalment.objects.bulk_create(instalments_for(order, plan))
    audit.record("payment_plan.created", target=order, plan=plan.pk, terms=order.payment_terms)
    return plan


def instalments_for(order: Order, plan: PaymentPlan) -> list[Instalment]:
    """The unsaved instalments that an order's terms make."""
    parts = instalments_of(
        terms=order.payment_terms,
        total=order.gross_amount,
        approved_on=local_date(order.approved_at),
        delivery_on=order.delivery_date,
    )
    return [
        Instalment(
            plan=plan,
            position=position,
            kind=part.kind,
            percent=part.percent,
            amount=part.amount,
            currency=order.currency,
            due_date=part.due_date,
        )
        for position, part in enumerate(parts, start=1)
    ]


def local_date(moment: datetime | None) -> date:
    """The organisation's calendar day of a moment, today's for none."""
    return (moment or timezone.now()).astimezone(organization_zone()).date()


@transaction.atomic
def drop_plan(*, order_id: int) -> bool:
    """Take away the plan of a cancelled order, unless money has been matched to it."""
    plan = PaymentPlan.objects.select_for_update(of=("self",), no_key=True).filter(
        order_id=order_id
    ).first()  # fmt: skip
    if plan is None or Allocation.objects.filter(instalment__plan=plan).exists():
        return False
    plan.delete()
    return True


@transaction.atomic
def edit_plan(
    *, plan_id: int, version: int, drafts: Sequence[InstalmentDraft], by: Member
) -> PaymentPlan:
    """Rewrite the instalments that are not paid; together they still make the order's amount."""
    plan = PaymentPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan_id)
    if plan.version != version:
        raise StalePlan(plan)
    rows = Instalment.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    present = {row.pk: row for row in rows.filter(plan=plan)}
    check_drafts(plan, drafts, present)
    remove_missing(present, keep={draft.id for draft in drafts})
    for position, draft in enumerate(drafts, start=1):
        write_draft(plan, position, draft, present.get(draft.id or 0))
    plan.version += 1
    plan.save(update_fields=["version", "updated_at"])
    audit.record("payment_plan.edited", target=plan.order, plan=plan.pk, instalments=len(drafts))
    return plan


def check_drafts(
    plan: PaymentPlan, drafts: Sequence[InstalmentDraft], present: dict[int, Instalment]
) -> None:
    """Raise what speaks against these instalments."""
    if not drafts or len(drafts) > MOST_INSTALMENTS:
        raise Refused(
            _("A plan has between 1 and %(most)s instalments.") % {"most": MOST_INSTALMENTS}
        )
    named = [draft.id for draft in drafts if draft.id is not None]
    if len(named) != len(set(named)) or not present.keys() >= set(named):
        raise StalePlan(plan)
    for draft in drafts:
        row = present.get(draft.id or 0)
        if draft.amount <= ZERO or (row is not None and draft.amount < row.paid_amount):
            raise Refused(_("An instalment cannot be less than what is paid on it."))
        if row is not None and is_settled(row) and draft.amount != row.amount:
            raise Refused(_("A paid instalment cannot be changed."))
    total = sum((draft.amount for draft in drafts), ZERO)
    if total != plan.amount:
        raise PlanDoesNotTieOut(total=total, wanted=plan.amount, currency=plan.currency)


def is_settled(row: Instalment) -> bool:
    return bool(row.paid_amount >= row.amount)


def remove_missing(present: dict[int, Instalment], *, keep: Iterable[int | None]) -> None:
    """Delete the instalments that are no longer wanted; money ever matched to one keeps it."""
    gone = set(present) - {pk for pk in keep if pk is not None}
    if Allocation.objects.filter(instalment_id__in=gone).exists():
        raise Refused(_("An instalment that money was matched to cannot be removed."))
    Instalment.objects.filter(pk__in=gone).delete()


def write_draft(
    plan: PaymentPlan, position: int, draft: InstalmentDraft, row: Instalment | None
) -> None:
    """Save one instalment at its place, its share of the plan worked out again."""
    instalment = row or Instalment(plan=plan, currency=plan.currency)
    instalment.position = position
    instalment.kind, instalment.label = draft.kind, draft.label.strip()
    instalment.amount, instalment.due_date = draft.amount, draft.due_date
    instalment.percent = (draft.amount * WHOLE / plan.amount).quantize(Decimal("0.01"))
    if row is None:
        instalment.save()
    else:
        fields = ["position", "kind", "label", "amount", "due_date", "percent", "updated_at"]
        instalment.save(update_fields=fields)
