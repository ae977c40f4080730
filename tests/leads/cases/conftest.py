"""A client that two reps claim, and somebody above both."""

import pytest

from crm.people.models import Department
from crm.tenancy.context import acting_as
from leads.models import CollisionCase, Lead
from leads.services.leads import create_lead
from tests.leads.records.conftest import (  # noqa: F401  fixtures
    COMPANY,
    customer,
    deal,
    empty_cache,
    lead,
    mounted,
    stages,
    url,
)
from tests.support.cast import add_person


@pytest.fixture
def director(tenant):
    """Stands above both regions; the north has a head of its own."""
    boss = add_person(tenant, "director", department="office", role="manager", name="总监")
    head = add_person(tenant, "northern_head", department="north", role="manager", name="北区经理")
    for name, member in (("office", boss), ("north", head)):
        Department.objects.filter(pk=tenant.departments[name].pk).update(head=member)
    return boss


def enter(member, *, why="分厂单独采购", **facts) -> Lead:
    """A rep enters the client although it is another's."""
    with acting_as(member.pk):
        return create_lead(by=member, owner=member, company_name=COMPANY, explanation=why, **facts)


@pytest.fixture
def newcomers_lead(tenant, lead) -> Lead:  # noqa: F811
    """The colleague enters the agent's client."""
    return enter(tenant.colleague)


@pytest.fixture
def case(newcomers_lead) -> CollisionCase:
    return CollisionCase.objects.get()


@pytest.fixture
def wide_case(tenant, director, lead) -> CollisionCase:  # noqa: F811
    """Between a rep of the east and one of the north: the director decides."""
    enter(tenant.northerner)
    return CollisionCase.objects.get()
