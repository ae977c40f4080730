"""Warnings come up, go away, and stay decided."""

from datetime import date

import pytest
from django.utils import timezone

from crm.jobs.models import Job
from crm.tenancy.context import acting_as
from leads.enums import RiskState
from leads.models import CollisionRisk, CollisionWatch, Lead
from leads.selectors.risk_candidates import Outlook
from leads.services import forewarning, risks, watching
from leads.services.assignment import assign_to
from leads.services.cases import report_by_hand


@pytest.fixture
def run(cast):
    """Everything is looked at, as at night."""
    return lambda day=date(2026, 11, 2): forewarning.sweep(cast.organization.pk, day)


def the_risk():
    return CollisionRisk.objects.get()


def test_two_companies_of_a_group_in_different_hands(tenant, group):
    risk = the_risk()
    assert {risk.left, risk.right} == {("customer", group[0].pk), ("lead", group[1].pk)}
    assert risk.left < risk.right
    assert risk.main_factor == "group"
    assert {risk.left_owner_id, risk.right_owner_id} == {tenant.agent.pk, tenant.northerner.pk}
    assert 30 <= risk.probability <= 99


def test_one_owner_is_no_risk(tenant, enter):
    enter("agent", "苏州同光达精密机械有限公司")
    lead = enter("agent", "天津同光达精密机械有限公司")
    assert forewarning.look_at([("lead", lead.pk)]) == 0


def test_a_lead_nobody_owns_is_about_to_be_claimed(tenant, enter):
    enter("agent", "苏州同光达精密机械有限公司")
    lead = enter("northerner", "天津同光达精密机械有限公司")
    Lead.objects.filter(pk=lead.pk).update(owner=None)
    forewarning.look_at([("lead", lead.pk)])
    assert "pool" in {one["code"] for one in the_risk().factors}


def test_looking_twice_writes_nothing_twice(group):
    before = the_risk()
    forewarning.look_at([before.left, before.right])
    after = the_risk()
    assert (after.pk, after.first_seen_at, after.probability) == (
        before.pk, before.first_seen_at, before.probability,
    )  # fmt: skip
    assert after.last_seen_at > before.last_seen_at


def test_it_resolves_itself_when_both_come_to_one_owner(tenant, group):
    with acting_as(tenant.owner.pk):
        assign_to(lead_ids=[group[1].pk], member=tenant.agent, by=tenant.owner)
    forewarning.look_at([("lead", group[1].pk)])
    assert the_risk().state == RiskState.RESOLVED
    with acting_as(tenant.owner.pk):
        assign_to(lead_ids=[group[1].pk], member=tenant.northerner, by=tenant.owner)
    forewarning.look_at([("lead", group[1].pk)])
    assert the_risk().is_open


def test_what_was_dismissed_stays_dismissed(tenant, group):
    risk = the_risk()
    with acting_as(tenant.owner.pk):
        assert risks.dismiss(risk_ids=[risk.pk], by=tenant.owner, why="两家无关联") == 1
        assert risks.dismiss(risk_ids=[risk.pk], by=tenant.owner, why="again") == 0
    forewarning.look_at([risk.left])
    risk = the_risk()
    assert (risk.state, risk.why, risk.decided_by) == ("dismissed", "两家无关联", tenant.owner)
    risks.reopen(risk_id=risk.pk)
    assert the_risk().is_open


def test_not_the_same_is_never_asked_again(tenant, group):
    risk = the_risk()
    with acting_as(tenant.owner.pk):
        risks.judge_not_same(risk_id=risk.pk, by=tenant.owner)
        with pytest.raises(risks.RiskDecided):
            risks.judge_not_same(risk_id=risk.pk, by=tenant.owner)
    CollisionRisk.objects.all().delete()
    forewarning.look_at([risk.left, risk.right])
    assert not CollisionRisk.objects.exists()


