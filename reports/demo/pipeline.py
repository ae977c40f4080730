"""A year of leads, customers and follow-ups of the demo organisation."""

from datetime import datetime, timedelta

from django.db import connection

from crm.numbering import take_numbers
from crm.people.models import Member
from leads.enums import Channel, CustomerLevel, FollowUpKind, FollowUpOutcome, TouchOutcome
from leads.models import (
    Contact,
    Customer,
    FollowUp,
    Lead,
    Opportunity,
    Touch,
)
from leads.services.assignment import assign_leads
from leads.services.assignment_rules import ensure_rules
from leads.services.completion import complete_contact, complete_customer, complete_lead
from leads.services.identity import index_new
from leads.services.stages import ensure_default_stages
from reports.demo import deals, learned, warnings, words
from reports.demo.clock import (
    as_written,
    busy_moment,
    put_in_state,
    without_history,
    working_moment,
    write_back,
)
from reports.demo.companies import Company
from reports.demo.world import World, office_hour, plan_next_step

CHANNELS = {
    Channel.WEBSITE: 26,
    Channel.EXHIBITION: 22,
    Channel.PLATFORM: 18,
    Channel.REFERRAL: 12,
    Channel.PHONE: 14,
    Channel.EMAIL: 8,
}
# share of the leads that became something; the newest are still new
CONVERTED, INVALID = 0.24, 0.14
NEW_DAYS = 12


def fill(world: World, *, lead_count: int) -> None:
    """Leads first, then what became of them."""
    world.stages = ensure_default_stages()
    ensure_rules()
    make_leads(world, lead_count)
    assign(world)
    live_on(world)
    make_customers(world)
    deals.make_opportunities(world)
    make_follow_ups(world)
    learned.fill(world)
    people = [*world.contacts.values(), *world.more_contacts]
    index_new([*world.leads, *world.customers, *people])


def make_leads(world: World, count: int) -> None:
    moments = sorted(busy_moment(world.random, world.now) for _ in range(count))
    numbers = take_numbers("L", count)
    leads = [
        new_lead(world, world.inventor.company(), number=number, at=moment)
        for number, moment in zip(numbers, moments, strict=True)
    ]
    warnings.make_sisters(leads)
    with as_written(Lead, Touch):
        world.leads = Lead.objects.bulk_create(leads, batch_size=1_000)
        Touch.objects.bulk_create(
            [
                Touch(
                    channel=lead.channel,
                    payload={"company_name": lead.company_name, "phone": lead.phone},
                    received_at=lead.created_at,
                    outcome=TouchOutcome.CREATED,
                    lead=lead,
                )
                for lead in world.leads
            ],
            batch_size=2_000,
        )


def new_lead(world: World, company: Company, *, number: str, at: datetime) -> Lead:
    source = world.random
    channel = source.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    lead = Lead(
        number=number,
        company_name=company.name,
        contact_name=company.contact,
        contact_title=company.title,
        phone=company.phone,
        email=company.email if source.random() < 0.7 else "",
        province=company.province,
        city=company.city,
        address=company.address if source.random() < 0.6 else "",
        industry=company.industry,
        credit_code=company.credit_code if source.random() < 0.35 else "",
        channel=channel,
        campaign=source.choice(words.CAMPAIGNS.get(channel, [""])),
        need=source.choice(words.NEEDS),
        created_at=at,
        updated_at=at,
    )
    complete_lead(lead)
    return lead


def assign(world: World) -> None:
    """The rules decide, with their reasons, as they would have on the day."""
    ids = [lead.pk for lead in world.leads]
    with without_history(Lead):
        for start in range(0, len(ids), 1_000):
            assign_leads(lead_ids=ids[start : start + 1_000])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE leads_lead SET updated_at = created_at,"
                " assigned_at = created_at + interval '2 seconds' WHERE owner_id IS NOT NULL"
            )
            cursor.execute(
                "UPDATE leads_assignmentdecision d SET at = l.created_at + interval '2 seconds'"
                " FROM leads_lead l WHERE l.id = d.lead_id"
            )
    world.members = {member.pk: member for member in Member.objects.all()}
    world.leads = list(Lead.objects.order_by("id"))


def live_on(world: World) -> None:
    """Responses, next steps and verdicts; what is young enough stays new."""
    source = world.random
    for lead in world.leads:
        age = (world.now - lead.created_at).total_seconds() / 86_400
        if lead.owner_id is None or (age < NEW_DAYS and source.random() < 0.9 - age / 20):
            continue
        lead.first_response_at = world.later(lead.created_at, 0.02, 1.5)
        lead.last_follow_up_at = world.later(lead.first_response_at, 0, min(age, 25))
        lead.updated_at = lead.last_follow_up_at
        fate = source.random()
        if fate < INVALID and age > 5:
            put_in_state(lead, "invalid")
            lead.invalid_reason = source.choice(words.LOST)
        elif fate < INVALID + CONVERTED and age > 8:
            put_in_state(lead, "converted")
            lead.converted_at = world.later(lead.first_response_at, 2, 20)
            lead.updated_at = lead.converted_at
        else:
            put_in_state(lead, "qualified" if source.random() < 0.35 else "contacted")
            plan_next_step(world, lead)
    fields = [
        "status", "first_response_at", "last_follow_up_at", "next_step", "next_step_at",
        "invalid_reason", "converted_at", "updated_at",
    ]  # fmt: skip
    with without_history(Lead):
        write_back(world.leads, fields)


