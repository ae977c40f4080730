"""One client of the agent's, with everything a stranger must not learn, and programs."""

import pytest

from crm.tenancy.context import acting_as, tenant_context
from leads.services.leads import create_lead
from tests.leads.records.conftest import COMPANY, SECRETS
from tests.support.programs import program_of


@pytest.fixture
def program(cast):
    """`program(cast.agent)` is a program with a token of the agent's that may write."""
    return lambda member, **terms: program_of(cast, member, **terms)


@pytest.fixture
def known(cast):
    """A lead of the agent's."""
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        return create_lead(
            by=cast.agent, owner=cast.agent, company_name=COMPANY, contact_name="李敏", **SECRETS
        )
