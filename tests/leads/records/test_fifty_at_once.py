"""Fifty reps enter one company at the same moment: one owner, the others in one case, none lost."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from time import process_time, sleep

import pytest
from django.db import connection

from crm.people.models import Member
from crm.tenancy.context import acting_as, tenant_context
from leads.models import CollisionCase, CollisionRecord, Lead
from leads.services import entering
from leads.services.leads import create_lead
from leads.services.refusals import LikelyDuplicate, TooManyAtOnce
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once
from tests.support.cast import Cast, add_person, build_cast

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]
REPS = 50
# Seconds that ENTRY_WAIT lets one wait. Where others use the machine as well, fifty in turn take
# longer: what is held to it is the work for which the last in the queue waits.
PATIENCE = 12


@pytest.fixture
def company(real_transactions) -> Cast:
    cast = build_cast("acme")
    with tenant_context(cast.organization.id):
        for number in range(REPS):
            add_person(cast, f"rep{number}", department="east", role="rep")
    return cast


def enter(member: Member, explanation: str) -> Callable[[], Lead]:
    def call() -> Lead:
        with acting_as(member.pk), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            return create_lead(
                by=member, owner=member, company_name=COMPANY, explanation=explanation
            )

    return call


def test_fifty_reps_at_once(company, monkeypatch):
    monkeypatch.setattr(entering, "ENTRY_WAIT", "10min")
    reps = [company.members[f"rep{number}"] for number in range(REPS)]
    start = process_time()
    first = at_once(company, [enter(rep, "") for rep in reps], refusals=LikelyDuplicate)
    told = [
        rep for rep, found in zip(reps, first, strict=True) if isinstance(found, LikelyDuplicate)
    ]
    assert len(told) == REPS - 1
    between = process_time()
    insisting = at_once(company, [enter(rep, "老客户") for rep in told])
    assert all(isinstance(one, Lead) for one in insisting)
    assert max(between - start, process_time() - between) < PATIENCE / 2
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


def test_who_waits_too_long_is_told_and_nothing_is_saved(company, monkeypatch):
    monkeypatch.setattr(entering, "ENTRY_WAIT", "100ms")

    def enter_and_linger(member: Member) -> Lead:
        made = enter(member, "")()
        sleep(0.6)
        return made

    reps = [company.members["rep0"], company.members["rep1"]]
    calls = [partial(enter_and_linger, rep) for rep in reps]
    found = at_once(company, calls, refusals=TooManyAtOnce)
    assert sorted(type(one).__name__ for one in found) == ["Lead", "TooManyAtOnce"]
    with tenant_context(company.organization.id):
        assert Lead.objects.count() == 1
