"""Many reach at once, two decide at once: real transactions in threads."""

from collections.abc import Callable
from threading import Event
from time import sleep
from typing import Any

import pytest

from crm.people.models import Department
from crm.tenancy.context import tenant_context
from leads.enums import CaseState, CollisionOutcome
from leads.models import CollisionAppeal, CollisionCase, CollisionDecision, CollisionRecord, Lead
from leads.services import case_decisions
from leads.services.case_decisions import DecidedMeanwhile, accept, appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.leads import create_lead
from leads.services.refusals import Refused
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once
from tests.support.cast import Cast, add_person

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]
ENTRANTS = 12


def enter(member: Any, why: str = "并行录入") -> Callable[[], Lead]:
    return lambda: create_lead(by=member, owner=member, company_name=COMPANY, explanation=why)


def test_all_who_enter_one_client_meet_in_one_case(cast_committed: Cast) -> None:
    with tenant_context(cast_committed.organization.id):
        reps = [
            add_person(cast_committed, f"rep{number}", department="east", role="rep")
            for number in range(ENTRANTS)
        ]
    made = at_once(cast_committed, [enter(rep) for rep in reps], refusals=Refused)
    assert all(isinstance(one, Lead) for one in made)
    with tenant_context(cast_committed.organization.id):
        case = CollisionCase.objects.get()
        inside = CollisionRecord.objects.filter(case=case)
        assert inside.count() == ENTRANTS
        assert inside.filter(is_held=True).count() == 1
        reps_inside = case.parties.filter(side__in=["holder", "newcomer"])
        assert reps_inside.count() == ENTRANTS
        assert case.decider == cast_committed.manager


def test_of_two_who_decide_at_once_the_second_is_told(cast_committed: Cast) -> None:
    with tenant_context(cast_committed.organization.id):
        enter(cast_committed.agent)()
        enter(cast_committed.colleague)()
        case = CollisionCase.objects.get()
        reps = [cast_committed.agent, cast_committed.colleague]
    ways = (CollisionOutcome.KEEP, CollisionOutcome.REASSIGN)
    calls = [
        lambda way=way, rep=rep: decide(
            case_id=case.pk,
            by=cast_committed.manager,
            ruling=Ruling(way, rep, reason="同时"),
            version=case.version,
        )
        for way, rep in zip(ways, reps, strict=True)
    ]
    found = at_once(cast_committed, calls, refusals=Refused)
    assert sum(isinstance(one, CollisionDecision) for one in found) == 1
    assert sum(isinstance(one, DecidedMeanwhile) for one in found) == 1


def test_who_comes_while_a_case_is_decided_is_not_left_in_the_decided_one(
    cast_committed: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding, real = Event(), case_decisions.enforce

    def slowly(*args: Any, **kwargs: Any) -> Any:
        deciding.set()
        sleep(0.5)
        return real(*args, **kwargs)

    monkeypatch.setattr(case_decisions, "enforce", slowly)
    cast = cast_committed
    with tenant_context(cast.organization.id):
        enter(cast.agent)()
        enter(cast.colleague)()
        case = CollisionCase.objects.get()

    def come() -> Lead:
        deciding.wait(5)
        return enter(cast.northerner)()

    ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
    verdict = lambda: decide(case_id=case.pk, by=cast.manager, ruling=ruling)  # noqa: E731
    made = at_once(cast, [verdict, come])
    with tenant_context(cast.organization.id):
        inside = CollisionRecord.objects.get(record_kind="lead", record_id=made[1].pk)
        assert inside.case_id != case.pk
        assert inside.case.state == CaseState.OPEN


def test_one_appeal_of_all_that_come_at_once_and_nobody_decides_beside_it(
    cast_committed: Cast,
) -> None:
    cast = cast_committed
    with tenant_context(cast.organization.id):
        enter(cast.agent)()
        enter(cast.colleague)()
        boss = add_person(cast, "director", department="office", role="manager")
        Department.objects.filter(pk=cast.departments["office"].pk).update(head=boss)
        case = CollisionCase.objects.get()
        other = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
        decide(case_id=case.pk, by=cast.manager, ruling=other)
    by = (cast.agent, cast.colleague)
    calls = [
        *(lambda one=one: appeal(case_id=case.pk, by=one, reason="不对") for one in by),
        lambda: accept(case_id=case.pk, by=cast.colleague),
        lambda: decide(case_id=case.pk, by=cast.manager, ruling=other),
    ]
    found = at_once(cast, calls, refusals=Refused)
    assert sum(isinstance(one, CollisionAppeal) for one in found) == 1
    assert isinstance(found[3], Refused)
    with tenant_context(cast.organization.id):
        now = CollisionCase.objects.get()
        assert (now.state, now.level) == (CaseState.APPEALED, 2)
        assert now.decisions.count() == 1


def test_a_decision_and_an_appeal_against_it_in_one_moment(cast_committed: Cast) -> None:
    cast = cast_committed
    with tenant_context(cast.organization.id):
        enter(cast.agent)()
        enter(cast.colleague)()
        case = CollisionCase.objects.get()
    keep = Ruling(CollisionOutcome.KEEP, cast.agent, reason="先来")
    calls = [
        lambda: decide(case_id=case.pk, by=cast.manager, ruling=keep),
        lambda: appeal(case_id=case.pk, by=cast.colleague, reason="不对"),
    ]
    decided, appealed = at_once(cast, calls, refusals=Refused)
    assert isinstance(decided, CollisionDecision)
    with tenant_context(cast.organization.id):
        now = CollisionCase.objects.get()
        was_heard = isinstance(appealed, CollisionAppeal)
        assert now.state == (CaseState.APPEALED if was_heard else CaseState.DECIDED)
        assert now.level == 1 + was_heard
