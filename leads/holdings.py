"""What reps hold of this app: shared, transferred, handed over."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people.holdings import ColumnMover, Holding, address, register
from crm.people.models import Member
from crm.sharing import nouns
from crm.sharing.nouns import Along, Follower, Noun
from leads.enums import RecordKind, StageKind
from leads.models import Contact, Customer, Lead, Opportunity
from leads.selectors.leads import OPEN_STATUSES
from leads.services import case_hands
from leads.services.assignment import note_handed
from leads.tables.customers import CustomerTable
from leads.tables.leads import OPEN_QUERY, LeadTable
from leads.tables.opportunities import OpportunityTable

OPEN_LEADS = Q(status__in=[str(status) for status in OPEN_STATUSES])
OPEN_DEALS = Q(stage__kind=StageKind.OPEN)


def assigned_now() -> dict[str, Any]:
    """A lead in other hands is newly assigned."""
    return {"assigned_at": timezone.now(), "unassigned_reason": ""}


def leads_handed(ids: Sequence[int], receiver: Member, by: Member | None, why: str) -> None:
    """“Why this rep” names the transfer."""
    note_handed(lead_ids=ids, member=receiver, by=by, reason=why)


def customers_handed(ids: Sequence[int], receiver: Member, by: Member | None, why: str) -> None:
    """Open collision cases go on with the new owner."""
    case_hands.note(RecordKind.CUSTOMER, ids)


def customers_page(member: Member) -> str:
    return f"{address('leads:customers')}?owner={member.pk}"


def leads_page(member: Member) -> str:
    return f"{address('leads:list')}?{OPEN_QUERY}&owner={member.pk}"


def deals_page(member: Member) -> str:
    return f"{address('leads:opportunities')}?kind=open&owner={member.pk}"


def contacts_of(ids: Sequence[int]) -> Any:
    return Contact.objects.filter(customer_id__in=ids)


register(
    Holding(
        key="leads.customer",
        label=_("Customers"),
        icon="building",
        order=10,
        of=lambda member: Customer.objects.filter(owner=member),
        url=customers_page,
        mover=ColumnMover(model=Customer),
        permission="leads.view_customer",
        can_split=True,
        region="province",
        after=customers_handed,
    ),
    Holding(
        key="leads.lead",
        label=_("Open leads"),
        icon="users",
        order=20,
        of=lambda member: Lead.objects.filter(OPEN_LEADS, owner=member),
        url=leads_page,
        mover=ColumnMover(model=Lead, also=assigned_now),
        permission="leads.view_lead",
        can_split=True,
        region="province",
        after=leads_handed,
    ),
    Holding(
        key="leads.opportunity",
        label=_("Open opportunities"),
        icon="briefcase",
        order=30,
        of=lambda member: Opportunity.objects.filter(OPEN_DEALS, owner=member),
        url=deals_page,
        mover=ColumnMover(model=Opportunity),
        permission="leads.view_opportunity",
        can_split=True,
        region="customer__province",
        goes_with=("customer_id", "leads.customer"),
    ),
)
nouns.register(
    Noun(
        key="leads.customer",
        model=Customer,
        label=pgettext_lazy("record", "Customer"),
        plural=_("Customers"),
        icon="building",
        list_url="leads:customers",
        record_url="leads:customer",
        event="customer-updated",
        table=CustomerTable,
        along=(
            Along(key="leads.opportunity", path="customer_id", where=OPEN_DEALS),
            Along(key="leads.lead", path="customer_id", where=OPEN_LEADS),
        ),
        follows=(
            Follower(
                label=_("Contacts"),
                icon="id-badge-2",
                of=contacts_of,
                permission="leads.view_customer",
            ),
        ),
    )
)
nouns.register(
    Noun(
        key="leads.lead",
        model=Lead,
        label=pgettext_lazy("record", "Lead"),
        plural=_("Leads"),
        icon="users",
        list_url="leads:list",
        record_url="leads:detail",
        event="lead-updated",
        table=LeadTable,
    )
)
nouns.register(
    Noun(
        key="leads.opportunity",
        model=Opportunity,
        label=pgettext_lazy("record", "Opportunity"),
        plural=_("Opportunities"),
        icon="briefcase",
        list_url="leads:opportunities",
        record_url="leads:opportunity",
        event="opportunity-updated",
        table=OpportunityTable,
    )
)