def test_the_night_finds_what_shares_an_address_or_a_small_event(tenant, enter, run):
    enter("agent", "苏州博远机械有限公司", address="苏州市工业园区星湖街328号")
    enter("northerner", "天津博远达软件有限公司", address="苏州 星湖街 328号 2幢")
    enter("agent", "杭州卓越电子有限公司", campaign="西湖闭门会")
    enter("northerner", "北京启明医药有限公司", customer=False, campaign="西湖闭门会 ")
    assert run() == 2
    assert {one.main_factor for one in CollisionRisk.objects.all()} == {"address", "event"}


def test_a_night_is_done_once_and_goes_on_where_it_was_cut_off(tenant, enter, run, monkeypatch):
    for number in range(7):
        enter("agent", f"苏州甲{number}同光达{number}机械有限公司")
    monkeypatch.setattr(forewarning, "CHUNK", 2)
    looked = []
    real = forewarning.look_at

    def broken(chunk, outlook, **how):
        if len(looked) == 2:
            raise RuntimeError("the worker is gone")
        looked.append(chunk)
        return real(chunk, outlook, **how)

    monkeypatch.setattr(forewarning, "look_at", broken)
    with pytest.raises(RuntimeError):
        run()
    monkeypatch.setattr(
        forewarning,
        "look_at",
        lambda chunk, outlook, **how: looked.append(chunk) or real(chunk, outlook, **how),
    )
    run()
    seen = [pair for chunk in looked for pair in chunk]
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 7
    assert run() == 0
    assert len([pair for chunk in looked for pair in chunk]) == 7


def test_a_night_foresees_each_pair_once_and_says_the_same(tenant, enter, run, monkeypatch):
    places, reps = ("苏州", "无锡", "天津", "杭州"), ("agent", "northerner", "colleague")
    leads = [
        enter(reps[number % 3], f"{places[number % 4]}同光达{trade}有限公司")
        for number, trade in enumerate(("机械", "软件", "食品", "物流", "包装", "模具", "能源"))
    ]
    forewarning.look_at([("lead", lead.pk) for lead in leads])
    said = warnings_as_they_are()
    assert len(said) > 5
    CollisionRisk.objects.all().delete()
    compared = []
    real = Outlook.between

    def between(outlook, pairs, *more):
        wanted = list(pairs)
        compared.extend(wanted)
        return real(outlook, wanted, *more)

    monkeypatch.setattr(Outlook, "between", between)
    monkeypatch.setattr(forewarning, "CHUNK", 2)
    run()
    assert warnings_as_they_are() == said
    assert len(compared) == len(set(compared))


def warnings_as_they_are():
    rows = CollisionRisk.objects.order_by("left_id", "right_id")
    return list(rows.values_list("left_id", "right_id", "probability", "factors", "state"))


def test_the_night_closes_what_it_does_not_find_again(tenant, group, run):
    Lead.objects.filter(pk=group[1].pk).update(company_name="天津全新名称食品有限公司")
    from leads.services.identity import index  # noqa: PLC0415

    index(Lead.objects.get(pk=group[1].pk))
    run()
    assert the_risk().state == RiskState.RESOLVED


def test_the_clock_asks_for_each_once(tenant, cast, group):
    at = timezone.now().replace(hour=0, minute=30)
    for _again in range(2):
        watching.ask(cast.organization, at=at)
    assert list(Job.objects.values_list("name", flat=True)).count("leads.sweep_risks") == 1
    forewarning.sweep(cast.organization.pk, timezone.localdate())
    CollisionWatch.objects.update(looked_until=group[1].updated_at)
    watching.ask(cast.organization, at=at)
    assert Job.objects.filter(name="leads.foresee_changes").count() == 1
    CollisionRisk.objects.all().delete()
    assert forewarning.look_at_changes(cast.organization.pk) == 1
    assert the_risk().is_open


def test_what_came_into_one_case_is_foreseen_no_more(tenant, group):
    with acting_as(tenant.owner.pk):
        report_by_hand(record=group[0], other=group[1], by=tenant.owner, why="同一家")
    forewarning.look_at([("lead", group[1].pk)])
    risk = the_risk()
    assert risk.state == RiskState.CASE
    assert risk.case_id
