"""The pages about people: who sees what, what forms may change, forged ids."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from crm.people.models import Absence, CalendarDay, Department, Member, Role, WorkingCalendar
from crm.people.services.absences import Away, record_absence
from crm.people.working_hours import working_time_of
from crm.tenancy.context import tenant_context

PEOPLE = "/acme/people/"


def inside(cast):
    return tenant_context(cast.organization.id)


@pytest.fixture
def away(cast) -> Absence:
    """The agent is ill."""
    with inside(cast):
        now = timezone.now()
        days = Away(
            start_at=now, end_at=now + timedelta(days=2), kind="sick", deputy=cast.colleague
        )
        return record_absence(member_id=cast.agent.pk, away=days, by=None)


def page(browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_sees_the_directory_and_no_details(cast, sign_in, away):
    text = page(sign_in(cast.northerner), PEOPLE)
    assert "王磊" in text
    assert "华东" in text
    assert "Away until" in text
    assert "@acme.test" not in text.replace("northerner@acme.test", "")
    record = page(sign_in(cast.northerner), f"{PEOPLE}{cast.agent.pk}/")
    assert "王磊" in record
    assert "agent@acme.test" not in record
    assert "Sick leave" not in record


def test_managers_see_their_own_tree(cast, sign_in, away):
    browser = sign_in(cast.manager)
    assert "agent@acme.test" in page(browser, f"{PEOPLE}{cast.agent.pk}/")
    assert "Sick leave" in page(browser, f"{PEOPLE}{cast.agent.pk}/")
    assert "northerner@acme.test" not in page(browser, f"{PEOPLE}{cast.northerner.pk}/")


def test_administrators_see_and_find_everything(cast, sign_in, away):
    browser = sign_in(cast.owner)
    assert "agent@acme.test" in page(browser, PEOPLE)
    for text in ("王磊", "wanglei", "wang l", "wl", "agent@acme"):
        assert "王磊" in page(browser, f"{PEOPLE}?q={text}")
        assert "赵北" not in page(browser, f"{PEOPLE}?q={text}")
    assert "王磊" in page(browser, f"{PEOPLE}?state=away")
    assert "李娜" not in page(browser, f"{PEOPLE}?state=away")
    assert "马经理" in page(browser, f"{PEOPLE}?role=manager")
    east = cast.departments["office"].pk
    assert "赵北" in page(browser, f"{PEOPLE}?department={east}")
    assert browser.get(f"{PEOPLE}?export=csv").status_code in (200, 302)


def test_those_who_left_are_listed_when_asked_for(cast, sign_in):
    browser = sign_in(cast.owner)
    browser.post(f"{PEOPLE}{cast.northerner.pk}/deactivate/", {"reason": "离职"})
    page(browser, PEOPLE)  # says who left
    assert "赵北" not in page(browser, PEOPLE)
    assert "赵北" in page(browser, f"{PEOPLE}?state=inactive")
    browser.post(f"{PEOPLE}{cast.northerner.pk}/reactivate/")
    assert "赵北" in page(browser, PEOPLE)


def facts_of(member: Member, **more) -> dict[str, object]:
    return {"name": member.name, "department": member.department_id, **more}


def test_an_administrator_changes_a_member(cast, sign_in):
    with inside(cast):
        rows = Role.objects.filter(code__in=["rep", "service"])
        roles = list(rows.values_list("pk", flat=True))
    served = {"provinces": ["31", "32"], "industries": ["machinery"], "skills": "英语，激光, 英语"}
    above = {"superior": cast.finance.pk, "deputy": cast.colleague.pk}
    data = facts_of(cast.agent, title="高级销售", capacity=12, roles=roles, **served, **above)
    answer = sign_in(cast.owner).post(f"{PEOPLE}{cast.agent.pk}/edit/", data)
    assert answer.status_code == 302
    with inside(cast):
        member = Member.objects.get(pk=cast.agent.pk)
        assert member.skills == ["英语", "激光"]
        assert member.provinces == ["31", "32"]
        assert not member.is_receiving_leads
        assert member.role_codes == {"rep", "service"}
    text = page(sign_in(cast.owner), f"{PEOPLE}{cast.agent.pk}/")
    assert "激光" in text
    assert "changed the roles" in text


def test_the_last_administrator_is_kept_by_the_form_too(cast, sign_in):
    with inside(cast):
        rep = Role.objects.get(code="rep").pk
    data = facts_of(cast.owner, roles=[rep])
    answer = sign_in(cast.owner).post(f"{PEOPLE}{cast.owner.pk}/edit/", data)
    assert answer.status_code == 422
    assert "somebody must stay" in answer.content.decode()


def test_a_form_gives_no_roles_to_who_may_not(cast, sign_in):
    """People who may edit members, but not give roles, send them all the same."""
    with inside(cast):
        role = Role.objects.get(code="manager")
        role.grants |= {"people.edit_member": 4}
        role.save(update_fields=["grants"])
        administrator = Role.objects.get(code="administrator").pk
    data = facts_of(cast.manager, roles=[administrator], is_active="", user=cast.owner.user_id)
    answer = sign_in(cast.manager).post(f"{PEOPLE}{cast.manager.pk}/edit/", data)
    assert answer.status_code == 302
    with inside(cast):
        member = Member.objects.get(pk=cast.manager.pk)
        assert member.role_codes == {"manager"}
        assert member.is_active
        assert member.user_id == cast.manager.user_id


def test_nobody_widens_their_own_reach_by_moving(cast, sign_in):
    """A manager who may edit their tree puts themselves at the top: refused."""
    with inside(cast):
        role = Role.objects.get(code="manager")
        role.grants |= {"people.edit_member": 3}
        role.save(update_fields=["grants"])
    browser, office = sign_in(cast.manager), cast.departments["office"].pk
    path = f"{PEOPLE}{cast.manager.pk}/edit/"
    assert browser.post(path, facts_of(cast.manager, department=office)).status_code == 422
    data = {"ids": [cast.manager.pk], "go": 1, "department": office}
    assert browser.post(f"{PEOPLE}department/", data).status_code == 422
    assert browser.post(path, facts_of(cast.manager, title="大区总监")).status_code == 302
    stranger = f"{PEOPLE}{cast.northerner.pk}/edit/"
    assert browser.post(stranger, facts_of(cast.northerner)).status_code == 404


@pytest.mark.parametrize("part", ["manager", "agent", "finance"])
def test_others_change_nobody(cast, sign_in, part):
    browser = sign_in(cast.members[part])
    for path in ("edit/", "hours/", "deactivate/", "reactivate/"):
        assert browser.post(f"{PEOPLE}{cast.agent.pk}/{path}", {}).status_code == 403
    for path in ("department/", "role/", "invitations/new/", "import/"):
        assert browser.post(f"{PEOPLE}{path}", {}).status_code == 403
    assert browser.post("/acme/people/departments/new/", {"name": "x"}).status_code == 403
    assert browser.post("/acme/absences/calendar/week/", {}).status_code == 403


@pytest.mark.parametrize("name", ["department", "superior", "deputy", "roles"])
def test_another_organisations_ids_are_nobodys(cast, other_cast, sign_in, name):
    with inside(other_cast):
        foreign = {
            "department": other_cast.departments["east"].pk,
            "superior": other_cast.owner.pk,
            "deputy": other_cast.owner.pk,
            "roles": [Role.objects.get(code="rep").pk],
        }
    with inside(cast):
        rep = Role.objects.get(code="rep").pk
    data = facts_of(cast.agent, roles=[rep]) | {name: foreign[name]}
    answer = sign_in(cast.owner).post(f"{PEOPLE}{cast.agent.pk}/edit/", data)
    assert answer.status_code == 422
    assert sign_in(cast.owner).get(f"{PEOPLE}{other_cast.agent.pk}/").status_code == 404


def test_bulk_changes(cast, sign_in):
    north = cast.departments["north"].pk
    ids = [cast.agent.pk, cast.colleague.pk]
    browser = sign_in(cast.owner)
    browser.post(f"{PEOPLE}department/", {"ids": ids, "go": 1, "department": north})
    with inside(cast):
        role = Role.objects.get(code="service")
        assert Member.objects.filter(department=north).count() == 3
    browser.post(f"{PEOPLE}role/", {"all": 1, "query": f"department={north}", "go": 1,
                                    "role": role.pk})  # fmt: skip
    with inside(cast):
        assert role.member_roles.count() == 4


def test_the_tree_is_shown_and_changed(cast, sign_in):
    browser, office = sign_in(cast.owner), cast.departments["office"]
    text = page(browser, "/acme/people/departments/")
    assert text.index("总部") < text.index("华东") < text.index("华北")
    assert "9 members" in text
    data = {"name": "华南", "parent": office.pk, "provinces": ["44"], "head": cast.agent.pk}
    assert browser.post("/acme/people/departments/new/", data).status_code == 302
    with inside(cast):
        south = Department.objects.get(name="华南")
        assert south.path == [office.pk, south.pk]
    east = cast.departments["east"].pk
    assert (
        browser.post(f"/acme/people/departments/{south.pk}/move/", {"parent": east}).status_code
        == 302
    )
    into_itself = browser.post(f"/acme/people/departments/{east}/move/", {"parent": south.pk})
    assert into_itself.status_code == 422
    answer = browser.post(
        f"/acme/people/departments/{east}/delete/", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "Move them first" in answer.headers["HX-Trigger"]
    browser.post(f"/acme/people/departments/{south.pk}/delete/")
    with inside(cast):
        assert not Department.objects.filter(name="华南").exists()


def absence(**more) -> dict[str, object]:
    return {"kind": "leave", "start_date": "2026-12-01", "end_date": "2026-12-03", **more}


def test_members_record_their_own_absence_and_no_others(cast, sign_in):
    browser = sign_in(cast.agent)
    data = absence(member=cast.agent.pk, deputy=cast.colleague.pk)
    assert browser.post("/acme/absences/new/", data).status_code == 302
    with inside(cast):
        stored = Absence.objects.get()
        zone_hours = timedelta(hours=8)
        assert stored.start_at == datetime(2026, 12, 1, tzinfo=UTC) - zone_hours
        assert stored.end_at == datetime(2026, 12, 4, tzinfo=UTC) - zone_hours
        assert stored.is_whole_days
    assert browser.post("/acme/absences/new/", data).status_code == 422
    other = absence(member=cast.colleague.pk)
    assert browser.post("/acme/absences/new/", other).status_code == 422
    assert browser.post(f"{PEOPLE}{cast.colleague.pk}/absence/", absence()).status_code == 404
    assert "王磊" in page(browser, "/acme/absences/")
    assert "王磊" not in page(sign_in(cast.northerner), "/acme/absences/").replace(
        "王磊</option>", ""
    )


def test_managers_record_absences_in_their_tree(cast, sign_in, away):
    browser = sign_in(cast.manager)
    assert browser.post(f"{PEOPLE}{cast.colleague.pk}/absence/", absence()).status_code == 302
    assert browser.post(f"{PEOPLE}{cast.northerner.pk}/absence/", absence()).status_code == 404
    path = f"/acme/absences/{away.pk}/"
    timed = absence(start_time="09:30", end_date="2026-12-01", end_time="12:00")
    assert browser.post(path, timed).status_code == 302
    with inside(cast):
        stored = Absence.objects.get(pk=away.pk)
        assert stored.end_at - stored.start_at == timedelta(hours=2, minutes=30)
        assert not stored.is_whole_days
    assert sign_in(cast.northerner).post(f"{path}remove/").status_code == 404
    assert browser.post(f"{path}remove/").status_code == 302
    with inside(cast):
        assert not Absence.objects.filter(pk=away.pk).exists()


def test_the_calendar_is_shown_and_changed(cast, sign_in):
    browser = sign_in(cast.owner)
    text = page(browser, "/acme/absences/calendar/?year=2026")
    assert "Spring Festival" in text
    week = {"day0": "10:00-16:00", "day6": "10：00至12：00"}
    week["follows_public_holidays"] = "on"
    assert browser.post("/acme/absences/calendar/week/", week).status_code == 302
    day = {"date": "2026-11-30", "kind": "off", "name": "公司周年"}
    assert browser.post("/acme/absences/calendar/days/new/", day).status_code == 302
    with inside(cast):
        assert WorkingCalendar.objects.get().week == {
            "0": [["10:00", "16:00"]], "6": [["10:00", "12:00"]],
        }  # fmt: skip
        working = working_time_of()
        assert not working.is_working_day(CalendarDay.objects.get().date)
        assert working.is_working(datetime(2026, 11, 23, 2, 30, tzinfo=UTC))
        pk = CalendarDay.objects.get().pk
    assert "公司周年" in page(browser, "/acme/absences/calendar/?year=2026")
    assert "公司周年" in page(sign_in(cast.agent), "/acme/absences/calendar/?year=2026")
    browser.post(f"/acme/absences/calendar/days/{pk}/remove/")
    assert browser.post("/acme/absences/calendar/week/", {"day0": "18:00-09:00"}).status_code == 422
    assert "not been announced" in page(browser, "/acme/absences/calendar/?year=2029")


def test_own_hours_of_a_member(cast, sign_in):
    path = f"{PEOPLE}{cast.agent.pk}/hours/"
    sign_in(cast.owner).post(path, {"day2": "20:00-24:00", "uses_own": "on"})
    with inside(cast):
        member = Member.objects.get(pk=cast.agent.pk)
        assert working_time_of(member).is_working(datetime(2026, 11, 25, 13, tzinfo=UTC))
        assert not working_time_of(cast.colleague).is_working(
            datetime(2026, 11, 25, 13, tzinfo=UTC)
        )
    sign_in(cast.owner).post(path, {"day2": "20:00-24:00"})
    with inside(cast):
        assert Member.objects.get(pk=cast.agent.pk).working_week is None
