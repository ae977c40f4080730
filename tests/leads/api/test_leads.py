"""Leads by program: entered, read, changed, with the services and rights of the pages."""

from datetime import UTC, timedelta
from datetime import timezone as tz

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.access import grants
from crm.audit.models import OperationLog
from crm.jobs.models import Job
from crm.people.models import Role
from crm.tenancy.context import acting_as, tenant_context
from leads.models import Lead, Touch
from leads.services.leads import create_lead
from tests.leads.records.conftest import COMPANY, SECRETS
from tests.support.programs import problem_of, program_of

NEW = {
    "company_name": "无锡云帆科技有限公司",
    "contact_name": "陈晨",
    "phone": "139 1234 5678",
    "email": "chen@yunfan.cn",
    "campaign": "ERP",
    "need": "三台设备",
}


def restrict(cast, code, **rights):
    with tenant_context(cast.organization.id):
        role = Role.objects.get(code=code)
        role.field_rights = rights
        role.save(update_fields=["field_rights"])


def test_a_reps_lead_is_theirs_and_came_by_the_api(cast, program):
    answer = program(cast.agent).post("/leads", NEW)
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/acme/api/v1/leads/{told['id']}")
    assert told["owner"] == {"id": cast.agent.pk, "name": "王磊"}
    assert (told["channel"], told["status"], told["version"]) == ("api", "new", 1)
    assert told["province"] == "32"
    assert told["url"].endswith(f"/acme/leads/{told['id']}/")
    with tenant_context(cast.organization.id):
        touch = Touch.objects.get()
        assert (touch.channel, touch.outcome, touch.lead_id) == ("api", "created", told["id"])
        assert touch.payload["company_name"] == NEW["company_name"]


def test_marketings_lead_goes_to_whom_the_rules_find(cast, program):
    told = program(cast.marketing).post("/leads", NEW).json()
    assert told["owner"] is None
    with tenant_context(cast.organization.id):
        assert Job.objects.filter(name="leads.assign_leads").exists()
    told = program(cast.marketing).post(
        "/leads", {"company_name": "杭州云帆软件有限公司", "owner_id": cast.colleague.pk}
    )
    assert told.json()["owner"]["id"] == cast.colleague.pk


def test_a_rep_does_not_choose_who_gets_it(cast, program):
    answer = program(cast.agent).post("/leads", NEW | {"owner_id": cast.colleague.pk})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "owner_id"


def test_service_enters_what_it_may_not_read(cast, program):
    answer = program(cast.service).post("/leads", NEW)
    assert answer.status_code == 201
    assert set(answer.json()) >= {"id", "number"}
    assert "phone" not in answer.json()
    assert program(cast.service).get(f"/leads/{answer.json()['id']}").status_code == 403


def test_others_leads_are_not_there(cast, program, known):
    for member, status in (
        (cast.agent, 200), (cast.manager, 200), (cast.colleague, 404), (cast.northerner, 404),
    ):  # fmt: skip
        reader = program(member)
        assert reader.get(f"/leads/{known.pk}").status_code == status
        assert len(reader.get("/leads").json()["items"]) == (1 if status == 200 else 0)
        with tenant_context(cast.organization.id):
            version = Lead.objects.get(pk=known.pk).version
        change = reader.patch(f"/leads/{known.pk}", {"version": version, "city": f"{member.pk}"})
        assert change.status_code == status
        follow = reader.post(f"/leads/{known.pk}/follow-ups", {"content": "电话"})
        assert follow.status_code == (201 if status == 200 else 404)


def test_another_organisations_numbers_lead_nowhere(cast, other_cast, program, known):
    stranger = program_of(other_cast, other_cast.owner)
    assert stranger.get(f"/leads/{known.pk}").status_code == 404
    assert stranger.patch(f"/leads/{known.pk}", {"version": 1, "city": "x"}).status_code == 404


