import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import OperationLog
from crm.refusals import Refused
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from leads.enums import CaseState, CollisionOrigin, CollisionOutcome, CollisionSide
from leads.models import CollisionCase, CollisionParty, CollisionRecord
from leads.selectors.case_evidence import dossier_of
from leads.selectors.cases import visible_cases
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.cases import CaseNotAllowed, HeldBack, report_by_hand, state_case
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer
from leads.services.leads import create_lead, invalidate_lead, reopen_lead
from leads.services.opportunities import create_opportunity
from tests.leads.cases.conftest import COMPANY, enter
from tests.support.cast import add_person


def sides(case):
    rows = CollisionParty.objects.filter(case=case).values_list("member__name", "side")
    return {str(name): side for name, side in rows}


def test_going_on_opens_a_case_between_both_reps(case, tenant, lead):
    assert (case.state, case.origin) == (CaseState.OPEN, CollisionOrigin.ENTRY)
    assert case.subject_id == lead.pk
    assert sides(case) == {
        "王磊": CollisionSide.HOLDER,
        "李娜": CollisionSide.NEWCOMER,
        "马经理": CollisionSide.MANAGER,
    }
    assert case.decider == tenant.manager
    assert case.due_at is not None
    told = Notification.objects.filter(path=f"collisions/{case.pk}/")
    # one line each: the manager, who decides it, reads that it is theirs to decide
    assert sorted(told.values_list("member__name", "kind")) == [
        ("王磊", "lead-collision"), ("马经理", "case-to-decide"),
    ]  # fmt: skip
    assert OperationLog.objects.filter(action="case.opened", subject_id=case.pk).exists()


def test_the_nearest_common_superior_decides(wide_case, director):
    assert wide_case.decider == director
    assert {"马经理", "北区经理", "总监"} <= set(sides(wide_case))


def test_a_third_rep_joins_and_the_decision_moves_up(case, tenant, director, lead):
    enter(tenant.northerner)
    case = CollisionCase.objects.get(pk=case.pk)
    assert CollisionCase.objects.count() == 1
    assert CollisionRecord.objects.filter(case=case).count() == 3
    assert case.decider == director


def test_where_nobody_is_above_all_the_case_stays_with_who_has_it(case, tenant, lead):
    enter(tenant.northerner)
    joined = CollisionCase.objects.get()
    assert sides(joined)["赵北"] == CollisionSide.NEWCOMER
    assert joined.decider == tenant.manager


def test_a_decider_who_becomes_a_rep_leaves_it_to_the_next_above(case, tenant, director):
    enter(tenant.manager)
    assert CollisionCase.objects.get().decider == director


def test_who_brings_a_lead_of_nobody_into_an_open_case_is_told_only(case, tenant):
    """Marketing enters for the pool what a case is open about: the client cannot go to them."""
    with acting_as(tenant.marketing.pk):
        made = create_lead(by=tenant.marketing, company_name=COMPANY, explanation="展会")
    joined = CollisionCase.objects.get()
    assert made.owner is None
    assert joined.decider == tenant.manager
    assert sides(joined)["吴市场"] == CollisionSide.MANAGER
    assert CollisionRecord.objects.get(case=joined, record_id=made.pk).owner is None
    dossier = dossier_of(joined)
    assert {one.pk for one in dossier.reps} == {tenant.agent.pk, tenant.colleague.pk}
    with acting_as(tenant.manager.pk):
        ruling = Ruling(CollisionOutcome.KEEP, tenant.agent, reason="先到")
        decide(case_id=joined.pk, by=tenant.manager, ruling=ruling)
    assert not visible_cases(tenant.northerner).exists()
    assert visible_cases(tenant.marketing).exists()


def test_without_anybody_above_both_the_administrators_are_asked(tenant, lead):
    enter(tenant.northerner)
    case = CollisionCase.objects.get()
    assert case.decider is None
    told = Notification.objects.filter(kind="case-to-decide").values_list("member__name", flat=True)
    assert set(told) == {"周总"}


def test_only_parties_and_those_above_them_read_it(case, tenant):
    readers = ("agent", "colleague", "manager", "owner")
    others = ("northerner", "finance", "service", "marketing")
    seen = {part for part in (*readers, *others) if visible_cases(tenant.members[part]).exists()}
    assert seen == set(readers)


