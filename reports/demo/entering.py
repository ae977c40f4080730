"""Rules for entering known clients, two protected customers, and a request that waits."""

from datetime import timedelta

from crm.people.models import Member
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.enums import RecordKind
from leads.models import Customer
from leads.services.collision_rules import ensure_rules
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
            )
