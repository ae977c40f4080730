"""Records as a program's member may see them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from crm.access import policy
from crm.coded import in_words
from crm.integrations.rest import sight
from crm.people.models import Member
from crm.tenancy.links import public
from leads.models import CollisionCase, Contact, Customer, Lead
from leads.selectors.addresses import page_of
from leads.selectors.customers import visible_customers
from leads.services.cases import waiting_case_of

COMPANY = (
    "number", "phone", "province", "city", "address", "industry", "credit_code", "status",
    "next_step", "next_step_at", "last_follow_up_at",
)  # fmt: skip
LEAD = (
    *COMPANY, "company_name", "contact_name", "contact_title", "other_phones", "email", "wechat",
    "channel",
    "campaign", "need", "invalid_reason", "first_response_at",
)  # fmt: skip
CUSTOMER = (*COMPANY, "name", "level", "website")
CONTACT = ("name", "title", "phone", "other_phones", "email", "wechat", "is_primary")
VIEW = {Lead: "leads.view_lead", Customer: "leads.view_customer"}
Record = Lead | Customer


def leads_out(member: Member, leads: Sequence[Lead]) -> list[dict[str, Any]]:
    """Leads with what they became, where that may be seen."""
    ids = {one.customer_id for one in leads if one.customer_id}
    known = set(visible_customers(member).filter(pk__in=ids).values_list("pk", flat=True))
    seen = sight(member, Lead, LEAD)
    return [
        _in_words(seen(one))
        | _company(one, "lead")
        | {"customer_id": one.customer_id if one.customer_id in known else None}
        for one in leads
    ]


def _in_words(told: dict[str, Any]) -> dict[str, Any]:
    """A lead's fields; why it was closed in the language that is spoken."""
    why = told["invalid_reason"]
    return told | {"invalid_reason": in_words(why) if why else why}


def customers_out(member: Member, customers: Sequence[Customer]) -> list[dict[str, Any]]:
    """Customers."""
    seen = sight(member, Customer, CUSTOMER)
    return [seen(one) | _company(one, "customer") for one in customers]


def contacts_out(member: Member, contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    """People, each with the customer they belong to."""
    seen = sight(member, Contact, CONTACT)
    return [
        seen(one)
        | {
            "id": one.pk,
            "version": one.version,
            "customer": _named(one.customer),
            "created_at": one.created_at,
            "updated_at": one.updated_at,
            "url": public(page_of("contact", one.pk)),
        }
        for one in contacts
    ]


def written(member: Member, record: Record) -> dict[str, Any]:
    """A record as it was just written: in full for those who may read it, and its case."""
    case = case_out(waiting_case_of(record))
    if not policy.allowed(member, VIEW[type(record)], record):
        return {"id": record.pk, "number": record.number, "collision_case": case}
    return whole(member, record) | {"collision_case": case}


def whole(member: Member, record: Record) -> dict[str, Any]:
    """One record that the member may read."""
    if isinstance(record, Lead):
        return leads_out(member, [record])[0]
    return customers_out(member, [record])[0]


def case_out(case: CollisionCase | None) -> dict[str, str] | None:
    """The open case that the record came into, if any."""
    if case is None:
        return None
    return {"number": case.number, "url": public(reverse("leads:case", args=[case.pk]))}


def _company(record: Record, kind: str) -> dict[str, Any]:
    return {
        "id": record.pk,
        "version": record.version,
        "owner": _named(record.owner),
        "department": _named(record.department),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "url": public(page_of(kind, record.pk)),
    }


def _named(one: Any) -> dict[str, Any] | None:
    return {"id": one.pk, "name": one.name} if one is not None else None
