"""A lead becomes a customer, a contact and perhaps a deal: all of it or nothing, once."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.money import ZERO
from crm.people.models import Member
from crm.sharing.selectors.shares import Share
from leads.enums import CollisionOrigin, LeadStatus, RecordKind
from leads.models import Contact, Customer, FollowUp, Lead, Opportunity
from leads.numbers import TooManyNumbers, numbers_kept, other_numbers
from leads.services import splits
from leads.services.cases import follow_conversion, refuse_while_open
from leads.services.contacts import add_contact, update_contact
from leads.services.customers import create_customer
from leads.services.derivations import phone_key_of
from leads.services.identity import repoint
from leads.services.opportunities import create_opportunity
from leads.services.protection import check_lock
from leads.services.refusals import WrongState
from leads.services.saving import locked
from leads.services.sharing_on import share_on, share_on_known

CARRIED = (
    "credit_code", "phone", "province", "city", "address", "industry",
    "next_step", "next_step_at", "last_follow_up_at",
)  # fmt: skip


@dataclass(frozen=True)
class Deal:
    """The opportunity to open with the conversion."""

    name: str
    amount: Decimal = ZERO
    expected_close_date: date | None = None


@dataclass(frozen=True)
class Conversion:
    """What a lead became; `is_new` is False when it had been converted before."""

    lead: Lead
    customer: Customer
    contact: Contact | None
    opportunity: Opportunity | None
    is_new: bool = True
    # with whom the lead was shared and the customer, not being theirs to share, is not
    unshared: Sequence[Share] = ()


@transaction.atomic
def convert_lead(
    *,
    lead_id: int,
    by: Member,
    customer_id: int | None = None,
    deal: Deal | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
) -> Conversion:
    """Make a lead a customer, or attach it to one, with its contact, deal and follow-ups.

    Doing it twice gives the first result. LikelyDuplicate when the client is a colleague's
    customer and no reason is given. The caller has checked that `by` may use `customer_id`.
    """
    lead = locked(Lead.objects.all(), lead_id)
    if lead.status == LeadStatus.CONVERTED:
        return _first_result(lead)
    if lead.status == LeadStatus.INVALID:
        raise WrongState(_("This lead is closed as invalid. Reopen it first."))
    check_lock(lead, by)
    refuse_while_open(lead)
    customer = (
        locked(Customer.objects.all(), customer_id)
        if customer_id
        else _new_customer(lead, by=by, explanation=explanation, confirmed=confirmed)
    )
    contact = _contact_for(lead, customer, by=by)
    shared_as = splits.live_split_of(lead)
    lead.convert()
    lead.customer, lead.converted_at = customer, timezone.now()
    lead.save(update_fields=["status", "customer", "converted_at", "updated_at"])
    unshared: Sequence[Share] = ()
    if customer_id is None:
        share_on(lead, customer, by=by)
    else:
        unshared = share_on_known(lead, customer, by=by)
    splits.carry_on(shared_as, customer, unshared=unshared)
    repoint(kind=RecordKind.LEAD, from_id=lead.pk, to_kind=RecordKind.CUSTOMER, to_id=customer.pk)
    follow_conversion(lead=lead, customer=customer)
    opportunity = _open(deal, lead, customer, contact, by=by) if deal else None
    _carry_over_follow_ups(lead, customer, opportunity)
    audit.record("lead.converted", target=lead, customer=customer.pk)
    return Conversion(lead, customer, contact, opportunity, unshared=unshared)


def _first_result(lead: Lead) -> Conversion:
    customer: Customer = Customer.objects.get(pk=lead.customer_id or 0)
    opportunity = Opportunity.objects.filter(lead=lead).order_by("id").first()
    return Conversion(lead, customer, _same_person(lead, customer), opportunity, is_new=False)


def _new_customer(
    lead: Lead, *, by: Member, explanation: str, confirmed: Collection[str]
) -> Customer:
    facts = {name: getattr(lead, name) for name in CARRIED}
    return create_customer(
        by=by,
        owner=lead.owner or by,
        explanation=explanation,
        confirmed=confirmed,
        excluding=((RecordKind.LEAD.value, lead.pk),),
        channel=lead.channel,
        origin=CollisionOrigin.CONVERSION,
        name=lead.company_name,
        **facts,
    )


def _same_person(lead: Lead, customer: Customer) -> Contact | None:
    """The customer's contact with the lead's number, or else its name."""
    people = Contact.objects.filter(customer=customer).order_by("id")
    key = phone_key_of(lead.phone)
    by_phone = people.filter(phone_key=key).first() if key else None
    return by_phone or people.filter(name=lead.contact_name).first()


def _contact_for(lead: Lead, customer: Customer, *, by: Member) -> Contact | None:
    if not any((lead.contact_name, lead.phone, lead.other_phones, lead.email)):
        return None
    known = _same_person(lead, customer)
    if known is not None:
        return _learn(known, lead)
    return add_contact(
        customer,
        by=by,
        name=lead.contact_name or lead.company_name[:80],
        title=lead.contact_title,
        phone=lead.phone,
        other_phones=lead.other_phones,
        email=lead.email,
        wechat=lead.wechat,
    )


def _learn(person: Contact, lead: Lead) -> Contact:
    """The person also has what only the lead knew of them; nothing that is known is overwritten."""
    told: dict[str, Any] = {"title": lead.contact_title, "phone": lead.phone, "email": lead.email}
    told["wechat"] = lead.wechat
    news = {name: said for name, said in told.items() if said and not getattr(person, name)}
    phones = (person.other_phones, lead.phone, lead.other_phones)
    numbers = [number for text in phones for number in numbers_kept(text)]
    with suppress(TooManyNumbers):  # then the lead keeps them
        phone = news.get("phone", person.phone)
        news["other_phones"] = other_numbers(numbers, beside=phone)
    return update_contact(contact_id=person.pk, by=None, **news)


def _open(
    deal: Deal, lead: Lead, customer: Customer, contact: Contact | None, *, by: Member
) -> Opportunity:
    return create_opportunity(
        customer_id=customer.pk,
        by=by,
        owner=lead.owner or by,
        lead=lead,
        contact=contact,
        name=deal.name,
        amount=deal.amount,
        expected_close_date=deal.expected_close_date,
        next_step=lead.next_step,
        next_step_at=lead.next_step_at,
    )


def _carry_over_follow_ups(lead: Lead, customer: Customer, opportunity: Opportunity | None) -> None:
    told = FollowUp.objects.filter(lead=lead)
    told.update(customer=customer, opportunity=opportunity)
    latest = lead.last_follow_up_at
    if latest and (customer.last_follow_up_at is None or customer.last_follow_up_at < latest):
        customer.last_follow_up_at = latest
        customer.save(update_fields=["last_follow_up_at", "updated_at"])