def test_a_newcomers_lead_waits_for_the_decision(newcomers_lead, case, tenant, as_member):
    with as_member(tenant.colleague), pytest.raises(HeldBack) as held:
        convert_lead(lead_id=newcomers_lead.pk, by=tenant.colleague, explanation="急")
    assert case.number in str(held.value)


def test_the_owners_lead_may_be_converted_and_the_case_goes_on(case, tenant, lead, as_member):
    with as_member(tenant.agent):
        made = convert_lead(lead_id=lead.pk, by=tenant.agent, explanation="合同在谈").customer
    case = CollisionCase.objects.get(pk=case.pk)
    assert (case.subject_kind, case.subject_id) == ("customer", made.pk)
    assert CollisionCase.objects.count() == 1


def test_reported_by_hand(tenant, lead, as_member):
    with as_member(tenant.colleague):
        other = create_customer(by=tenant.colleague, name="上海远洋国际物流有限公司")
    with as_member(tenant.manager):
        case = report_by_hand(record=other, other=lead, by=tenant.manager, why="同一老板")
        with pytest.raises(CaseNotAllowed):
            report_by_hand(record=lead, other=lead, by=tenant.manager, why="x")
    assert case.origin == CollisionOrigin.MANUAL
    assert (case.subject_id, sides(case)["李娜"]) == (lead.pk, "newcomer")


def test_two_records_of_nobody_make_no_case(tenant, lead, as_member):
    """Its reporter would be its newcomer, with the other's whole name as if they had typed it."""
    with as_member(tenant.agent):
        other = create_lead(by=tenant.agent, owner=tenant.agent, company_name="杭州云帆软件")
    for one in (lead, other):
        one.owner = None
        one.save(update_fields=["owner"])
    with as_member(tenant.manager), pytest.raises(CaseNotAllowed):
        report_by_hand(record=other, other=lead, by=tenant.manager, why="同一老板")


def test_a_statement_is_a_reps_own(case, tenant, as_member):
    with as_member(tenant.agent):
        party = state_case(case_id=case.pk, by=tenant.agent, text="去年就在跟")
    assert party.statement == "去年就在跟"
    with as_member(tenant.manager), pytest.raises(Refused):
        state_case(case_id=case.pk, by=tenant.manager, text="我来说")


def test_joining_costs_the_same_however_many_came_before(tenant, lead):
    def queries_of(name: str) -> int:
        member = add_person(tenant, name, department="east", role="rep")
        with CaptureQueriesContext(connection) as ran:
            enter(member)
        return len(ran)

    enter(tenant.colleague)
    queries_of("warm")
    few = queries_of("third")
    for number in range(8):
        queries_of(f"rep{number}")
    assert queries_of("last") == few


def test_a_newcomer_reads_of_no_newcomer_after_them(tenant, lead):
    first = enter(tenant.colleague)
    enter(add_person(tenant, "third", department="east", role="rep"))
    lines = OperationLog.objects.filter(
        action="collision.noticed_in_case", subject_kind="leads.lead"
    )
    assert lines.filter(subject_id=lead.pk).count() == 2
    assert lines.filter(subject_id=first.pk).count() == 1


def test_a_deal_on_anothers_client_is_a_touch(tenant, lead):
    with acting_as(tenant.colleague.pk):
        mine = create_customer(by=None, owner=tenant.colleague, name=COMPANY)
        create_opportunity(customer_id=mine.pk, by=tenant.colleague, name="一期")
        create_opportunity(customer_id=mine.pk, by=tenant.colleague, name="二期")
    case = CollisionCase.objects.get()
    assert (case.origin, case.subject_id) == (CollisionOrigin.DEAL, lead.pk)


def test_a_closed_lead_that_is_reopened_meets_who_took_the_client_meanwhile(tenant, lead):
    with acting_as(tenant.agent.pk):
        invalidate_lead(lead_id=lead.pk, reason="没有联系上")
    with acting_as(tenant.colleague.pk):
        taken = create_lead(by=tenant.colleague, owner=tenant.colleague, company_name=COMPANY)
    assert not CollisionCase.objects.exists()
    with acting_as(tenant.agent.pk):
        reopen_lead(lead_id=lead.pk, by=tenant.agent)
    case = CollisionCase.objects.get()
    assert case.subject_id == taken.pk
    assert sides(case)["王磊"] == CollisionSide.NEWCOMER
