"""Other names of a customer on its page; judgements in the settings."""

import pytest

from crm.audit.models import OperationLog
from leads.enums import AliasKind, AliasSource, IdentityVerdict
from leads.identity import Identity
from leads.models import CompanyAlias, IdentityJudgement
from leads.selectors.identity import find_similar
from leads.services.aliases import NameNotTaken, add_alias, drop_alias
from leads.services.customers import create_customer
from leads.services.identity import judge, learn_alias
from leads.services.lookups import look_up

NAME = "昆山宏图电气"
ENGLISH = "Hongtu Electric"


@pytest.fixture
def others(tenant):
    """The northerner's customer."""
    return create_customer(by=tenant.northerner, name="北京远航仪器有限公司", phone="010-66667777")


def found(name):
    return [match.pair for match in find_similar(Identity(company=name))]


def test_a_name_is_added_found_and_forgotten(customer, tenant, sign_in, url):
    rep, page = sign_in(tenant.agent), url("leads:customer", customer.pk)
    assert found(ENGLISH) == []
    answer = rep.post(url("leads:add_alias", customer.pk), {"text": ENGLISH, "kind": "english"})
    assert answer.status_code == 302
    assert found(ENGLISH) == [("customer", customer.pk)]
    html = rep.get(page).content.decode()
    assert ENGLISH in html
    assert "English name" in html
    assert tenant.agent.name in html
    alias = CompanyAlias.objects.get()
    assert (alias.source, alias.by) == (AliasSource.TYPED, tenant.agent)
    rep.post(url("leads:drop_alias", customer.pk, alias.pk))
    assert found(ENGLISH) == []
    written = OperationLog.objects.filter(subject_id=customer.pk, action__contains="alias")
    assert set(written.values_list("action", flat=True)) == {
        "customer.alias_added", "customer.alias_dropped",
    }  # fmt: skip


def test_a_name_that_says_nothing_new_is_refused(customer, tenant):
    for text in (customer.name, "（）"):
        with pytest.raises(NameNotTaken):
            add_alias(customer_id=customer.pk, text=text, kind=AliasKind.SHORT, by=tenant.agent)
    add_alias(customer_id=customer.pk, text=NAME, kind=AliasKind.SHORT, by=tenant.agent)
    with pytest.raises(NameNotTaken, match=NAME):
        add_alias(customer_id=customer.pk, text=NAME, kind=AliasKind.SHORT, by=tenant.agent)


def test_the_name_of_a_hidden_client_is_refused_without_naming_it(
    customer, others, tenant, sign_in, url
):
    learn_alias(customer_id=others.pk, text=NAME, source=AliasSource.TYPED)
    rep = sign_in(tenant.agent)
    answer = rep.post(url("leads:add_alias", customer.pk), {"text": NAME, "kind": "short"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "A client you cannot see goes by this name already" in html
    for secret in (others.name, "远航", tenant.northerner.name, others.number):
        assert secret not in html
    assert CompanyAlias.objects.count() == 1
    looked_up = OperationLog.objects.filter(action="identity.looked_up", member=tenant.agent)
    assert looked_up.get().details["hidden"] == [["customer", others.pk]]


def test_the_name_of_a_client_one_sees_is_said(customer, others, tenant):
    with pytest.raises(NameNotTaken, match="北京远航仪器有限公司"):
        add_alias(customer_id=customer.pk, text=others.name, kind=AliasKind.FORMER, by=tenant.owner)


def test_an_alias_typed_does_not_tell_the_name(others, tenant):
    learn_alias(customer_id=others.pk, text="远航科仪（北京）有限公司", source=AliasSource.JUDGED)
    (card,) = look_up(Identity(company="远航科仪（北京）有限公司"), by=tenant.agent)
    assert card.verdict == "same"
    assert others.name not in card.title
    assert "仪器" not in card.title


def test_only_who_may_edit_changes_names(customer, tenant, sign_in, url):
    alias = learn_alias(customer_id=customer.pk, text=NAME, source=AliasSource.TYPED)
    for person in (tenant.colleague, tenant.northerner):
        browser = sign_in(person)
        assert browser.get(url("leads:add_alias", customer.pk)).status_code == 404
        drop = url("leads:drop_alias", customer.pk, alias.pk)
        assert browser.post(drop).status_code == 404
    assert CompanyAlias.objects.exists()


def test_another_customers_name_is_not_dropped_through_ones_own(customer, others, tenant):
    alias = learn_alias(customer_id=others.pk, text=NAME, source=AliasSource.TYPED)
    drop_alias(customer_id=customer.pk, alias_id=alias.pk, by=tenant.agent)
    assert CompanyAlias.objects.filter(pk=alias.pk).exists()


def test_a_judgement_is_seen_and_taken_back(customer, others, tenant, sign_in, url):
    pairs = ("customer", customer.pk), ("customer", others.pk)
    judge(*pairs, IdentityVerdict.SAME, by=tenant.manager, case_id=5)
    assert set(CompanyAlias.objects.values_list("case_id", flat=True)) == {5}
    admin = sign_in(tenant.owner)
    html = admin.get(url("leads:judgements")).content.decode()
    assert customer.name in html
    assert others.name in html
    taken = IdentityJudgement.objects.get()
    page = url("leads:take_back_judgement", taken.pk)
    assert sign_in(tenant.agent).get(page).status_code == 403
    assert admin.get(page).status_code == 200
    admin.post(page)
    assert not IdentityJudgement.objects.exists()
    assert not CompanyAlias.objects.exists()
    actions = OperationLog.objects.filter(action="identity.judgement_taken_back")
    assert set(actions.values_list("subject_id", flat=True)) == {customer.pk, others.pk}


def test_forgetting_a_name_leaves_what_was_judged_of_the_records(customer, tenant, as_member):
    other = create_customer(by=tenant.agent, name=ENGLISH)
    sides = ("customer", customer.pk), ("customer", other.pk)
    judge(*sides, IdentityVerdict.SAME, by=tenant.manager)
    alias = CompanyAlias.objects.get(customer=customer)
    with as_member(tenant.agent):
        drop_alias(customer_id=customer.pk, alias_id=alias.pk, by=tenant.agent)
    judgement = IdentityJudgement.objects.get()
    assert (judgement.verdict, judgement.names_key) == (IdentityVerdict.SAME, None)
    assert found(ENGLISH) == [("customer", other.pk)]


def test_not_the_same_outlives_a_name_and_keeps_it_from_being_taken(customer, tenant, as_member):
    other = create_customer(by=tenant.agent, name=ENGLISH)
    kept = learn_alias(customer_id=customer.pk, text=ENGLISH, source=AliasSource.PAYER)
    sides = ("customer", customer.pk), ("customer", other.pk)
    judge(*sides, IdentityVerdict.NOT_SAME, by=tenant.manager)
    key = IdentityJudgement.objects.get().names_key
    with as_member(tenant.agent):
        drop_alias(customer_id=customer.pk, alias_id=kept.pk, by=tenant.agent)
        assert IdentityJudgement.objects.get().names_key == key is not None
        with pytest.raises(NameNotTaken, match=ENGLISH):
            add_alias(
                customer_id=customer.pk, text=ENGLISH, kind=AliasKind.ENGLISH, by=tenant.agent
            )
