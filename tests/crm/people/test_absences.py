"""Absences: no two at once, who stands in, what it stops."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.approvals import services as approvals
from crm.approvals.enums import Verdict
from crm.approvals.models import Run, StepAssignee
from crm.jobs.models import Job
from crm.people import tasks
from crm.people.models import Absence, Member
from crm.people.presence import acting_deputy, is_absent
from crm.people.services.absences import Away, change_absence, record_absence, remove_absence
from crm.people.services.members import update_member
from crm.refusals import Refused
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from leads.selectors.assignments import reps
from tests.orders.world import submitted

NOW = timezone.now()
DAY = timedelta(days=1)


def away(start: int = -1, end: int = 1, **more: object) -> Away:
    return Away(start_at=NOW + start * DAY, end_at=NOW + end * DAY, **more)


def leave(member: Member, start: int = -1, end: int = 1, **more: object) -> Absence:
    return record_absence(member_id=member.pk, away=away(start, end, **more), by=None)


def test_an_absence_is_half_open(tenant):
    leave(tenant.agent, 0, 2)
    assert is_absent(tenant.agent, NOW)
    assert not is_absent(tenant.agent, NOW + 2 * DAY)
    assert not is_absent(tenant.agent, NOW - DAY)
    assert not is_absent(tenant.colleague, NOW)


def test_absences_of_one_member_do_not_overlap(tenant):
    first = leave(tenant.agent, 0, 3)
    for start, end in ((1, 2), (-1, 1), (2, 5), (-1, 9)):
        with pytest.raises(Refused):
            leave(tenant.agent, start, end)
    second = leave(tenant.agent, 3, 4)
    leave(tenant.colleague, 0, 3)
    change_absence(absence_id=first.pk, away=away(0, 2))
    with pytest.raises(Refused):
        change_absence(absence_id=second.pk, away=away(1, 4))
    remove_absence(absence_id=first.pk)
    change_absence(absence_id=second.pk, away=away(1, 4))


def test_nonsense_is_refused(tenant):
    with pytest.raises(Refused):
        leave(tenant.agent, 2, 2)
    with pytest.raises(Refused):
        leave(tenant.agent, 0, 2, deputy=tenant.agent)


def test_the_deputy_of_the_absence_comes_before_the_standing_one(tenant):
    Member.objects.filter(pk=tenant.agent.pk).update(deputy=tenant.northerner)
    assert acting_deputy(tenant.agent, NOW) is None
    absence = leave(tenant.agent)
    assert acting_deputy(tenant.agent, NOW) == tenant.northerner
    change_absence(absence_id=absence.pk, away=away(deputy=tenant.colleague))
    assert acting_deputy(tenant.agent, NOW) == tenant.colleague


def test_an_absent_deputy_is_replaced_by_theirs(tenant):
    leave(tenant.agent, deputy=tenant.colleague)
    leave(tenant.colleague, deputy=tenant.northerner)
    assert acting_deputy(tenant.agent, NOW) == tenant.northerner
    leave(tenant.northerner, deputy=tenant.agent)
    assert acting_deputy(tenant.agent, NOW) is None


def test_a_deputy_who_left_stands_in_for_nobody(tenant):
    leave(tenant.agent, deputy=tenant.colleague)
    Member.objects.filter(pk=tenant.colleague.pk).update(is_active=False)
    assert acting_deputy(tenant.agent, NOW) is None


def test_the_absent_get_no_leads(tenant):
    leave(tenant.agent)
    Member.objects.filter(pk=tenant.colleague.pk).update(
        is_receiving_leads=False, skills=["激光"], provinces=["31"], industries=["machinery"]
    )
    found = {rep.rep_id: rep for rep in reps([])}
    assert found[tenant.agent.pk].is_absent
    assert found[tenant.colleague.pk].is_absent
    assert found[tenant.colleague.pk].regions == {"31"}
    assert found[tenant.colleague.pk].skills == {"激光"}
    assert found[tenant.colleague.pk].industries == {"machinery"}
    assert not found[tenant.northerner.pk].is_absent


def test_an_approval_asks_the_deputy_too(tenant):
    leave(tenant.manager, deputy=tenant.finance)
    run = waiting(tenant)
    assert asked_in(run) == {tenant.manager: None, tenant.finance: tenant.manager}


def waiting(tenant) -> Run:
    """An order of the rep that waits for the manager."""
    order = submitted(tenant.agent)
    return Run.objects.filter(subject_id=order.pk).latest("id")


def asked_in(run) -> dict[Member, Member | None]:
    rows = StepAssignee.objects.filter(step__run=run, is_open=True)
    return {one.member: one.stands_for for one in rows.select_related("member", "stands_for")}


def heard(member) -> int:
    return Notification.objects.filter(member=member, kind="approval-waiting").count()


def test_an_absence_that_begins_while_a_step_waits_asks_the_deputy_and_tells_them(tenant):
    run = waiting(tenant)
    absence = leave(tenant.manager, 1, 3, deputy=tenant.finance)
    assert asked_in(run) == {tenant.manager: None}
    job = Job.objects.get(name="people.absence_begins")
    assert job.run_after == absence.start_at
    Absence.objects.update(start_at=NOW - DAY)
    tasks.absence_begins(tenant.organization.pk, absence.pk)
    tasks.absence_begins(tenant.organization.pk, absence.pk)
    assert asked_in(run) == {tenant.manager: None, tenant.finance: tenant.manager}
    assert heard(tenant.finance) == 1


def test_an_absence_recorded_late_asks_at_once(tenant):
    run = waiting(tenant)
    leave(tenant.manager, deputy=tenant.finance)
    assert tenant.finance in asked_in(run)
    update_member(member_id=tenant.manager.pk, deputy=tenant.legal)
    change_absence(absence_id=Absence.objects.get().pk, away=away(deputy=tenant.legal))
    assert asked_in(run)[tenant.legal] == tenant.manager
    with acting_as(tenant.finance.pk):
        approvals.decide(run_id=run.pk, by=tenant.finance, verdict=Verdict.APPROVE)
    assert run.decisions.get().member == tenant.finance


def test_a_standing_deputy_named_during_the_absence_is_asked(tenant):
    run = waiting(tenant)
    leave(tenant.manager)
    update_member(member_id=tenant.manager.pk, deputy=tenant.finance)
    assert tenant.finance in asked_in(run)


def test_an_absence_that_was_moved_or_removed_asks_nobody(tenant):
    run = waiting(tenant)
    absence = leave(tenant.manager, 1, 3, deputy=tenant.finance)
    tasks.absence_begins(tenant.organization.pk, absence.pk)
    remove_absence(absence_id=absence.pk)
    tasks.absence_begins(tenant.organization.pk, absence.pk)
    assert asked_in(run) == {tenant.manager: None}


def test_nobody_approves_their_own_as_a_deputy(tenant):
    leave(tenant.manager, deputy=tenant.agent)
    run = waiting(tenant)
    assert asked_in(run) == {tenant.manager: None}
    change_absence(absence_id=Absence.objects.get().pk, away=away(deputy=tenant.agent))
    assert asked_in(run) == {tenant.manager: None}
