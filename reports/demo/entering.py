"""Rules for entering known clients, protected customers, other names, requests that wait."""

from datetime import timedelta

from crm.access import policy
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.services.shares import share
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.enums import AliasKind, AliasSource, LeadStatus, RecordKind
from leads.identity import parse_company_name
from leads.models import Customer, Lead
from leads.services.collision_rules import ensure_rules
from leads.services.identity import learn_alias
from leads.services.protection import protect_customer
from leads.services.share_requests import ask_to_share
from reports.demo.world import World

OTHER = "华南"
WHY = ("年度框架协议签署中", "招标期间，由本区独家对接")


def fill(world: World) -> None:
    """What an organisation has after a while of not stepping on each other's toes."""
    ensure_rules()
    rep = Member.objects.get(user__email__startswith="rep@")
    customers = list(Customer.objects.filter(owner=rep).order_by("-level", "pk")[:3])
    with acting_as(rep.pk, reason="demo data"):
        for days, (customer, why) in enumerate(zip(customers[:2], WHY, strict=False), start=1):
            until = organization_today() + timedelta(days=30 * days)
            protect_customer(customer_id=customer.pk, by=rep, reason=why, until=until)
    asker = world.team.reps[OTHER][0]
    with acting_as(asker.pk, reason="demo data"):
        for customer in customers[2:]:
            ask_to_share(
                kind=RecordKind.CUSTOMER,
                record_id=customer.pk,
                by=asker,
                reason="客户在深圳设厂，想一起报价",
                typed=customer.name,
            )
    name_others(customers, by=rep)
    ask_and_share(rep, asker)


def name_others(customers: list[Customer], *, by: Member) -> None:
    """How people call the clients: by their brand, and one by its name of before."""
    with acting_as(by.pk, reason="demo data"):
        for customer in customers:
            parsed = parse_company_name(customer.name)
            short = f"{parsed.brand}{parsed.industry}"
            learn(customer, short, AliasKind.SHORT, by)
        for customer in customers[:1]:
            brand = parse_company_name(customer.name).brand
            learn(customer, f"{brand}实业有限公司", AliasKind.FORMER, by)


def learn(customer: Customer, text: str, kind: AliasKind, by: Member) -> None:
    learn_alias(customer_id=customer.pk, text=text, source=AliasSource.TYPED, by=by, kind=kind)


def ask_and_share(rep: Member, other: Member) -> None:
    """The rep waits for an answer, and works on a lead of a colleague's who shared it."""
    seen = policy.visible(rep, Customer.objects.all(), "leads.view_customer").values("pk")
    theirs = Customer.objects.filter(owner=other).exclude(pk__in=seen).order_by("-pk").first()
    if theirs is not None:
        with acting_as(rep.pk, reason="demo data"):
            ask_to_share(
                kind=RecordKind.CUSTOMER, record_id=theirs.pk, by=rep, typed=theirs.name[:4]
            )
    lead = Lead.objects.filter(owner=other, status=LeadStatus.NEW).order_by("-pk").first()
    if lead is not None:
        with acting_as(other.pk, reason="demo data"):
            share(
                noun=noun("leads.lead"), ids=[lead.pk], receivers=[rep], action="edit", by=other,
                reason="客户总部在上海，请帮忙对接",
            )  # fmt: skip
