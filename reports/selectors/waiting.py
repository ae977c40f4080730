"""What waits for one member, the most urgent first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm.access import policy
from crm.approvals import selectors as approvals
from crm.people.models import Member
from crm.teamwork.selectors import open_tasks_of
from crm.web import markup
from crm.web.formats import Formats
from leads.enums import StageKind
from leads.models import Lead, Opportunity
from leads.selectors.assignments import unassigned
from leads.selectors.case_names import named_for
from leads.selectors.cases import cases_to_answer, cases_to_decide
from leads.tables.leads import OPEN
from payments.selectors import figures as cash
from payments.selectors import receivables
from payments.selectors.lines import open_lines

MOST_OF_A_KIND = 12
FIRST_RESPONSE = timedelta(hours=2)


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what, about whom, by when, and where to do it."""

    kind: str | Promise
    title: str
    url: str
    due: datetime
    icon: str
    tone: str = "grey"
    detail: str = ""
    frame: str = "drawer"

    @property
    def is_late(self) -> bool:
        return self.due < timezone.now()

    @property
    def when(self) -> SafeString:
        return markup.deadline(self.due)


def waiting_for(member: Member) -> list[Waiting]:
    """Everything that waits for the member; what should have happened earliest comes first."""
    found = [item for provider in PROVIDERS for item in provider(member)]
    return sorted(found, key=lambda item: (item.due, item.title))


def end_of_today() -> datetime:
    """Midnight where the person is."""
    local = timezone.localtime()
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def approvals_to_decide(member: Member) -> list[Waiting]:
    runs = approvals.waiting_for(member).select_related("submitted_by").order_by("submitted_at")
    return [
        Waiting(
            gettext_lazy("Approval"),
            run.title,
            reverse("approvals:detail", args=[run.pk]),
            run.submitted_at + timedelta(days=1),
            "clipboard-check",
            "amber",
            detail=run.submitted_by.name,
        )
        for run in runs[:MOST_OF_A_KIND]
    ]


def new_leads(member: Member) -> list[Waiting]:
    """Leads nobody has spoken with yet: the first response is due two hours after assignment."""
    rows = Lead.objects.filter(owner=member, status="new", first_response_at__isnull=True)
    return [
        Waiting(
            pgettext_lazy("waiting", "New lead"),
            lead.company_name,
            reverse("leads:detail", args=[lead.pk]),
            (lead.assigned_at or lead.created_at) + FIRST_RESPONSE,
            "user-plus",
            "blue",
            detail=" · ".join(filter(None, [lead.get_channel_display(), lead.contact_name])),
        )
        for lead in rows.order_by(F("assigned_at").asc(nulls_last=True), "id")[:MOST_OF_A_KIND]
    ]


def next_steps_on_leads(member: Member) -> list[Waiting]:
    rows = Lead.objects.filter(owner=member, status__in=OPEN, next_step_at__lt=end_of_today())
    return [
        Waiting(
            lead.next_step or gettext_lazy("Follow up"),
            lead.company_name,
            reverse("leads:detail", args=[lead.pk]),
            lead.next_step_at,
            "phone",
            "teal",
            detail=lead.contact_name,
        )
        for lead in rows.order_by("next_step_at", "id")[:MOST_OF_A_KIND]
        if lead.next_step_at
    ]


def next_steps_on_deals(member: Member) -> list[Waiting]:
    rows = Opportunity.objects.filter(
        owner=member, stage__kind=StageKind.OPEN, next_step_at__lt=end_of_today()
    ).select_related("customer")
    return [
        Waiting(
            deal.next_step or gettext_lazy("Follow up"),
            deal.customer.name,
            reverse("leads:opportunity", args=[deal.pk]),
            deal.next_step_at,
            "target-arrow",
            "teal",
            detail=f"{deal.name} · {Formats.current().short_money(deal.amount, deal.currency)}",
        )
        for deal in rows.order_by("next_step_at", "id")[:MOST_OF_A_KIND]
        if deal.next_step_at
    ]


