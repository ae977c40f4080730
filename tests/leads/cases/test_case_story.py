"""What the page of a case shows of the past: the evidence of then, and who was asked."""

import pytest
from django.utils.translation import override

from crm.teamwork.models import Notification
from leads.enums import CollisionOutcome, StageKind
from leads.models import CollisionCase, CollisionRecord, Opportunity
from leads.selectors.arbitrations import proposal_for
from leads.selectors.case_as_decided import _cells
from leads.selectors.case_evidence import dossier_of
from leads.services.case_decisions import accept, appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead
from leads.services.opportunities import create_opportunity, move_opportunity


@pytest.fixture
def decided(tenant, director, customer, deal, as_member) -> CollisionCase:
    """The colleague got the agent's client, and with it the agent's open deal."""
    with as_member(tenant.agent):
        log_follow_up(subject=deal, by=tenant.agent, outcome="interested", next_step="报价")
    with as_member(tenant.colleague):
        create_lead(
            by=tenant.colleague,
            owner=tenant.colleague,
            company_name=customer.name,
            explanation="客户找来的",
        )
    case = CollisionCase.objects.get()
    with as_member(tenant.manager):
        ruling = Ruling(CollisionOutcome.REASSIGN, tenant.colleague, reason="客户点名要她")
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    assert Opportunity.objects.get(pk=deal.pk).owner == tenant.colleague
    return CollisionCase.objects.get()


def evidence_of(page, member):
    """The cells of one rep's column, by label."""
    place = [claim.member for claim in page.context["claims"]].index(member)
    return {row.label: row.cells[place] for row in page.context["rows"]}


def test_a_decided_case_shows_the_facts_of_then(decided, tenant, sign_in, url):
    page = sign_in(tenant.manager).get(url("leads:case", decided.pk))
    assert "as it stood when decided" in page.content.decode()
    agent, colleague = (evidence_of(page, one) for one in (tenant.agent, tenant.colleague))
    assert agent["Open deals"].words == "1 · first talks"
    assert agent["Last effective follow-up"].at is not None
    assert not colleague["Open deals"].words
    assert colleague["Entered"].at is not None


def test_an_appeal_does_not_weigh_what_the_decision_itself_moved(
    decided, tenant, director, sign_in, url, as_member
):
    with as_member(tenant.agent):
        appeal(case_id=decided.pk, by=tenant.agent, reason="我在报价")
    case = CollisionCase.objects.get()
    proposal, facts = proposal_for(dossier_of(case))
    assert {side.member: side.open_deals for side in facts.sides} == {
        tenant.agent.pk: 1,
        tenant.colleague.pk: 0,
    }
    assert (proposal.rule, proposal.winner) == ("deal", tenant.agent.pk)
    page = sign_in(director).get(url("leads:case", case.pk))
    assert "as it stood when decided" not in page.content.decode()
    assert evidence_of(page, tenant.agent)["Open deals"].words
    assert not evidence_of(page, tenant.colleague)["Open deals"].words


def test_the_log_begins_with_the_case_and_names_who_is_asked(case, tenant, sign_in, url):
    page = sign_in(tenant.manager).get(url("leads:case", case.pk))
    first, second = list(reversed(page.context["entries"]))[:2]
    assert (first.icon, second.icon) == ("scale", "help")
    assert second.body == tenant.manager.name


def test_a_deal_says_that_its_client_is_in_a_case(decided, deal, tenant, sign_in, url):
    page = sign_in(tenant.colleague).get(url("leads:opportunity", deal.pk))
    assert page.context["collision"] == decided
    assert f"{decided.number}</a>" in page.content.decode()


def test_what_comes_about_by_itself_is_nobodys_act(decided, tenant, as_member, sign_in, url):
    with as_member(tenant.agent):
        accept(case_id=decided.pk, by=tenant.agent)
    page = sign_in(tenant.manager).get(url("leads:case", decided.pk))
    closed = next(one for one in page.context["entries"] if one.icon == "circle-check")
    assert (closed.title, closed.who) == ("结案", "")


def rows_shown(page):
    return [(one.kind, one.name, bool(one.url), one.more) for one in page.context["rows"]]


@pytest.mark.parametrize("is_decided", [False, True])
def test_each_figure_opens_its_rows_as_far_as_the_reader_may(
    is_decided, decided, deal, tenant, sign_in, url, as_member
):
    """While it waits (here: for the appeal) those of today, else those it was decided on."""
    if not is_decided:
        with as_member(tenant.agent):
            appeal(case_id=decided.pk, by=tenant.agent, reason="我在报价")
    page = sign_in(tenant.manager).get(url("leads:case", decided.pk))
    cells = evidence_of(page, tenant.agent)
    assert cells["Open deals"].words.startswith("1 · ")
    assert cells["Effective follow-ups"].words == "1"
    args = [decided.pk, tenant.agent.pk]
    for figure, name in (("deals", deal.name), ("follow_ups", "报价")):
        place = url("leads:case_evidence", *args, figure)
        label = {"deals": "Open deals", "follow_ups": "Effective follow-ups"}[figure]
        assert cells[label].url == place
        ((_kind, said, has_page, _band),) = rows_shown(sign_in(tenant.manager).get(place))
        assert name in said
        assert has_page
    Opportunity.objects.filter(pk=deal.pk).update(owner=tenant.manager)
    hidden = sign_in(tenant.agent).get(url("leads:case_evidence", *args, "deals"))
    ((kind, said, has_page, band),) = rows_shown(hidden)
    assert (kind, said, has_page) == ("Open deal", "", False)
    assert band
    assert deal.name not in hidden.content.decode()


