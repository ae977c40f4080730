"""Fifty reps enter one company at the same moment: one owner, the others in one case, none lost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pytest

from crm.people.models import Member
from crm.tenancy.context import acting_as, tenant_context
from leads.models import CollisionCase, CollisionRecord, Lead
from leads.services.leads import create_lead
from leads.services.refusals import LikelyDuplicate
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once
from tests.support.cast import Cast, add_person, build_cast

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]
REPS = 50
PATIENCE = 12  # seconds; what ENTRY_WAIT lets one wait


@pytest.fixture
def company(real_transactions) -> Cast:
    cast = build_cast("acme")
    with tenant_context(cast.organization.id):
        for number in range(REPS):
            add_person(cast, f"rep{number}", department="east", role="rep")
    return cast


@dataclass(frozen=True)
class Answer:
    result: Any
    seconds: float


def enter(member: Member, explanation: str) -> Callable[[], Answer]:
    def call() -> Answer:
        start = monotonic()
        result: Any
        try:
            with acting_as(member.pk):
                result = create_lead(
                    by=member, owner=member, company_name=COMPANY, explanation=explanation
                )
        except LikelyDuplicate as refused:
            result = refused
        return Answer(result, monotonic() - start)

    return call


def test_fifty_reps_at_once(company):
    reps = [company.members[f"rep{number}"] for number in range(REPS)]
    first = at_once(company, [enter(rep, "") for rep in reps])
    told = [
        rep
        for rep, answer in zip(reps, first, strict=True)
        if isinstance(answer.result, LikelyDuplicate)
    ]
    assert len(told) == REPS - 1
    insisting = at_once(company, [enter(rep, "老客户") for rep in told])
    assert all(isinstance(one.result, Lead) for one in insisting)
    assert max(one.seconds for one in (*first, *insisting)) < PATIENCE
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
