from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from crm.access import policy
from crm.people.models import Member
from leads.models import Contact, Customer, FollowUp, Opportunity


def visible_customers(
    member: Member, permission: str = "leads.view_customer"
) -> QuerySet[Customer]:
    """The customers the member may reach with this permission."""
    return policy.visible(member, Customer.objects.all(), permission)


def customer_or_404(member: Member, pk: int, permission: str = "leads.view_customer") -> Customer:
    """The customer with what its page shows, if the member may reach it."""
    rows = Customer.objects.select_related("owner", "department", "created_by")
    return policy.get_or_404(member, rows, permission, pk)


def visible_contacts(member: Member) -> QuerySet[Contact]:
    """The people at customers the member may see: their shared customers' included."""
    shared = visible_customers(member).values("pk")
    return Contact.objects.filter(customer__in=shared)


def contact_or_404(member: Member, pk: int, permission: str = "leads.view_customer") -> Contact:
    """The contact, if the member may reach its customer."""
    rows = Contact.objects.filter(customer__in=visible_customers(member, permission).values("pk"))
    return get_object_or_404(rows.select_related("customer", "created_by"), pk=pk)


def contacts_of(customer: Customer) -> QuerySet[Contact]:
    """The customer's people, the main contact first."""
    return Contact.objects.filter(customer=customer).order_by("-is_primary", "id")


def opportunities_of(customer: Customer, member: Member) -> QuerySet[Opportunity]:
    """The customer's deals the member may see, the latest first."""
    rows = Opportunity.objects.filter(customer=customer).select_related("stage")
    return policy.visible(member, rows, "leads.view_opportunity").order_by("-id")


def follow_ups_of_customer(customer: Customer, member: Member) -> QuerySet[FollowUp]:
    """What was said with a customer; of its deals, those the member may see."""
    seen = policy.visible(member, Opportunity.objects.all(), "leads.view_opportunity")
    own = Q(opportunity__isnull=True) | Q(opportunity__in=seen.values("pk"))
    return FollowUp.objects.filter(own, customer=customer)