def test_rows_of_a_figure_are_for_the_readers_of_the_case(decided, tenant, sign_in, url):
    own = url("leads:case_evidence", decided.pk, tenant.agent.pk, "deals")
    assert sign_in(tenant.northerner).get(own).status_code == 404
    boss = sign_in(tenant.manager)
    for forged in ((tenant.agent.pk, "amounts"), (tenant.finance.pk, "deals"), (999_999, "deals")):
        assert boss.get(url("leads:case_evidence", decided.pk, *forged)).status_code == 404


def test_a_decision_without_kept_rows_shows_its_figure_alone(decided, tenant, sign_in, url):
    side = {"member": tenant.agent.pk, "open_deals": 2, "follow_ups": 3, "orders": 1}
    cells = _cells(side, decided.pk)
    assert {one.url for one in cells.values()} == {""}
    assert cells["deals"].words == "2"


def test_a_notice_names_the_outcome(decided, tenant):
    rows = Notification.objects.filter(path=f"collisions/{decided.pk}/", kind="case-reassigned")
    assert [one.title.partition(" → ")[2] for one in rows] == [tenant.colleague.name] * 2
    for language, words in (
        ("en", "Collision decided: reassigned"), ("zh-hans", "撞单已裁定：改派")
    ):  # fmt: skip
        with override(language):
            assert rows[0].get_kind_display() == words


def test_a_record_that_was_handed_over_names_both_owners(decided, tenant, sign_in, url):
    """Only to who may read it: to others it would tell whose a record is that they do not see."""
    page = sign_in(tenant.colleague).get(url("leads:case", decided.pk)).content.decode()
    assert f"then {tenant.agent.name}, now {tenant.colleague.name}" in page
    others = sign_in(tenant.agent).get(url("leads:case", decided.pk)).content.decode()
    assert f"now {tenant.colleague.name}" not in others


def test_deals_begun_or_won_while_the_case_waits_are_no_claim(
    customer, deal, stages, tenant, as_member
):
    """The colleague's is not counted; the agent's, older than the case, counts as still open."""
    with as_member(tenant.colleague):
        mine = create_customer(by=None, owner=tenant.colleague, name=customer.name)
        late = create_opportunity(customer_id=mine.pk, by=tenant.colleague, name="抢单")
    case = CollisionCase.objects.get()
    won = next(stage for stage in stages.values() if stage.kind == StageKind.WON)
    for pk, who in ((late.pk, tenant.colleague), (deal.pk, tenant.agent)):
        with as_member(who):
            move_opportunity(opportunity_id=pk, stage_id=won.pk, by=who)
    proposal, facts = proposal_for(dossier_of(case))
    counted = {side.member: (side.orders, side.open_deals) for side in facts.sides}
    assert counted == {tenant.agent.pk: (0, 1), tenant.colleague.pk: (0, 0)}
    assert proposal.winner == tenant.agent.pk


def test_a_files_name_that_was_once_kept_as_the_reason_is_told_to_nobody(
    case, tenant, sign_in, url
):
    CollisionRecord.objects.filter(is_held=False).update(explanation="离职员工客户.xlsx #7")
    html = sign_in(tenant.manager).get(url("leads:case", case.pk)).content.decode()
    assert "离职员工客户" not in html
    assert "Row 7 of an import" in html


def test_how_a_case_of_before_was_decided_is_for_who_may_open_it(
    decided, customer, tenant, sign_in, url, as_member
):
    """A rep who comes later learns that it was decided before, and no more."""
    with as_member(tenant.agent):
        accept(case_id=decided.pk, by=tenant.agent)
    with as_member(tenant.northerner):
        facts = {"company_name": customer.name, "explanation": "分厂单独采购"}
        create_lead(by=tenant.northerner, owner=tenant.northerner, **facts)
    page = url("leads:case", CollisionCase.objects.latest("pk").pk)

    def told(member):
        html = sign_in(member).get(page).content.decode()
        return html.partition("Decided before</h2>")[2].partition("</section>")[0]

    how = ("Goes to the newcomer", tenant.manager.name)
    assert all(word in told(tenant.manager) for word in (decided.number, *how))
    assert decided.number in told(tenant.northerner)
    assert not any(word in told(tenant.northerner) for word in how)
