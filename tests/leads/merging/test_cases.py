# ruff: noqa: F811
"""A merge that decides a collision case."""

import pytest

from leads.enums import CollisionOutcome
from leads.models import CollisionCase, Lead, Merge
from leads.services import merging
from leads.services.refusals import Refused
from tests.leads.cases.conftest import case, lead, newcomers_lead  # noqa: F401  fixtures


def test_it_is_the_cases_decision(tenant, case, lead, newcomers_lead):
    merging.merge(kept=lead, gone=newcomers_lead, by=tenant.manager, case=case, reason="同一家")
    found = CollisionCase.objects.get()
    assert found.outcome == CollisionOutcome.MERGE
    assert found.decisions.get().winner == tenant.agent
    assert Lead.objects.get() == lead


def test_only_whoever_decides_the_case_may_merge_for_it(
    tenant,
    case,
    lead,
    newcomers_lead,
):
    with pytest.raises(Refused):
        merging.merge(kept=lead, gone=newcomers_lead, by=tenant.colleague, case=case)
    assert Merge.objects.count() == 0
    assert Lead.objects.count() == 2
