"""What people teach about who is who is kept, heeded and can be taken back."""

from contextlib import nullcontext

import pytest

from leads.enums import AliasSource, IdentityVerdict, RecordKind
from leads.identity import Identity
from leads.models import CollisionCase, CompanyAlias, IdentityJudgement, IdentityKey
from leads.selectors.identity import find_similar
from leads.selectors.judgements import judgements_between
from leads.services.contacts import create_contact
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer
from leads.services.identity import forget_alias, judge, learn_alias, point_back, repoint
from leads.services.leads import create_lead, update_lead
from leads.services.refusals import LikelyDuplicate
from tests.leads.records.conftest import COMPANY, SECRETS

ALIKE = "苏州同光精密机械股份有限公司"
SISTER = "苏州同光机械有限公司"


@pytest.fixture
def sister(tenant, lead):
    return create_lead(by=None, owner=tenant.northerner, company_name=SISTER, phone="13900001111")


def pair(record):
    return (type(record).__name__.lower(), record.pk)


def found(identity, *own):
    return [match.pair for match in find_similar(identity, excluding=own)]


def test_two_records_judged_different_are_not_asked_about_again(tenant, lead, sister):
    assert pair(sister) in found(Identity(company=COMPANY), pair(lead))
    judge(pair(sister), pair(lead), IdentityVerdict.NOT_SAME, by=tenant.manager, case_id=7)
    assert found(Identity(company=COMPANY), pair(lead)) == []
    assert found(Identity(company=SISTER), pair(sister)) == []
    kept = IdentityJudgement.objects.get()
    assert (kept.left_id, kept.right_id) == tuple(sorted([lead.pk, sister.pk]))
    assert (kept.member, kept.case_id) == (tenant.manager, 7)


def test_who_types_a_judged_name_again_is_not_asked_about_the_other(tenant, lead, sister):
    judge(pair(lead), pair(sister), IdentityVerdict.NOT_SAME, by=tenant.manager)
    assert found(Identity(company=SISTER)) == [pair(sister)]


def test_new_evidence_asks_again_unless_the_records_themselves_were_judged(tenant, lead, sister):
    judge(pair(lead), pair(sister), IdentityVerdict.NOT_SAME, by=tenant.manager)
    typed = Identity(company=SISTER, phones=("13812345678",))
    assert set(found(typed)) == {pair(sister), pair(lead)}
    assert found(typed, pair(sister)) == []


def test_two_firms_of_one_name_may_be_judged_without_silencing_the_name(tenant, lead):
    twin = create_lead(by=None, company_name=ALIKE)
    judge(pair(lead), pair(twin), IdentityVerdict.NOT_SAME, by=tenant.manager)
    assert found(Identity(company=COMPANY), pair(lead)) == []
    assert set(found(Identity(company=COMPANY))) == {pair(lead), pair(twin)}


def test_kept_separate_is_shown_as_known_and_never_stops(tenant, lead):
    twin = create_lead(by=None, owner=tenant.northerner, company_name=ALIKE)
    judge(pair(lead), pair(twin), IdentityVerdict.SEPARATE, by=tenant.manager)
    (match,) = find_similar(Identity(company=COMPANY), excluding=[pair(lead)])
    assert (match.verdict, match.judged) == ("probable", IdentityVerdict.SEPARATE)


def test_a_later_judgement_replaces_the_earlier_one(tenant, lead, sister):
    judge(pair(lead), pair(sister), IdentityVerdict.NOT_SAME, by=tenant.manager)
    judge(pair(sister), pair(lead), IdentityVerdict.SAME, by=tenant.owner)
    (match,) = find_similar(Identity(company=COMPANY), excluding=[pair(lead)])
    assert (match.verdict, match.judged) == ("same", IdentityVerdict.SAME)
    both = (pair(lead), pair(sister))
    assert list(judgements_between([both]).values()) == [IdentityVerdict.SAME]


