"""A client's name in free texts of a case: read as far as the reader may read the name."""

import pytest

from leads.enums import CollisionOutcome
from leads.models import CollisionCase, CollisionDecision, Customer
from leads.redaction import without_names
from leads.selectors.case_names import CaseNames
from leads.services.case_decisions import appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.cases import discuss, state_case
from leads.services.customers import create_customer, update_customer
from leads.services.identity import learn_alias
from leads.services.leads import create_lead

NAME = "苏州同光精密机械有限公司"
PHONE = "13912345678"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"{NAME}是我的", "苏****是我的"),
        ("苏州 同光 精密机械 有限公司是我的", "苏****是我的"),
        ("同光的采购", "****的采购"),
        ("去同光精密机械谈过", "去****谈过"),
        ("没有提到名字", "没有提到名字"),
        ("", ""),
    ],
)
def test_a_name_says_no_more_than_its_card(said, shown):
    assert without_names(said, [NAME], []) == shown


def test_what_the_reader_typed_stays():
    assert without_names("同光的采购", [NAME], ["同光"]) == "同光的采购"
    assert without_names(f"{NAME}的采购", [NAME], [NAME]) == f"{NAME}的采购"


def test_latin_names_are_found_as_words_in_any_case():
    assert without_names("met NORDWIND gmbh; nordwinds", ["Nordwind GmbH"], []).count("****") == 1
    assert "nordwinds" in without_names("met NORDWIND gmbh; nordwinds", ["Nordwind GmbH"], [])


@pytest.fixture
def by_phone(tenant, as_member) -> CollisionCase:
    """The newcomer met the client by its number alone: the name was never told to them."""
    with as_member(tenant.agent):
        client = create_customer(by=tenant.agent, name=NAME, phone=PHONE)
        learn_alias(customer_id=client.pk, text="老光厂", source="manual", by=tenant.agent)
    with as_member(tenant.colleague):
        create_lead(
            by=tenant.colleague, owner=tenant.colleague, company_name="未具名采购商",
            phone=PHONE, explanation="对方来电",
        )  # fmt: skip
    return CollisionCase.objects.get()


def test_no_page_of_a_case_tells_the_name_by_a_free_text(by_phone, tenant, as_member, sign_in, url):
    texts = {
        "statement": f"{NAME}一直由我跟进",
        "remark": "老光厂的事我来定",
        "reason": "同光的订单都是他的",
        "appeal": "我问过苏州同光",
    }
    with as_member(tenant.agent):
        state_case(case_id=by_phone.pk, by=tenant.agent, text=texts["statement"])
    with as_member(tenant.manager):
        discuss(case=by_phone, by=tenant.manager, text=texts["remark"])
        ruling = Ruling(CollisionOutcome.NOT_SAME, reason=texts["reason"])
        decide(case_id=by_phone.pk, by=tenant.manager, ruling=ruling)
    with as_member(tenant.agent):
        appeal(case_id=by_phone.pk, by=tenant.agent, reason=texts["appeal"])
    page = url("leads:case", by_phone.pk)
    theirs = sign_in(tenant.colleague).get(page).content.decode()
    for hidden in ("同光", "老光厂"):
        assert hidden not in theirs
    assert "一直由我跟进" in theirs
    for who in (tenant.agent, tenant.manager):
        html = sign_in(who).get(page).content.decode()
        assert all(text in html for text in texts.values())


def test_what_the_client_is_called_since_is_a_name_too(by_phone, tenant, sign_in, url, as_member):
    with as_member(tenant.agent):
        customer = Customer.objects.get()
        facts = {"name": "昆山博远达机床有限公司", "explanation": "改名"}
        update_customer(customer_id=customer.pk, by=tenant.agent, **facts)
        state_case(case_id=by_phone.pk, by=tenant.agent, text="博远达是我的")
    html = sign_in(tenant.colleague).get(url("leads:case", by_phone.pk)).content.decode()
    assert "博远达" not in html
    assert "是我的" in html


def test_ones_own_words_stay_as_they_were_written(by_phone, tenant):
    names = CaseNames(tenant.colleague, [by_phone.pk])
    assert names.said(by_phone.pk, f"我猜是{NAME}", tenant.colleague.pk) == f"我猜是{NAME}"
    assert NAME not in names.said(by_phone.pk, f"我猜是{NAME}", tenant.agent.pk)


def test_who_is_not_asked_learns_no_name_from_the_form_either(by_phone, tenant, sign_in, url):
    """A newcomer who may decide other cases gets the form of this one by a refused post."""
    answer = sign_in(tenant.colleague).post(url("leads:case_decide", by_phone.pk), {})
    assert NAME not in answer.content.decode()


def test_a_decision_of_before_rows_were_kept_says_so(by_phone, tenant, as_member, sign_in, url):
    with as_member(tenant.manager):
        ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
        decide(case_id=by_phone.pk, by=tenant.manager, ruling=ruling)
    decision = by_phone.decisions.get()
    facts = decision.evidence
    for side in facts["sides"]:
        side.pop("rows", None)
        side["follow_ups"] = 3
    page = url("leads:case", by_phone.pk)
    with_rows = sign_in(tenant.manager).get(page).content.decode()
    assert "were not kept" not in with_rows
    rewrite(decision, facts)
    html = sign_in(tenant.manager).get(page).content.decode()
    assert "were not kept when this was decided" in html
    figure = url("leads:case_evidence", by_phone.pk, tenant.agent.pk, "follow_ups")
    assert figure not in html
    answer = sign_in(tenant.manager).get(figure)
    assert "were not kept" in answer.content.decode()


def rewrite(decision, facts) -> None:
    """Decisions are append-only: an old one is put in front of it."""
    values = {
        field.attname: getattr(decision, field.attname)
        for field in CollisionDecision._meta.concrete_fields
        if field.attname not in ("id", "evidence", "level")
    }
    CollisionDecision.objects.create(**values, level=decision.level + 1, evidence=facts)
