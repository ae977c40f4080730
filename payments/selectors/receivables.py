"""Which receivables and which matched money a member may see."""

from django.db.models import QuerySet

from crm.access import policy
from crm.people.models import Member
from crm.tenancy.clock import organization_today
from payments.enums import InstalmentStatus
from payments.models import Allocation, Instalment
from payments.selectors.status import status_condition

VIEW = "payments.view_plan"


def visible_instalments(member: Member) -> QuerySet[Instalment]:
    """The receivables this member may see."""
    return policy.visible(member, Instalment.objects.all(), VIEW)


def visible_allocations(member: Member) -> QuerySet[Allocation]:
    """The matched money this member may see."""
    return policy.visible(member, Allocation.objects.all(), VIEW)


def overdue(member: Member) -> QuerySet[Instalment]:
    """What should have been paid before today."""
    late = status_condition(InstalmentStatus.OVERDUE, organization_today())
    return visible_instalments(member).filter(late)


def due_soon(member: Member) -> QuerySet[Instalment]:
    """What falls due within a week and nobody has begun to pay."""
    soon = status_condition(InstalmentStatus.DUE, organization_today())
    return visible_instalments(member).filter(soon)
