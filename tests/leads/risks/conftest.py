"""Clients in different hands that are not yet a collision."""

import pytest

from crm.tenancy.context import acting_as
from leads.services.customers import create_customer
from leads.services.forewarning import look_at
from leads.services.identity import kind_of
from leads.services.leads import create_lead
from tests.leads.records.conftest import empty_cache, mounted, url  # noqa: F401


@pytest.fixture
def enter(tenant):
    """Enter a lead or customer as one of the cast."""

    def make(owner, name, *, customer=False, **facts):
        member = tenant.members[owner]
        with acting_as(member.pk):
            if customer:
                return create_customer(by=member, name=name, explanation="test", **facts)
            return create_lead(
                by=member, owner=member, company_name=name, explanation="test", **facts
            )

    return make


@pytest.fixture
def group(enter):
    """Two companies of one group, with the agent and with the northerner, and a warning."""
    left = enter("agent", "苏州同光达精密机械有限公司", customer=True, province="32")
    right = enter("northerner", "天津同光达精密机械有限公司", province="12")
    look_at([(kind_of(one).value, one.pk) for one in (left, right)])
    return left, right
