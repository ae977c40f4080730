"""The pages of a case: who opens them, what they hold back, a case through its buttons."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.people.models import MemberRole
from leads.enums import CaseState, CollisionOutcome, LeadStatus
from leads.models import CollisionCase, CollisionSettings, Lead
from leads.redaction import masked_name
from leads.selectors.cases import WAITING_DUE
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead
from orders.services.editing import begin_order
from tests.leads.records.conftest import COMPANY, SECRETS


def test_who_is_no_party_and_not_above_one_find_nothing(case, tenant, sign_in, url):
    page = url("leads:case", case.pk)
    for part in ("agent", "colleague", "manager", "owner"):
        assert sign_in(tenant.members[part]).get(page).status_code == 200
    for part in ("northerner", "finance", "marketing"):
        assert sign_in(tenant.members[part]).get(page).status_code == 404


def test_the_other_reps_next_step_and_number_stay_theirs(
    case, lead, tenant, as_member, sign_in, url
):
    with as_member(tenant.agent):
        log_follow_up(
            subject=lead, by=tenant.agent, outcome="quote_wanted", next_step="报价一百二十万"
        )
    page = url("leads:case", case.pk)
    own = sign_in(tenant.agent).get(page).content.decode()
    theirs = sign_in(tenant.colleague).get(page).content.decode()
    assert "报价一百二十万" in own
    for secret in ("报价一百二十万", f"/leads/{lead.pk}/", *SECRETS.values()):
        assert secret not in theirs
    assert "王磊" in theirs


def test_a_case_through_its_buttons(case, tenant, director, lead, sign_in, url):
    manager, loser = sign_in(tenant.manager), sign_in(tenant.colleague)
    decide = url("leads:case_decide", case.pk)
    assert "Stays with 王磊" in manager.get(decide).content.decode()
    sent = {"choice": f"keep:{tenant.agent.pk}", "version": case.version, "reason": ""}
    stale = manager.post(decide, {**sent, "version": 0})
    assert stale.status_code == 422
    assert f'<a href="{decide}" data-drawer>Look again</a>' in stale.content.decode()
    assert manager.post(decide, sent).status_code == 302
    late = manager.post(decide, sent)
    assert late.status_code == 422
    there = url("leads:case", case.pk)
    way_on = f'<a href="{there}" data-drawer>Open the case</a>'
    assert way_on in late.content.decode()
    said = loser.post(url("leads:case_state", case.pk), {"text": "我先见到的"})
    assert way_on in said.content.decode()
    gone = loser.post(url("leads:case_give_way", case.pk), {"reason": ""})
    assert way_on in gone.content.decode()
    answer = loser.post(url("leads:case_appeal", case.pk), {"reason": "他没跟进"})
    assert answer.status_code == 302
    case = CollisionCase.objects.get(pk=case.pk)
    assert (case.state, case.decider) == (CaseState.APPEALED, director)
    above = sign_in(director)
    page = above.get(url("leads:case", case.pk)).content.decode()
    assert "他没跟进" in page
    assert decide in page
    assert "他没跟进" in above.get(decide).content.decode()


def test_what_is_missing_is_said_at_its_field(case, tenant, sign_in, url):
    manager, decide = sign_in(tenant.manager), url("leads:case_decide", case.pk)
    agent, colleague = tenant.agent.pk, tenant.colleague.pk
    sent = {"choice": f"reassign:{colleague}", "version": case.version, "reason": ""}
    refused = manager.post(decide, sent)
    assert "reason" in refused.context["form"].errors
    parts = {"choice": "share:", f"share_{agent}": "70", f"share_{colleague}": "40"}
    refused = manager.post(decide, {**sent, **parts, "reason": "两人都在做"})
    assert "110" in refused.context["form"].errors["shares"][0]
    assert CollisionCase.objects.get().state == CaseState.OPEN


def test_a_decided_case_says_what_it_changed(case, tenant, newcomers_lead, sign_in, url):
    manager = sign_in(tenant.manager)
    sent = {"choice": f"keep:{tenant.agent.pk}", "version": case.version, "reason": ""}
    manager.post(url("leads:case_decide", case.pk), sent)
    page = manager.get(url("leads:case", case.pk)).content.decode()
    assert "1 lead closed as a duplicate" in page


def test_a_newcomers_record_leads_to_its_case_first(case, tenant, newcomers_lead, sign_in, url):
    html = sign_in(tenant.colleague).get(url("leads:detail", newcomers_lead.pk)).content.decode()
    assert url("leads:convert", newcomers_lead.pk) not in html
    first = html.index("btn-primary", html.index('class="tz-actions"'))
    assert url("leads:case", case.pk) in html[first : first + 200]


def test_what_a_decision_closed_is_not_opened_again(case, tenant, newcomers_lead, sign_in, url):
    manager, loser = sign_in(tenant.manager), sign_in(tenant.colleague)
    sent = {"choice": f"keep:{tenant.agent.pk}", "version": case.version, "reason": ""}
    manager.post(url("leads:case_decide", case.pk), sent)
    again = url("leads:move_lead", newcomers_lead.pk, "reopened")
    assert again not in loser.get(url("leads:detail", newcomers_lead.pk)).content.decode()
    loser.post(again)
    newcomers_lead = Lead.objects.get(pk=newcomers_lead.pk)
    assert newcomers_lead.status == LeadStatus.INVALID


def test_statement_and_remark(case, tenant, sign_in, url):
    agent, colleague = sign_in(tenant.agent), sign_in(tenant.colleague)
    assert agent.post(url("leads:case_state", case.pk), {"text": "一直在跟"}).status_code == 302
    assert (
        colleague.post(url("leads:case_remark", case.pk), {"text": "我先报价"}).status_code == 302
    )
    page = sign_in(tenant.manager).get(url("leads:case", case.pk)).content.decode()
    assert "一直在跟" in page
    assert "我先报价" in page


def test_reported_from_a_lead_by_a_redacted_card(lead, tenant, sign_in, url):
    mine = create_lead(by=None, owner=tenant.colleague, company_name=COMPANY)
    page = url("leads:report_lead", mine.pk)
    client = sign_in(tenant.colleague)
    value, title = client.get(page).context["form"].fields["other"].choices[0]
    assert title == COMPANY  # which their own record bears too
    answer = client.post(page, {"other": value, "number": "", "why": "同一位采购"})
    assert answer.status_code == 302
    case = CollisionCase.objects.get()
    assert (case.origin, case.subject_id) == ("manual", lead.pk)


def test_of_another_name_a_report_tells_what_ones_own_says(lead, tenant, sign_in, url):
    mine = create_lead(by=None, owner=tenant.colleague, company_name="同光精密")
    page = sign_in(tenant.colleague).get(url("leads:report_lead", mine.pk))
    assert [title for _value, title in page.context["form"].fields["other"].choices] == [
        masked_name(COMPANY, "同光精密")
    ]
    assert COMPANY not in page.content.decode()


def test_a_report_is_a_look_up_counted_and_logged(lead, tenant, sign_in, url):
    CollisionSettings.objects.create(lookups_per_minute=1)
    mine = create_lead(by=None, owner=tenant.colleague, company_name="同光精密")
    browser, page = sign_in(tenant.colleague), url("leads:report_lead", mine.pk)
    assert "同光精密****" in browser.get(page).content.decode()
    line = OperationLog.objects.get(action="identity.looked_up")
    assert (line.member_id, line.details["hidden"]) == (tenant.colleague.pk, [["lead", lead.pk]])
    assert "other" not in browser.get(page).context["form"].fields
    assert "****" not in browser.post(page, {"why": "x"}).content.decode()


@pytest.mark.parametrize("number", ["L26-999999", "王磊"])
def test_a_number_out_of_reach_says_nothing(number, lead, tenant, as_member, sign_in, url):
    with as_member(tenant.northerner):
        mine = create_lead(by=tenant.northerner, owner=tenant.northerner, company_name="天津远洋")
    client = sign_in(tenant.northerner)
    for tried in (number, lead.number):
        sent = {"other": "", "number": tried, "why": "x"}
        assert client.post(url("leads:report_lead", mine.pk), sent).status_code == 422


def test_a_record_in_an_open_case_leads_there_instead_of_reporting_it_again(
    newcomers_lead, case, tenant, sign_in, url, as_member
):
    browser, page = sign_in(tenant.colleague), url("leads:detail", newcomers_lead.pk)
    html = browser.get(page).content.decode()
    assert "To the collision case" in html
    assert url("leads:report_lead", newcomers_lead.pk) not in html
    with as_member(tenant.manager):
        ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家")
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    assert url("leads:report_lead", newcomers_lead.pk) in browser.get(page).content.decode()


def test_sorted_by_deadline_a_decided_case_has_none(case, tenant, sign_in, url, as_member):
    with as_member(tenant.manager):
        ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家")
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
        other = create_lead(
            by=tenant.agent, owner=tenant.agent, company_name="上海远洋物流有限公司"
        )
        create_lead(
            by=tenant.colleague, owner=tenant.colleague, company_name=other.company_name,
            explanation="朋友介绍",
        )  # fmt: skip
    waiting = CollisionCase.objects.exclude(pk=case.pk).get()
    CollisionCase.objects.filter(pk=case.pk).update(due_at="2020-01-01T00:00Z")
    html = sign_in(tenant.owner).get(url("leads:cases") + "?sort=due").content.decode()
    assert html.index(waiting.number) < html.index(case.number)


def test_the_list_shows_what_waits_first_then_the_latest(case, tenant, sign_in, url):
    copied = CollisionCase.objects.values(
        "organization_id", "title", "subject_kind", "origin", "opened_at", "decider_id"
    ).get()
    now = timezone.now()
    states = [
        (CaseState.CLOSED, 1), (CaseState.DECIDED, 2), (CaseState.OPEN, 9),
        (CaseState.APPEALED, 3), (CaseState.WITHDRAWN, 4),
    ]  # fmt: skip
    for number, (state, hours) in enumerate(states):
        CollisionCase.objects.create(
            **copied, number=f"X{number}", subject_id=900 + number, state=state,
            due_at=now + timedelta(hours=hours),
        )  # fmt: skip
    CollisionCase.objects.filter(pk=case.pk).update(due_at=now + timedelta(hours=6))
    table = sign_in(tenant.owner).get(url("leads:cases")).context["table"]
    found = [row["number"] for row in table.page.rows]
    assert found == ["X3", case.number, "X2", "X4", "X1", "X0"]
    with connection.cursor() as cursor:  # the pages walk an index, however many cases there are
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    rows = table.order.apply(CollisionCase.objects.annotate(due=WAITING_DUE)).values("pk")[:25]
    assert "case_waiting_first_idx" in rows.explain()
    assert "Sort" not in rows.explain()


def test_an_appeal_is_offered_only_while_somebody_is_left_to_decide_it(
    case, tenant, sign_in, url, as_member
):
    with as_member(tenant.manager):
        ruling = Ruling(CollisionOutcome.KEEP, tenant.agent, reason="一直在跟")
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    page, browser = url("leads:case", case.pk), sign_in(tenant.colleague)
    assert "may be appealed until" in browser.get(page).content.decode()
    form = browser.get(url("leads:case_appeal", case.pk)).content.decode()
    assert f"Appeal · {case.number}" in form
    MemberRole.objects.filter(member=tenant.owner).delete()
    html = browser.get(page).content.decode()
    assert "may be appealed until" not in html
    assert url("leads:case_appeal", case.pk) not in html


def test_who_reads_the_order_and_not_the_case_knows_that_it_is_being_decided(
    tenant, as_member, sign_in, url
):
    with as_member(tenant.agent):
        client = create_customer(by=tenant.agent, name=COMPANY)
        order = begin_order(customer=client, by=tenant.agent)
    pages = (url("orders:detail", order.pk), url("leads:customer", client.pk))
    finance, words = sign_in(tenant.finance), "is being decided"
    for page in pages:
        assert words not in finance.get(page).content.decode()
    with as_member(tenant.colleague):
        create_lead(by=tenant.colleague, owner=tenant.colleague, company_name=COMPANY,
                    explanation="也在谈")  # fmt: skip
    case = CollisionCase.objects.get()
    for page in pages:
        html = finance.get(page).content.decode()
        assert words in html
        assert url("leads:case", case.pk) not in html
        assert url("leads:case", case.pk) in sign_in(tenant.agent).get(page).content.decode()


def test_an_empty_page_leads_on_as_far_as_the_reader_may(tenant, sign_in, url):
    steps = {
        ("leads:cases", "owner"): "leads:collision_rules",
        ("leads:cases", "agent"): "leads:customers",
        ("leads:risks", "manager"): "leads:customers",
        ("leads:metrics", "owner"): "leads:create_customer",
        ("leads:share_requests", "agent"): "leads:create",
    }
    for (page, part), step in steps.items():
        html = sign_in(tenant.members[part]).get(url(page)).content.decode()
        begins = "share-requests" if page == "leads:share_requests" else "tz-empty"
        body = html[html.index(begins) :]
        assert f'href="{url(step)}"' in body, page
