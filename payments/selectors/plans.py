"""Payment plans as screens show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.money import ZERO
from crm.tenancy.clock import organization_today
from payments.enums import InstalmentStatus
from payments.models import Allocation, Instalment, PaymentPlan
from payments.selectors.allocations import standing_allocations
from payments.selectors.status import is_open, status_of

COLOURS: dict[str, str] = {
    InstalmentStatus.OVERDUE: "red",
    InstalmentStatus.PART_PAID: "blue",
    InstalmentStatus.DUE: "amber",
    InstalmentStatus.UPCOMING: "grey",
    InstalmentStatus.PAID: "green",
}


@dataclass(frozen=True)
class InstalmentRow:
    """One instalment with its state today."""

    instalment: Instalment
    status: InstalmentStatus
    days: int

    @property
    def colour(self) -> str:
        return COLOURS[self.status]

    @property
    def label(self) -> str:
        """The state in words, with how late or how soon."""
        return status_words(self.status, self.days)

    @property
    def open_amount(self) -> Decimal:
        left: Decimal = self.instalment.amount - self.instalment.paid_amount
        return left

    @property
    def paid_percent(self) -> int:
        return int(self.instalment.paid_amount * 100 / self.instalment.amount)

    @property
    def is_partly_paid(self) -> bool:
        return bool(ZERO < self.instalment.paid_amount < self.instalment.amount)


@dataclass(frozen=True)
class PlanView:
    """A plan, its instalments today, and its sums."""

    plan: PaymentPlan
    rows: Sequence[InstalmentRow]

    @property
    def paid(self) -> Decimal:
        return sum((row.instalment.paid_amount for row in self.rows), ZERO)

    @property
    def open(self) -> Decimal:
        left: Decimal = self.plan.amount - self.paid
        return left

    @property
    def paid_percent(self) -> int:
        return int(self.paid * 100 / self.plan.amount)

    @property
    def is_paid(self) -> bool:
        return self.open <= ZERO


def status_words(status: str, days: int) -> str:
    """Overdue by 5 days, due today, in 3 days; the plain word where days say nothing."""
    if status == InstalmentStatus.OVERDUE:
        return ngettext("Overdue %(days)s day", "Overdue %(days)s days", -days) % {"days": -days}
    if status == InstalmentStatus.DUE and days == 0:
        return _("Due today")
    if status in (InstalmentStatus.DUE, InstalmentStatus.UPCOMING):
        return ngettext("Due in %(days)s day", "Due in %(days)s days", days) % {"days": days}
    return str(InstalmentStatus(status).label)


def row_of(instalment: Instalment, today: date) -> InstalmentRow:
    return InstalmentRow(
        instalment, status_of(instalment, today), (instalment.due_date - today).days
    )


def plan_view(plan: PaymentPlan) -> PlanView:
    """The plan with its instalments in their order."""
    today = organization_today()
    rows = plan.instalments.order_by("position", "pk")
    return PlanView(plan, [row_of(row, today) for row in rows])


def plan_of_order(order_id: int) -> PlanView | None:
    """The plan of an order, None while it has none."""
    plan = PaymentPlan.objects.filter(order_id=order_id).first()
    return plan_view(plan) if plan else None


def open_instalments(rows: QuerySet[Instalment], *, limit: int = 8) -> list[InstalmentRow]:
    """What is still owed of these, the most urgent first."""
    today = organization_today()
    found = rows.filter(is_open()).select_related("plan__order").order_by("due_date", "pk")
    return [row_of(row, today) for row in found[:limit]]


def receipts_of(plan: PaymentPlan) -> list[Allocation]:
    """The money matched to a plan, newest first, without what was undone."""
    rows = standing_allocations().filter(instalment__plan=plan)
    return list(rows.select_related("line", "instalment", "member").order_by("-pk"))
