from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from crm.audit import services as audit
from crm.integrations.rest import Token, address, check_query, gettext_lazy, listed
from leads.api.answers import customers_out, whole, written
from leads.api.filling import check_change, check_new, checked, given_facts
from leads.api.following import logged
from leads.api.narrowing import narrowed
from leads.api.shapes import (
    Brief,
    CustomerChange,
    CustomerEntry,
    CustomerOut,
    CustomerPage,
    CustomersAsked,
    FollowUpEntry,
    FollowUpOut,
)
from leads.api.telling import collisions_told, stale
from leads.enums import Channel, CollisionOrigin
from leads.forms.customers import CustomerForm
from leads.models import Customer
from leads.selectors.customers import customer_or_404, visible_customers
from leads.selectors.matching_text import narrow_customers
from leads.services import customers as services
from leads.services.refusals import StaleRecord

router = Router()
CHOICES = ("status", "level", "province", "industry")


@router.get(
    "",
    response=CustomerPage,
    exclude_unset=True,
    auth=Token("leads.view_customer"),
    summary=gettext_lazy("List customers"),
)
def list_customers(request: Any, asked: Query[CustomersAsked]) -> dict[str, Any]:
    """The customers one may see: the newest first, or since a moment the longest unchanged."""
    check_query(request, CustomersAsked.model_fields)
    rows = visible_customers(request.member).select_related("owner", "department")
    rows = narrowed(rows, asked, request.member, CHOICES)
    if asked.search.strip():
        rows = narrow_customers(rows, asked.search.strip())
    return listed(request, rows, asked, customers_out)


@router.get(
    "/{int:customer_id}",
    response=CustomerOut,
    exclude_unset=True,
    auth=Token("leads.view_customer"),
    summary=gettext_lazy("Read a customer"),
)
def read_customer(request: Any, customer_id: int) -> dict[str, Any]:
    """One customer."""
    customer = customer_or_404(request.member, customer_id)
    audit.note_view("leads.customer", customer.pk)
    return whole(request.member, customer)


@router.post(
    "",
    response={201: CustomerOut | Brief},
    auth=Token("leads.create_customer", writes=True),
    summary=gettext_lazy("Enter a customer"),
)
def create_customer(
    request: Any, entry: CustomerEntry, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Enter a customer of one's own. A known one is answered with 409: cards, and how to go on."""
    member, given = request.member, given_facts(entry)
    check_new(member, Customer, given)
    data = {**given, "status": entry.status, "level": entry.level}
    form = checked(CustomerForm(data))
    with collisions_told(member, typed=lambda: form.cleaned_data["name"]):
        customer = services.create_customer(
            by=member,
            owner=member,
            explanation=entry.collision.reason,
            confirmed=entry.collision.confirmed,
            channel=Channel.API,
            origin=CollisionOrigin.API,
            **form.facts,
        )
    response["Location"] = address(f"customers/{customer.pk}")
    return Status(201, written(member, customer))


@router.patch(
    "/{int:customer_id}",
    response=CustomerOut | Brief,
    auth=Token("leads.edit_customer", writes=True),
    summary=gettext_lazy("Change a customer"),
)
def change_customer(request: Any, customer_id: int, change: CustomerChange) -> dict[str, Any]:
    """Change some facts of a customer; of two who read one version, the second is refused."""
    member, given = request.member, given_facts(change)
    customer = customer_or_404(member, customer_id, "leads.edit_customer")
    check_change(member, Customer, given)
    form = CustomerForm(given, instance=customer)
    form.keep(given)
    checked(form)
    try:
        with collisions_told(member, typed=lambda: form.typed_name):
            customer = services.update_customer(
                customer_id=customer_id,
                by=member,
                version=change.version,
                explanation=change.collision.reason,
                confirmed=change.collision.confirmed,
                channel=Channel.API,
                origin=CollisionOrigin.API,
                **form.facts,
            )
    except StaleRecord as refusal:
        raise stale(refusal, written(member, refusal.current)) from None
    return written(member, customer)


@router.post(
    "/{int:customer_id}/follow-ups",
    response={201: FollowUpOut},
    auth=Token("leads.edit_customer", writes=True),
    summary=gettext_lazy("Log a follow-up of a customer"),
)
def follow_up_customer(
    request: Any, customer_id: int, entry: FollowUpEntry
) -> Status[dict[str, Any]]:
    """Log a call or visit. If the client is somebody else's, a collision case opens by itself."""
    customer = customer_or_404(request.member, customer_id, "leads.edit_customer")
    return Status(201, logged(request.member, customer, entry))
