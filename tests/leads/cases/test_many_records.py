"""A case into which very many records came: an import of one client, row after row."""

from collections import Counter

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from leads.enums import CollisionOutcome
from leads.models import CollisionCase, CollisionRecord, Lead
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling, reverse
from leads.views.case_page import MOST_RECORDS
from tests.leads.records.conftest import COMPANY


@pytest.fixture
def crowd(case, tenant):
    """`crowd(30)` brings so many more leads of the newcomer into the case."""

    def bring(count):
        known = CollisionRecord.objects.exclude(is_held=True).order_by("pk")[0]
        place = {"owner": tenant.colleague, "department": tenant.colleague.department}
        start = Lead.objects.count()
        leads = [
            Lead(number=f"LX-{start + number}", company_name=COMPANY, **place)
            for number in range(count)
        ]
        Lead.objects.bulk_create(leads)
        facts = {"title": known.title, "origin": known.origin, "record_kind": known.record_kind}
        facts |= {"owner": known.owner, "member": known.member, "case": case}
        CollisionRecord.objects.bulk_create(
            [CollisionRecord(record_id=one.pk, **facts) for one in leads]
        )
        return case

    return bring


@pytest.mark.parametrize("name", ["leads:case", "leads:case_decide"])
def test_a_page_costs_as_much_for_many_records_as_for_few(crowd, tenant, sign_in, url, name):
    browser, case = sign_in(tenant.manager), crowd(3)
    page = url(name, case.pk)

    def statements():
        with CaptureQueriesContext(connection) as ran:
            assert browser.get(page).status_code == 200
        return [one["sql"] for one in ran.captured_queries]

    statements()
    few = statements()
    crowd(300)
    many = statements()
    assert len(many) == len(few)
    assert max(one.count(" OR ") for one in many) == max(one.count(" OR ") for one in few)


def test_the_page_lists_the_first_and_says_how_many_follow(crowd, tenant, sign_in, url):
    case = crowd(MOST_RECORDS + 50)
    html = sign_in(tenant.manager).get(url("leads:case", case.pk)).content.decode()
    assert "52 records are not listed here" in html
    html = sign_in(tenant.manager, language="zh-hans").get(url("leads:case", case.pk))
    assert "另有 52 条记录" in html.content.decode()


@pytest.mark.parametrize("way", ["keep", "reassign", "share", "separate", "not_same"])
def test_a_decision_costs_as_much_for_many_records_as_for_few(way, crowd, case, tenant, as_member):
    agent, colleague = tenant.agent, tenant.colleague
    winner = {"keep": agent, "share": agent, "not_same": None}.get(way, colleague)
    shares = {agent.pk: 50, colleague.pk: 50} if way == "share" else {}
    ruling = Ruling(CollisionOutcome(way), winner, shares=shares, reason="查过了")

    def statements():
        undone = transaction.savepoint()
        with CaptureQueriesContext(connection) as ran, as_member(tenant.manager):
            made = decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
            left = reverse(CollisionCase.objects.get(), made.changes, by=tenant.manager)
        assert left == []
        transaction.savepoint_rollback(undone)
        return len(ran), len(made.changes)

    crowd(3)
    statements()
    few, changes = statements()
    crowd(27)
    many, more_changes = statements()
    assert many == few
    assert more_changes == changes if way == "reassign" else more_changes > changes


@pytest.fixture
def built(monkeypatch):
    """How many objects of each model were made of rows."""
    count, from_db = Counter(), models.Model.from_db.__func__

    def counting(model, *args):
        count[model.__name__] += 1
        return from_db(model, *args)

    monkeypatch.setattr(models.Model, "from_db", classmethod(counting))
    return count


def test_what_is_not_told_one_by_one_is_not_read_whole(crowd, tenant, sign_in, url, built):
    browser, case = sign_in(tenant.manager), crowd(MOST_RECORDS + 50)
    built.clear()
    assert browser.get(url("leads:case", case.pk)).status_code == 200
    assert built["CollisionRecord"] == MOST_RECORDS
    assert built["Lead"] < 10
    # the owner and whoever entered it, of each that is told; the parties
    assert built["Member"] < 2 * MOST_RECORDS + 30


def test_a_decision_reads_no_record_whole(crowd, case, tenant, as_member, built):
    crowd(30)
    built.clear()
    with as_member(tenant.manager):
        ruling = Ruling(CollisionOutcome.KEEP, tenant.agent, reason="查过了")
        made = decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    assert len(made.changes) == 31
    assert built["CollisionRecord"] + built["Lead"] < 10
