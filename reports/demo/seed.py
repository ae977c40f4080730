"""Make the demo organisation, and a second one that must see nothing of it."""

from django.db import transaction
from django.utils import timezone

from crm.people import services as people
from crm.people.models import User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from leads.services.assignment_rules import ensure_rules
from leads.services.stages import ensure_default_stages
from reports.demo import (
    DOMAIN,
    OPERATOR,
    SLUG,
    STRANGER,
    cash,
    collisions,
    entering,
    inbox,
    merging,
    pipeline,
    presence,
    quotes,
    sales,
    settled,
    sharing,
    warnings,
)
from reports.demo.companies import Inventor
from reports.demo.people import PASSWORD, hire_everybody
from reports.demo.world import World

SEED = 20_260_101
REASON = "demo data"


@transaction.atomic
def seed(*, lead_count: int = 3_000, slug: str = SLUG, domain: str = DOMAIN) -> Organization:
    """A company with a year of business, ending now."""
    organization = people.create_organization(slug=slug, name="同舟示范")
    inventor = Inventor(SEED)
    with tenant_context(organization.id, reason=REASON):
        team = hire_everybody(inventor, domain)
        presence.fill(team)
        world = World(team=team, inventor=inventor, now=timezone.now())
        pipeline.fill(world, lead_count=lead_count)
        orders = sales.fill(world)
        quotes.fill(world)
        cash.fill(world, orders)
        inbox.fill(world)
        settled.fill(world)
        collisions.fill(world)
        sharing.fill(world)
        merging.fill(world)
        warnings.fill(world)
        entering.fill(world)
    return organization


@transaction.atomic
def seed_stranger() -> Organization:
    """Another company in the same database, with one person and nothing else."""
    organization = people.create_organization(slug="other", name="远帆贸易")
    with tenant_context(organization.id, reason=REASON):
        department = people.create_department(name="远帆贸易")
        user = User.objects.create_user(STRANGER[0], PASSWORD, name="林远")
        people.add_member(user=user, department=department, roles=["administrator"])
        ensure_default_stages()
        ensure_rules()
    return organization


def seed_operator() -> User:
    """Who runs the platform: a login outside all organisations, at /operator/."""
    return User.objects.create_user(OPERATOR[0], PASSWORD, name="平台运营", is_staff=True)
