"""Absences: no two at once, who stands in, what it stops."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.approvals import resolution
from crm.people.models import Absence, Member
from crm.people.presence import acting_deputy, is_absent
from crm.people.refusals import Refused
from crm.people.services.absences import Away, change_absence, record_absence, remove_absence
from leads.selectors.assignments import reps

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
    assert resolution.approvers("superior", {}, tenant.agent) == [tenant.manager]
    leave(tenant.manager, deputy=tenant.finance)
    asked = resolution.approvers("superior", {}, tenant.agent)
    assert asked == [tenant.manager, tenant.finance]


def test_nobody_approves_their_own_as_a_deputy(tenant):
    leave(tenant.manager, deputy=tenant.agent)
    assert resolution.approvers("superior", {}, tenant.agent) == [tenant.manager]
