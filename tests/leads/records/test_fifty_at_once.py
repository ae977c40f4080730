"""Fifty reps enter one company at the same moment: one owner, the others in one case, none lost."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from crm.tenancy.context import acting_as, tenant_context
from leads.models import CollisionCase, CollisionRecord, Lead
from leads.services.leads import create_lead
from leads.services.refusals import LikelyDuplicate
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once
from tests.support.cast import Cast, add_person, build_cast

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]
REPS, AT_ONCE = 50, 10


@pytest.fixture
def company(real_transactions) -> Cast:
    cast = build_cast("acme")
    with tenant_context(cast.organization.id):
        for number in range(REPS):
            add_person(cast, f"rep{number}", department="east", role="rep")
    return cast


def test_fifty_reps_at_once(company):
    def enter(part: str, explanation: str) -> Callable[[], Any]:
        member = company.members[part]

        def call() -> Lead:
            with acting_as(member.pk):
                return create_lead(
                    by=member, owner=member, company_name=COMPANY, explanation=explanation
                )

        return call

    parts = [f"rep{number}" for number in range(REPS)]
    results = at_once(company, [enter(part, "") for part in parts], refusals=LikelyDuplicate)
    told = [part for part, one in zip(parts, results, strict=True)
            if isinstance(one, LikelyDuplicate)]  # fmt: skip
    assert len(told) == REPS - 1
    insisting: list[Any] = []
    for start in range(0, len(told), AT_ONCE):  # as many as a server lets in together
        wave = told[start : start + AT_ONCE]
        insisting += at_once(
            company, [enter(part, "老客户") for part in wave], refusals=LikelyDuplicate
        )
    assert all(isinstance(one, Lead) for one in insisting)
    with tenant_context(company.organization.id):
        leads = Lead.objects.all()
        assert leads.count() == REPS
        first = leads.order_by("id").first()
        (case,) = CollisionCase.objects.all()
        assert case.subject_id == first.pk
        records = CollisionRecord.objects.filter(case=case)
        held = Counter(records.values_list("is_held", flat=True))
        assert held == {True: 1, False: REPS - 1}
        assert set(records.values_list("record_id", flat=True)) == set(
            leads.values_list("id", flat=True)
        )
