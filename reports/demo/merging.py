"""Two customers that were one: merged two days ago, and another pair that still waits."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count
from django.utils import timezone

from crm.people.models import Member
from crm.tenancy.context import acting_as
from leads.models import Customer, Merge
from leads.services import merging
from leads.services.contacts import create_contact
from leads.services.customers import create_customer
from leads.services.opportunities import create_opportunity
from reports.demo.world import World

REGION = "华东"
SEEN = timedelta(days=2, hours=3)
LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司")


def fill(world: World) -> None:
    """A rep entered one of her own customers again under its short name; her manager merged it."""
    manager = world.team.managers[REGION]
    held = Customer.objects.filter(owner__in=world.team.reps[REGION]).values("owner")
    busiest = held.annotate(number=Count("pk")).order_by("-number", "owner").first()
    if busiest is None or busiest["number"] < 2:
        return
    rep = next(one for one in world.team.reps[REGION] if one.pk == busiest["owner"])
    kept, other = Customer.objects.filter(owner=rep).order_by("pk")[:2]
    gone = entered_again(kept, rep)
    with acting_as(manager.pk, reason="demo data"):
        found = merging.merge(
            kept=kept, gone=gone, by=manager, reason="同一家公司，展会上又登记了一次"
        )
    Merge.objects.filter(pk=found.pk).update(at=timezone.now() - SEEN)
    entered_again(other, rep)


def entered_again(customer: Customer, rep: Member) -> Customer:
    """The same client under its short name, with a person and a deal."""
    name = customer.name
    for form in LEGAL_FORMS:
        name = name.removesuffix(form)
    with acting_as(rep.pk, reason="demo data"):
        again = create_customer(
            by=rep,
            owner=rep,
            explanation="展会",
            name=name,
            website="www.example.cn",
            next_step="寄样品",
        )
        person = create_contact(customer_id=again.pk, by=rep, name="方晓", title="采购")
        create_opportunity(
            customer_id=again.pk,
            by=rep,
            name=f"{name} 样机",
            amount=Decimal("48000.00"),
            contact=person,
        )
    return again