def due_tasks(member: Member) -> list[Waiting]:
    rows = open_tasks_of(member).filter(due_at__lt=end_of_today())
    return [
        Waiting(
            gettext_lazy("Task"),
            task.title,
            reverse("teamwork:edit_task", args=[task.pk]),
            task.due_at,
            "checkbox",
            detail=task.subject_title,
        )
        for task in rows[:MOST_OF_A_KIND]
        if task.due_at
    ]


def leads_without_rep(member: Member) -> list[Waiting]:
    rows = policy.visible(member, unassigned(), "leads.assign_lead")
    oldest = rows.order_by("created_at").first()
    if oldest is None:
        return []
    count = rows[:1_000].count()
    title = ngettext("%(count)s lead without a rep", "%(count)s leads without a rep", count)
    return [
        Waiting(
            gettext_lazy("Assign"),
            title % {"count": count},
            reverse("leads:unassigned"),
            oldest.created_at + FIRST_RESPONSE,
            "user-share",
            "amber",
            frame="",
        )
    ]


def collisions_to_decide(member: Member) -> list[Waiting]:
    """Cases that wait for the member's decision."""
    return [
        Waiting(
            gettext_lazy("Collision to decide"),
            case.title,
            reverse("leads:case", args=[case.pk]),
            case.due_at or case.opened_at,
            "scale",
            "red",
            detail=case.number,
        )
        for case in cases_to_decide(member)[:MOST_OF_A_KIND]
    ]


def decisions_to_answer(member: Member) -> list[Waiting]:
    """Cases a rep has lost and may still appeal, until they accept or the time is over."""
    cases = list(cases_to_answer(member)[:MOST_OF_A_KIND])
    titles = named_for(member, cases) if cases else {}
    return [
        Waiting(
            gettext_lazy("Accept or appeal"),
            titles[case.pk],
            reverse("leads:case", args=[case.pk]),
            case.appeal_until,
            "scale",
            "amber",
            detail=case.get_outcome_display(),
        )
        for case in cases
        if case.appeal_until
    ]


def lines_to_explain(member: Member) -> list[Waiting]:
    if not policy.allowed(member, "payments.post"):
        return []
    oldest = open_lines().first()
    figure = cash.lines_unexplained(member)
    if oldest is None:
        return []
    title = ngettext("%(count)s bank line to match", "%(count)s bank lines to match", figure.count)
    return [
        Waiting(
            gettext_lazy("Reconcile"),
            title % {"count": figure.count},
            figure.url,
            start_of(oldest.booking_date) + timedelta(days=2),
            "building-bank",
            "amber",
            detail=Formats.current().short_money(figure.value, figure.currency),
            frame="",
        )
    ]


def start_of(day: object) -> datetime:
    """The first moment of a date where the person is."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))  # type: ignore[arg-type]


def overdue_receivables(member: Member) -> list[Waiting]:
    """The member's own customers who are late, the longest first."""
    rows = receivables.overdue(member).filter(plan__order__owner=member)
    rows = rows.select_related("plan__order__customer").order_by("due_date", "id")
    return [
        Waiting(
            gettext_lazy("Overdue"),
            item.plan.order.customer.name,
            reverse("orders:detail", args=[item.plan.order_id]),
            start_of(item.due_date),
            "coin",
            "red",
            detail=_("%(amount)s open, order %(number)s")
            % {
                "amount": Formats.current().short_money(
                    item.amount - item.paid_amount, item.currency
                ),
                "number": item.plan.order.number,
            },
        )
        for item in rows[:MOST_OF_A_KIND]
    ]


PROVIDERS: tuple[Callable[[Member], list[Waiting]], ...] = (
    approvals_to_decide,
    new_leads,
    next_steps_on_leads,
    next_steps_on_deals,
    due_tasks,
    leads_without_rep,
    collisions_to_decide,
    decisions_to_answer,
    lines_to_explain,
    overdue_receivables,
)