def test_the_same_client_under_two_names_teaches_both(tenant, customer):
    other = create_customer(by=tenant.northerner, name="北京云天数据有限公司")
    judge(pair(customer), pair(other), IdentityVerdict.SAME, by=tenant.manager)
    assert pair(customer) in found(Identity(company="北京云天数据"))
    judge(pair(customer), pair(other), IdentityVerdict.NOT_SAME, by=tenant.manager)
    assert CompanyAlias.objects.count() == 0
    assert found(Identity(company="北京云天数据")) == [pair(other)]


def test_a_contact_is_judged_as_its_customer(tenant, customer, lead):
    person = create_contact(customer_id=customer.pk, by=tenant.agent, name="陈晨")
    made = judge(pair(person), pair(lead), IdentityVerdict.NOT_SAME, by=tenant.manager)
    assert (made.left_kind, made.left_id) == (RecordKind.CUSTOMER, customer.pk)


def test_a_judgement_follows_a_lead_into_its_customer(tenant, lead, sister):
    judge(pair(lead), pair(sister), IdentityVerdict.NOT_SAME, by=tenant.manager)
    customer = convert_lead(lead_id=lead.pk, by=tenant.agent).customer
    assert pair(customer) not in found(Identity(company=SISTER), pair(sister))


def test_an_alias_is_found_and_forgotten(tenant, customer):
    alias = learn_alias(
        customer_id=customer.pk, text="东海智算", source=AliasSource.TYPED, by=tenant.agent
    )
    (match,) = find_similar(Identity(company="东海智算有限公司"))
    assert (match.pair, match.verdict) == (pair(customer), "same")
    again = learn_alias(customer_id=customer.pk, text="东海智算公司", source=AliasSource.FORMER)
    assert again == alias
    forget_alias(alias_id=alias.pk)
    assert found(Identity(company="东海智算有限公司")) == []


def test_a_name_that_says_nothing_new_is_no_alias(customer):
    for text in ("", "  ", customer.name, "云帆软件（杭州）有限公司"):
        assert learn_alias(customer_id=customer.pk, text=text, source=AliasSource.TYPED) is None


def test_what_is_known_moves_to_another_record_and_back(tenant, customer, lead, sister):
    kept = create_customer(by=tenant.agent, name="北京云天数据有限公司")
    learn_alias(customer_id=customer.pk, text="东海智算", source=AliasSource.FORMER)
    for other in (lead, sister, kept):
        judge(pair(customer), pair(other), IdentityVerdict.NOT_SAME, by=tenant.manager)
    judge(pair(kept), pair(sister), IdentityVerdict.SEPARATE, by=tenant.manager)
    before = [state(model) for model in (CompanyAlias, IdentityJudgement, IdentityKey)]
    moved = repoint(kind=RecordKind.CUSTOMER, from_id=customer.pk, to_id=kept.pk)
    assert [alias.customer for alias in CompanyAlias.objects.all()] == [kept]
    assert pair(kept) not in found(Identity(company=COMPANY), pair(lead))
    assert pair(kept) in found(Identity(company="东海智算"))
    assert len(moved["judgements"]) == 1
    point_back(moved)
    assert [state(model) for model in (CompanyAlias, IdentityJudgement, IdentityKey)] == before


def state(model):
    fields = [field.attname for field in model._meta.concrete_fields]
    if model is IdentityKey:
        fields.remove("id")
    return sorted(map(repr, model.objects.values_list(*fields)))


def test_who_takes_the_others_very_name_or_code_is_asked_about_it_again(tenant, lead, sister):
    def judged(**facts):
        """Told apart, then changed: whether the two still are."""
        judge(pair(lead), pair(sister), IdentityVerdict.NOT_SAME, by=tenant.manager)
        with pytest.raises(LikelyDuplicate) if facts["asks"] else nullcontext():
            update_lead(lead_id=sister.pk, by=tenant.northerner, **facts["sets"])
        told = {"explanation": "改名"} | facts["sets"]
        update_lead(lead_id=sister.pk, by=tenant.northerner, **told)
        return IdentityJudgement.objects.exists()

    assert judged(asks=False, sets={"company_name": "苏州同光精工有限公司"})
    assert not judged(asks=True, sets={"company_name": COMPANY})
    assert CollisionCase.objects.count() == 1
    assert not judged(
        asks=True, sets={"company_name": SISTER, "credit_code": SECRETS["credit_code"]}
    )