def test_a_change_touches_what_was_sent_and_nothing_else(cast, program, known):
    answer = program(cast.agent).patch(f"/leads/{known.pk}", {"version": 1, "city": "昆山"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["city"], told["version"]) == ("昆山", 2)
    assert told["phone"] == SECRETS["phone"]
    empty = program(cast.agent).patch(f"/leads/{known.pk}", {"version": 2})
    assert empty.status_code == 422
    unread = program(cast.agent).patch(f"/leads/{known.pk}", {"city": "昆山"})
    assert [one["field"] for one in unread.json()["errors"]] == ["version"]


def test_of_two_who_read_one_version_the_second_is_refused(cast, program, known):
    agent = program(cast.agent)
    agent.patch(f"/leads/{known.pk}", {"version": 1, "city": "昆山"})
    answer = agent.patch(f"/leads/{known.pk}", {"version": 1, "city": "太仓"})
    assert (answer.status_code, problem_of(answer)) == (409, "stale")
    assert answer.json()["current"]["city"] == "昆山"
    assert agent.get(f"/leads/{known.pk}").json()["city"] == "昆山"


def test_masked_and_hidden_fields_stay_so(cast, program, known):
    restrict(cast, "manager", **{"leads.lead.phone": 1, "leads.lead.email": 0})
    manager = program(cast.manager)
    one, listed = manager.get(f"/leads/{known.pk}").json(), manager.get("/leads").json()["items"][0]
    for told in (one, listed):
        assert told["phone"] == "138****5678"
        assert told["email"] is None
        assert SECRETS["phone"] not in str(told)
    assert not manager.get("/leads?search=1381234").json()["items"]
    for name in ("phone", "email"):
        answer = manager.patch(f"/leads/{known.pk}", {"version": 1, name: "13900139000"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == name
    stale = manager.patch(f"/leads/{known.pk}", {"version": 9, "city": "昆山"}).json()["current"]
    assert (stale["phone"], stale["email"]) == ("138****5678", None)


def test_a_masked_field_is_filled_in_once_a_hidden_one_never(cast, program):
    restrict(cast, "rep", **{"leads.lead.phone": 1, "leads.lead.email": 0})
    agent = program(cast.agent)
    told = agent.post("/leads", {"company_name": "甲乙公司", "phone": "13912345678"}).json()
    assert told["phone"] == "139****5678"
    answer = agent.post("/leads", {"company_name": "丙丁公司", "email": "a@b.cn"})
    assert [one["field"] for one in answer.json()["errors"]] == ["email"]


def test_what_is_shared_to_view_is_read_not_written(cast, program, known):
    with tenant_context(cast.organization.id):
        grants.grant(cast.colleague, "view", known)
    reader = program(cast.colleague)
    assert reader.get(f"/leads/{known.pk}").status_code == 200
    assert reader.patch(f"/leads/{known.pk}", {"version": 1, "city": "x"}).status_code == 404


def test_a_token_to_edit_alone_reads_nothing(cast, program, known):
    blind = program(cast.agent, permissions=["leads.edit_lead"])
    assert blind.get(f"/leads/{known.pk}").status_code == 403
    told = blind.patch(f"/leads/{known.pk}", {"version": 1, "city": "昆山"}).json()
    assert "phone" not in told
    stale = blind.patch(f"/leads/{known.pk}", {"version": 1, "city": "太仓"})
    assert "phone" not in stale.json()["current"]


def test_a_merged_lead_says_what_it_is_now(cast, program, known):
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        gone = create_lead(
            by=cast.agent, owner=cast.agent, company_name=COMPANY, explanation="again"
        )
        Lead.objects.filter(pk=gone.pk).update(merged_into=known)
    answer = program(cast.agent).get(f"/leads/{gone.pk}")
    assert (answer.status_code, problem_of(answer)) == (410, "merged")
    assert answer.json()["kept"]["id"] == known.pk
    assert program(cast.colleague).get(f"/leads/{gone.pk}").status_code == 404


def make_leads(cast, count, **facts):
    values = {"owner": cast.agent, "department": cast.departments["east"]} | facts
    with tenant_context(cast.organization.id):
        start = Lead.objects.count()
        return Lead.objects.bulk_create(
            Lead(number=f"N{start + one}", company_name=f"公司 {start + one}", **values)
            for one in range(count)
        )


def read_all(reader, query):
    found, cursor = [], ""
    for _page in range(20):
        told = reader.get(f"/leads?{query}&cursor={cursor}").json()
        found += [one["id"] for one in told["items"]]
        cursor = told["next"]
        if not cursor:
            return found
    raise AssertionError("no end")


@pytest.mark.parametrize("since", ["", "updated_since=2020-01-01T00:00:00Z"])
def test_pages_join_without_gap_or_overlap(cast, program, since):
    made = [one.pk for one in make_leads(cast, 23)]
    with tenant_context(cast.organization.id):
        Lead.objects.filter(pk__in=made[5:9]).update(updated_at=timezone.now())
    reader = program(cast.agent)
    found = read_all(reader, f"limit=4&{since}")
    assert sorted(found) == sorted(made)
    assert found == (sorted(made, reverse=True) if not since else made[:5] + made[9:] + made[5:9])


def test_since_a_moment_finds_what_changed(cast, program):
    made = make_leads(cast, 3)
    moment = timezone.now() + timedelta(seconds=1)
    with tenant_context(cast.organization.id):
        Lead.objects.filter(pk=made[1].pk).update(updated_at=moment + timedelta(seconds=1))
    query = f"updated_since={moment.isoformat().replace('+', '%2B')}"
    assert read_all(program(cast.agent), query) == [made[1].pk]


def test_filters_narrow_as_on_the_page(cast, program):
    make_leads(cast, 2, province="31")
    make_leads(cast, 1, owner=cast.colleague, province="32", channel="phone")
    make_leads(cast, 1, owner=None, status="contacted")
    reader = program(cast.manager)
    found = {
        query: len(reader.get(f"/leads?{query}").json()["items"])
        for query in (
            "owner=me", "owner=none", f"owner={cast.agent.pk}", "status=contacted",
            "status=new&status=contacted", "province=31", "channel=phone",
            f"department={cast.departments['east'].pk}",
            f"department={cast.departments['north'].pk}", "search=%E5%85%AC%E5%8F%B8",
        )
    }  # fmt: skip
    assert list(found.values()) == [0, 1, 2, 1, 4, 2, 1, 4, 0, 4]


def test_thirty_rows_cost_as_many_queries_as_three(cast, program):
    reader, costs = program(cast.manager), []
    for more in (3, 27):
        make_leads(cast, more)
        reader.get("/leads")
        with CaptureQueriesContext(connection) as queries:
            assert reader.get("/leads").status_code == 200
        costs.append(len(queries))
    assert 5 < costs[0] == costs[1]


def test_a_follow_up_counts_with_outcome_and_next_step(cast, program, known):
    agent = program(cast.agent)
    note = agent.post(f"/leads/{known.pk}/follow-ups", {"content": "打过电话"})
    assert (note.status_code, note.json()["is_effective"]) == (201, False)
    body = {
        "kind": "visit", "outcome": "interested", "next_step": "寄样品",
        "next_step_at": "2026-12-01T09:30:00+08:00", "at": known.created_at.isoformat(),
    }  # fmt: skip
    told = agent.post(f"/leads/{known.pk}/follow-ups", body).json()
    assert told["is_effective"] is True
    assert told["at"].startswith(known.created_at.astimezone(UTC).isoformat()[:19])
    lead = agent.get(f"/leads/{known.pk}").json()
    assert (lead["status"], lead["next_step"]) == ("contacted", "寄样品")
    far = known.created_at.astimezone(tz(timedelta(hours=20))).isoformat()
    for field in ("at", "next_step_at"):
        answer = agent.post(f"/leads/{known.pk}/follow-ups", body | {field: far})
        assert answer.status_code == 201, field
    never = body | {"next_step_at": "9999-12-31T23:59:59-12:00"}
    assert agent.post(f"/leads/{known.pk}/follow-ups", never).status_code == 422
    future = {"content": "x", "at": "2999-01-01T00:00:00Z"}
    for wrong in ({}, {"content": "x", "kind": "dance"}, future):
        assert agent.post(f"/leads/{known.pk}/follow-ups", wrong).status_code == 422


def test_nobody_was_there_earlier_than_they_say_now(cast, program, known):
    agent = program(cast.agent)
    with tenant_context(cast.organization.id):
        entered = timezone.now() - timedelta(days=30)
        Lead.objects.filter(pk=known.pk).update(created_at=entered)
    body = {"content": "谈过", "outcome": "interested", "next_step": "报价"}
    answers = [
        agent.post(f"/leads/{known.pk}/follow-ups", body | {"at": at})
        for at in (
            "0001-01-01T00:00:00+14:00",
            (timezone.now() - timedelta(days=8)).isoformat(),
            (timezone.now() - timedelta(days=6)).isoformat(),
        )
    ]
    assert [one.status_code for one in answers] == [422, 422, 201]
    assert answers[1].json()["errors"][0]["field"] == "at"


def test_nobody_followed_up_what_was_not_there_yet(cast, program, known):
    at = (known.created_at - timedelta(hours=1)).isoformat()
    answer = program(cast.agent).post(f"/leads/{known.pk}/follow-ups", {"content": "x", "at": at})
    assert (answer.status_code, problem_of(answer)) == (422, "invalid")


def test_a_case_is_told_where_something_was_written_only(cast, program, known):
    answer = program(cast.agent).get(f"/leads/{known.pk}").json()
    assert "collision_case" not in answer


def test_the_log_has_every_value_of_a_filter(cast, program, known):
    program(cast.agent).get("/leads?status=new&status=contacted")
    with tenant_context(cast.organization.id):
        line = OperationLog.objects.filter(action="api.listed").latest("pk")
    assert line.details["filters"] == {"status": "new, contacted"}
