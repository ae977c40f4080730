"""Many reach at once, two decide at once: real transactions in threads."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.people.models import Department
from crm.people.services.activity import deactivate_member
from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from leads.enums import CaseState, CollisionOutcome
from leads.models import CollisionAppeal, CollisionCase, CollisionDecision, CollisionRecord, Lead
from leads.services import case_decisions
from leads.services.case_clock import tick
from leads.services.case_decisions import DecidedMeanwhile, accept, appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.customers import create_customer
from leads.services.forewarning import look_at, watch
from leads.services.leads import create_lead
from leads.services.risk_digest import send_all
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
        deciding.wait(120)
        return enter(cast.northerner)()

    ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
    verdict = lambda: decide(case_id=case.pk, by=cast.manager, ruling=ruling)  # noqa: E731
    made = at_once(cast, [verdict, come])
    with tenant_context(cast.organization.id):
        places = CollisionRecord.objects.filter(record_kind="lead", record_id=made[1].pk)
        # two clients by now: both owners are told
        assert len(places) == 2
        for inside in places:
            assert inside.case_id != case.pk
            assert inside.case.state == CaseState.OPEN


def test_nobody_is_given_a_client_in_the_moment_in_which_they_leave(
    cast_committed: Cast,
) -> None:
    with tenant_context(cast_committed.organization.id):
        enter(cast_committed.agent)()
        enter(cast_committed.colleague)()
        case = CollisionCase.objects.get()
    left, tried = Event(), Event()

    def leave() -> None:
        deactivate_member(member_id=cast_committed.colleague.pk, by=cast_committed.owner)
        left.set()
        tried.wait(10)

    def give() -> CollisionDecision:
        left.wait(10)
        ruling = Ruling(CollisionOutcome.REASSIGN, cast_committed.colleague, reason="给")
        try:
            return decide(case_id=case.pk, by=cast_committed.manager, ruling=ruling)
        finally:
            tried.set()

    _left, told = at_once(cast_committed, [leave, give], refusals=Refused)
    assert isinstance(told, Refused)
    with tenant_context(cast_committed.organization.id):
        assert CollisionCase.objects.get().is_waiting
        with pytest.raises(Refused, match="已停用"):
            give()


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


def opened(cast: Cast) -> CollisionCase:
    """A case between two reps of one department; above its manager stands a director."""
    with tenant_context(cast.organization.id):
        enter(cast.agent)()
        enter(cast.colleague)()
        boss = add_person(cast, "director", department="office", role="manager")
        Department.objects.filter(pk=cast.departments["office"].pk).update(head=boss)
        return CollisionCase.objects.get()


def test_the_deadline_and_the_decision_in_one_moment(cast_committed: Cast) -> None:
    """Either it was decided in time or it went up, never both; nobody's work is done twice."""
    cast, case = cast_committed, opened(cast_committed)
    with tenant_context(cast.organization.id):
        CollisionCase.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    keep = Ruling(CollisionOutcome.KEEP, cast.agent, reason="先来")
    calls = [
        lambda: tick(case_id=case.pk),
        lambda: decide(case_id=case.pk, by=cast.manager, ruling=keep, version=case.version),
        lambda: tick(case_id=case.pk),
    ]
    found = at_once(cast, calls, refusals=Refused)
    with tenant_context(cast.organization.id):
        now = CollisionCase.objects.get()
        was_decided = isinstance(found[1], CollisionDecision)
        assert now.escalations == (0 if was_decided else 1)
        assert now.state == (CaseState.DECIDED if was_decided else CaseState.OPEN)
        assert now.decisions.count() == was_decided


def test_the_end_of_the_time_to_appeal_an_appeal_and_two_who_accept(cast_committed: Cast) -> None:
    cast, case = cast_committed, opened(cast_committed)
    with tenant_context(cast.organization.id):
        other = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
        decide(case_id=case.pk, by=cast.manager, ruling=other)
    calls = [
        lambda: accept(case_id=case.pk, by=cast.agent),
        lambda: accept(case_id=case.pk, by=cast.colleague),
        lambda: appeal(case_id=case.pk, by=cast.agent, reason="不对"),
        lambda: tick(case_id=case.pk),
    ]
    found = at_once(cast, calls, refusals=Refused)
    with tenant_context(cast.organization.id):
        now = CollisionCase.objects.get()
        was_heard = isinstance(found[2], CollisionAppeal)
        assert now.state == (CaseState.APPEALED if was_heard else CaseState.CLOSED)
        closed = OperationLog.objects.filter(action="case.closed").count()
        assert closed == (0 if was_heard else 1)
        assert (now.closed_at is None) == was_heard


def test_two_jobs_send_one_digest(cast_committed: Cast, mailoutbox: Any) -> None:
    cast = cast_committed
    with tenant_context(cast.organization.id):
        one = create_customer(by=cast.agent, name="苏州同光达精密机械有限公司", explanation="a")
        two = create_lead(
            by=cast.northerner, owner=cast.northerner, explanation="b",
            company_name="天津同光达精密机械有限公司",
        )  # fmt: skip
        look_at([("customer", one.pk), ("lead", two.pk)])
        watch()
    send = lambda: send_all(cast.organization.pk, date(2026, 11, 2))  # noqa: E731
    found = at_once(cast, [send, send], refusals=Refused)
    assert sorted(found)[0] == 0
    assert len(mailoutbox) == max(found) > 0
