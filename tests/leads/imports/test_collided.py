"""A row whose client its importer brought once: no case by itself, one by hand."""

import pytest

from crm.tenancy.links import tenant_url
from leads.enums import CaseState, CollisionOrigin, CollisionOutcome, CollisionSide
from leads.identity import Identity
from leads.models import CollisionCase, CollisionRecord, IdentityJudgement, Lead, Touch
from leads.selectors.identity import find_similar
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.cases import CaseNotAllowed, claim
from leads.services.identity import take_back
from leads.services.imports_cases import claim_arrival
from tests.leads.imports.files import csv_upload, imported, lead_row
from tests.leads.imports.test_run import known_lead_owned


@pytest.fixture
def owned(tenant) -> Lead:
    lead = known_lead_owned(tenant)
    Lead.objects.filter(pk=lead.pk).update(created_by=tenant.marketing)
    return lead


@pytest.fixture
def batch(tenant, owned):
    rows = [lead_row(1), (owned.company_name, "", owned.phone, "", "", "")]
    return imported(csv_upload(rows), by=tenant.marketing)


@pytest.fixture
def url(tenant):
    return lambda name, *args: tenant_url(tenant.organization, name, *args)


def test_the_importer_opens_a_case_and_sees_it_beside_the_row(
    tenant, batch, owned, sign_in, url, as_member
):
    browser = sign_in(tenant.marketing)
    arrivals = url("leads:import_touches", batch.pk)
    collided = Touch.objects.get(outcome="collided")
    page = url("leads:import_open_case", batch.pk, collided.pk)
    html = browser.get(arrivals).content.decode()
    assert html.count("/collision/") == html.count(page) > 0
    assert not CollisionCase.objects.exists()
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"why": " "}).status_code == 422
    assert browser.post(page, {"why": "展会上见过"}).status_code == 302
    case = CollisionCase.objects.get()
    assert (case.origin, case.subject_id) == (CollisionOrigin.IMPORT, owned.pk)
    sides = dict(case.parties.values_list("member_id", "side"))
    assert sides[tenant.northerner.pk] == CollisionSide.HOLDER
    # who cannot have customers is no rep of it
    assert sides[tenant.marketing.pk] == CollisionSide.MANAGER
    assert CollisionRecord.objects.get(case=case).is_held
    html = browser.get(arrivals).content.decode()
    assert case.number in html
    assert page not in html
    assert browser.post(page, {"why": "再来一次"}).status_code == 302
    assert CollisionCase.objects.count() == 1
    assert sign_in(tenant.owner).get(url("leads:case", case.pk)).status_code == 200
    with as_member(tenant.owner):
        ruling = Ruling(CollisionOutcome.KEEP, tenant.northerner, reason="一直在跟")
        decide(case_id=case.pk, by=tenant.owner, ruling=ruling)
    assert CollisionCase.objects.get().state in (CaseState.DECIDED, CaseState.CLOSED)
    assert Lead.objects.get(pk=owned.pk).owner == tenant.northerner


def test_a_second_claim_joins_the_open_case(tenant, batch, owned, as_member):
    pair = ("lead", owned.pk)
    with as_member(tenant.marketing):
        case = claim(pair, by=tenant.marketing, origin=CollisionOrigin.IMPORT, why="展会")
    with as_member(tenant.agent):
        assert claim(pair, by=tenant.agent, origin=CollisionOrigin.IMPORT, why="也见过") == case
    newcomers = case.parties.filter(side=CollisionSide.NEWCOMER)
    assert set(newcomers.values_list("member_id", flat=True)) == {tenant.agent.pk}
    assert case.parties.get(member=tenant.marketing).side == CollisionSide.MANAGER


def test_there_is_nothing_to_claim_from_oneself_or_from_nobody(tenant, batch, owned):
    pair = ("lead", owned.pk)
    with pytest.raises(CaseNotAllowed):
        claim(pair, by=tenant.northerner, origin=CollisionOrigin.IMPORT, why="x")
    Lead.objects.filter(pk=owned.pk).update(owner=None)
    with pytest.raises(CaseNotAllowed):
        claim(pair, by=tenant.marketing, origin=CollisionOrigin.IMPORT, why="x")


def test_only_collided_rows_of_an_import_one_may_read(tenant, batch, sign_in, url):
    made, collided = Touch.objects.order_by("outcome").reverse()
    assert (made.outcome, collided.outcome) == ("created", "collided")
    page = url("leads:import_open_case", batch.pk, collided.pk)
    assert sign_in(tenant.agent).post(page, {"why": "x"}).status_code in (403, 404)
    wrong = url("leads:import_open_case", batch.pk, made.pk)
    assert sign_in(tenant.marketing).post(wrong, {"why": "x"}).status_code == 404
    assert not CollisionCase.objects.exists()


def test_not_the_same_of_a_claimed_row_is_kept_for_its_name(tenant, owned, as_member):
    name = f"{owned.company_name[:-4]}设备{owned.company_name[-4:]}"
    before = {one.pair for one in find_similar(Identity(company=name))}
    assert ("lead", owned.pk) in before
    rows = [lead_row(1), (name, "", owned.phone, "", "", "")]
    batch = imported(csv_upload(rows), by=tenant.finance)
    touch = Touch.objects.get(import_batch=batch, outcome="collided")
    case = touch.case
    if case is None:
        with as_member(tenant.finance):
            case = claim_arrival(touch_id=touch.pk, by=tenant.finance, why="见过")
    with as_member(tenant.owner):
        decide(
            case_id=case.pk,
            by=tenant.owner,
            ruling=Ruling(CollisionOutcome.NOT_SAME, reason="两家"),
        )
    assert ("lead", owned.pk) not in {one.pair for one in find_similar(Identity(company=name))}
    judged = IdentityJudgement.objects.get()
    assert {judged.left_name, judged.right_name} == {owned.company_name, name}
    take_back(judgement_id=judged.pk)
    assert {one.pair for one in find_similar(Identity(company=name))} == before