def make_customers(world: World) -> None:
    """Each converted lead became a customer with its contact."""
    won = [lead for lead in world.leads if lead.status == "converted"]
    customers = [
        new_customer(world, lead, number)
        for lead, number in zip(won, take_numbers("C", len(won)), strict=True)
    ]
    with as_written(Customer, Contact):
        world.customers = Customer.objects.bulk_create(customers, batch_size=1_000)
        contacts = [
            new_contact(lead, customer) for lead, customer in zip(won, world.customers, strict=True)
        ]
        world.contacts = {
            contact.customer_id: contact for contact in Contact.objects.bulk_create(contacts)
        }
    for lead, customer in zip(won, world.customers, strict=True):
        lead.customer = customer
    with without_history(Lead):
        write_back(won, ["customer"])


def new_customer(world: World, lead: Lead, number: str) -> Customer:
    at = lead.converted_at or world.now
    level = world.random.choices(list(CustomerLevel.values), [8, 22, 48, 22])[0]
    customer = Customer(
        number=number,
        name=lead.company_name,
        credit_code=lead.credit_code or world.inventor.credit_code(lead.province),
        level=level,
        phone=lead.phone,
        province=lead.province,
        city=lead.city,
        address=lead.address,
        industry=lead.industry,
        owner_id=lead.owner_id,
        department_id=lead.department_id,
        created_by_id=lead.owner_id,
        created_at=at,
        updated_at=at,
        last_follow_up_at=lead.last_follow_up_at,
    )
    complete_customer(customer)
    return customer


def new_contact(lead: Lead, customer: Customer) -> Contact:
    at = customer.created_at
    contact = Contact(
        customer=customer,
        name=lead.contact_name,
        title=lead.contact_title,
        phone=lead.phone,
        email=lead.email,
        is_primary=True,
        created_by_id=lead.owner_id,
        created_at=at,
        updated_at=at,
    )
    complete_contact(contact)
    return contact


def make_follow_ups(world: World) -> None:
    """What was said: on leads before, on customers and deals after."""
    for lead in world.leads:
        if lead.first_response_at and lead.owner_id:
            end = lead.last_follow_up_at or lead.first_response_at
            for at in spread(world, lead.first_response_at, end, most=3):
                note(world, at, lead.owner_id, lead=lead, customer_id=lead.customer_id)
    for deal in world.opportunities:
        if deal.owner_id:
            for at in spread(world, deal.created_at, deal.stage_changed_at, most=4):
                note(world, at, deal.owner_id, opportunity=deal, customer_id=deal.customer_id)
    with as_written(FollowUp):
        FollowUp.objects.bulk_create(world.follow_ups, batch_size=2_000)
    remember_the_last(world)


def remember_the_last(world: World) -> None:
    """A client's last contact is its latest effective follow-up, on a deal of it included."""
    latest: dict[int, datetime] = {}
    for one in world.follow_ups:
        if one.customer_id and one.is_effective:
            latest[one.customer_id] = max(one.at, latest.get(one.customer_id, one.at))
    for customer in world.customers:
        customer.last_follow_up_at = latest.get(customer.pk, customer.last_follow_up_at)
    with without_history(Customer):
        write_back(world.customers, ["last_follow_up_at"])


def spread(world: World, start: datetime, end: datetime, *, most: int) -> list[datetime]:
    """A few moments between the two, the last one included; none of them to come."""
    last = max(end, start + timedelta(hours=1))
    between = [
        min(working_moment(world.random, start, last), world.now)
        for _ in range(world.random.randrange(most))
    ]
    return sorted([*between, end])


def note(
    world: World,
    at: datetime,
    member_id: int,
    *,
    lead: Lead | None = None,
    opportunity: Opportunity | None = None,
    customer_id: int | None = None,
) -> None:
    source = world.random
    is_effective = source.random() < 0.7
    world.follow_ups.append(
        FollowUp(
            lead=lead,
            opportunity=opportunity,
            customer_id=customer_id,
            kind=source.choice(FollowUpKind.values[:5]),
            outcome=source.choice(FollowUpOutcome.values) if is_effective else "",
            content=source.choice(words.TALK),
            next_step=source.choice(words.NEXT_STEPS) if is_effective else "",
            next_step_at=office_hour(world.later(at, 1, 6)) if is_effective else None,
            is_effective=is_effective,
            member_id=member_id,
            at=at,
            created_at=at,
        )
    )
