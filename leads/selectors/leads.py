from django.db.models import Q, QuerySet

from crm.access import policy
from crm.people.models import Member
from leads.enums import LeadStatus, RecordKind
from leads.models import Customer, FollowUp, Lead
from leads.selectors.candidates import identity_of
from leads.selectors.identity import find_similar

OPEN_STATUSES = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)


def visible_leads(member: Member, permission: str = "leads.view_lead") -> QuerySet[Lead]:
    """The leads the member may reach with this permission."""
    return policy.visible(member, Lead.objects.all(), permission)


def lead_or_404(member: Member, pk: int, permission: str = "leads.view_lead") -> Lead:
    """The lead with what its page shows, if the member may reach it."""
    rows = Lead.objects.select_related("owner", "department", "created_by", "customer")
    return policy.get_or_404(member, rows, permission, pk)


def untouched_count(member: Member) -> int:
    """The member's own open leads that wait for a first response, at most 100."""
    waiting = Q(owner=member, status__in=OPEN_STATUSES, first_response_at__isnull=True)
    return int(Lead.objects.filter(waiting)[:100].count())


def follow_ups_of_lead(lead: Lead) -> QuerySet[FollowUp]:
    """What was said with a lead."""
    return FollowUp.objects.filter(lead=lead)


def customers_to_attach(member: Member, lead: Lead) -> list[Customer]:
    """Customers that are or may be this lead's company and that the member may change."""
    matches = find_similar(identity_of(lead), excluding=[(RecordKind.LEAD.value, lead.pk)])
    ids = [match.record_id for match in matches if match.kind == RecordKind.CUSTOMER]
    found = policy.visible(member, Customer.objects.filter(pk__in=ids), "leads.edit_customer")
    return sorted(found, key=lambda customer: ids.index(customer.pk))
