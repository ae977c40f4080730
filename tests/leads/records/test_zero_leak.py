"""Whatever a colleague's record holds, somebody who may not see it never reads it anywhere."""

import re

import pytest
from django.core import mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.access import policy
from crm.audit.models import OperationLog
from crm.people.models import Department
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from leads.enums import CardFact, RecordKind
from leads.models import CollisionCase, CollisionSettings, Lead, ShareRequest
from leads.services.contacts import create_contact
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead
from leads.services.opportunities import create_opportunity
from leads.services.share_requests import ask_to_share
from tests.support.cast import add_person
from tests.support.exports import exported

HTMX = {"HX-Request": "true"}
NAME = "苏州同光精密机械有限公司"
PHONE, LANDLINE, MAIL = "13812345678", "0512-67778899", "li.min@tongguang.cn"
CODE = "91320594MA1MABCD49"
PLANTED = {
    "contact": "欧阳璇玑",
    "title": "采购总监壹零壹",
    "email": MAIL,
    "address": "星湖街三百二十八号",
    "wechat": "limin_tongguang",
    "credit_code": CODE,
    "need": "想买七轴机床",
    "note": "老板喜欢喝普洱",
    "next": "周五去签框架",
    "deal": "七轴产线一期",
    "amount": "7654321",
    "campaign": "上海机床展玖玖",
    "website": "tongguang-private.example",
    "why": "独家框架协议",
}
# what a viewer may type; each finds the client by another of its hidden values
TYPED = (
    {"company_name": NAME},
    {"company_name": "同光精密"},
    {"phone": PHONE},
    {"phone": LANDLINE},
    {"email": MAIL},
    {"credit_code": CODE},
    {"wechat": "limin_tongguang"},
    {"company_name": "同光", "phone": PHONE, "email": MAIL},
)
VIEWERS = ("northerner", "colleague", "service")


@pytest.fixture
def planted(tenant):
    """A lead and a customer of the agent's in which every field holds something unheard of."""
    agent = tenant.agent
    with acting_as(agent.pk):
        lead = create_lead(
            by=agent, owner=agent, company_name=NAME, contact_name=PLANTED["contact"],
            contact_title=PLANTED["title"], phone=PHONE, email=MAIL, wechat=PLANTED["wechat"],
            address=PLANTED["address"], credit_code=CODE, need=PLANTED["need"],
            campaign=PLANTED["campaign"],
        )  # fmt: skip
        log_follow_up(subject=lead, by=agent, outcome="interested", content=PLANTED["note"],
                      next_step=PLANTED["next"])  # fmt: skip
        customer = create_customer(
            by=agent, name=NAME, phone=LANDLINE, website=PLANTED["website"],
            address=PLANTED["address"], explanation=PLANTED["why"],
        )  # fmt: skip
        create_contact(
            customer_id=customer.pk, by=agent, name=PLANTED["contact"], phone=PHONE, email=MAIL
        )
        create_opportunity(
            customer_id=customer.pk, by=agent, name=PLANTED["deal"], amount=PLANTED["amount"]
        )
    return lead, customer


def secrets_in(text, typed):
    """The planted values that are read here and were not typed by the reader."""
    known = set(typed.values())
    plain = re.sub(r"[\s,，.]", "", text)
    found = {name for name, value in PLANTED.items() if value in text or value in plain}
    found -= {name for name, value in PLANTED.items() if value in known}
    digits = re.sub(r"\D", "", re.sub(r'"token": "[^"]+"|value="[0-9a-f ]{20,}"', "", text))
    found |= {n for n in (PHONE, LANDLINE.replace("-", "")) if n in digits} - {
        re.sub(r"\D", "", one) for one in known
    }
    return found


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    viewer=st.sampled_from(VIEWERS),
    typed=st.sampled_from(TYPED),
    shown=st.sets(st.sampled_from([str(fact) for fact in CardFact])),
    masked=st.booleans(),
    through=st.sampled_from(["look up", "enter a lead", "enter a customer"]),
)
def test_no_answer_holds_what_was_planted(
    planted, tenant, sign_in, url, viewer, typed, shown, masked, through
):
    CollisionSettings.objects.update_or_create(
        defaults={
            "card_shows": sorted(shown),
            "name_on_card": "masked" if masked else "whole",
            "lookups_per_minute": 10_000,
            "lookups_per_day": 10_000,
        }
    )
    browser = sign_in(getattr(tenant, viewer))
    facts = {"channel": "phone", "status": "prospect", "level": "c", **typed}
    facts.setdefault("company_name", "同光精密机械")
    facts["name"] = facts["company_name"]
    if through == "look up":
        answer = browser.post(url("leads:similar"), typed, headers=HTMX)
    else:
        name = "leads:create" if through == "enter a lead" else "leads:create_customer"
        answer = browser.post(url(name), facts)
    text = answer.content.decode() + str(dict(answer.headers))
    assert secrets_in(text, facts) == set()
    if viewer == "service":  # sees all customers, and their owners, but no lead
        return
    if masked and NAME not in facts.values():
        assert NAME not in text
    if "owner" not in shown and answer.status_code in (200, 422):
        assert "王磊" not in text


@pytest.mark.parametrize("viewer", ["northerner", "colleague"])
def test_going_on_tells_nothing_either(planted, tenant, sign_in, url, viewer):
    """After "continue anyway": the record, the inbox, the live events, the case, the request."""
    member = getattr(tenant, viewer)
    browser = sign_in(member)
    facts = {"company_name": NAME, "phone": PHONE, "channel": "phone"}
    entered = browser.post(url("leads:create"), facts | {"explanation": "北方工厂"})
    assert entered.status_code == 302
    token = re.search(
        r'"token": "([^"]+)"',
        browser.post(url("leads:similar"), {"company_name": NAME}, headers=HTMX).content.decode(),
    )[1]
    asked = browser.post(url("leads:ask_to_share"), {"token": token}, headers=HTMX)
    pages = [entered["Location"], url("leads:share_requests"), url("leads:cases")]
    pages += [url("leads:case", case.pk) for case in CollisionCase.objects.all()]
    pages += [url("leads:share_request", one.pk) for one in ShareRequest.objects.all()]
    pages += [url("teamwork:notifications"), url("audit:log")]
    texts = [entered.content.decode(), str(dict(asked.headers))]
    texts += [
        answer.content.decode() for answer in map(browser.get, pages) if answer.status_code == 200
    ]
    texts += list(Notification.objects.filter(member=member).values_list("title", flat=True))
    for text in texts:
        assert secrets_in(text, facts) == set()


PART = "同光精密机械"
# everywhere a case is told of; who may not see its client reads the parts they typed
TOLD_AT = (
    "leads:cases", "teamwork:notifications", "audit:log", "leads:metrics", "leads:list",
    "leads:customers", "leads:share_requests", "leads:risks", "reports:today",
)  # fmt: skip


@pytest.fixture
def part_typed(tenant, planted):
    """Two who see nothing of the client: the northerner, who typed a part of it, and their head."""
    boss = add_person(tenant, "director", department="office", role="manager", name="总监")
    head = add_person(tenant, "northern_head", department="north", role="manager", name="北区经理")
    for name, member in (("office", boss), ("north", head)):
        Department.objects.filter(pk=tenant.departments[name].pk).update(head=member)
    with acting_as(tenant.northerner.pk):
        create_lead(
            by=tenant.northerner, owner=tenant.northerner, company_name=PART, phone=PHONE,
            explanation="北方工厂",
        )  # fmt: skip
    return {"director": boss, "northern_head": head, "northerner": tenant.northerner,
            "agent": tenant.agent, "manager": tenant.manager}  # fmt: skip


def told(browser, url, cases):
    """Whatever a member reads of cases: pages, lists, searches, files, the log."""
    pages = [url(name) for name in TOLD_AT]
    pages += [url("leads:case", case.pk) for case in cases]
    pages += [url("leads:case_decide", case.pk) for case in cases]
    pages += [url("leads:cases") + "?export=csv", url("web:search") + "?q=苏州"]
    pages += [url("leads:cases") + f"?q={NAME[:length]}" for length in (2, 4, len(NAME))]
    answers = [browser.get(page) for page in pages]
    texts = [one.content.decode() for one in answers if one.status_code == 200]
    # a search repeats what was asked for
    return [re.sub(r'(value|href|hx-[a-z-]+)="[^"]*"', "", one) for one in texts]


@pytest.mark.parametrize("reader", ["northerner", "northern_head"])
def test_who_typed_a_part_reads_no_more_of_the_name_in_the_case(part_typed, sign_in, url, reader):
    member = part_typed[reader]
    cases, browser = list(CollisionCase.objects.all()), sign_in(member)
    for case in cases:
        page = browser.get(url("leads:case", case.pk)).content.decode()
        assert f"****{PART}****" in page
        found = browser.get(url("leads:cases") + f"?q={case.number}").content.decode()
        assert f"****{PART}****" in found
    texts = told(browser, url, cases)
    texts += Notification.objects.filter(member=member).values_list("title", flat=True)
    texts += [one.body + one.subject for one in mail.outbox if member.user.email in one.to]
    assert len(texts) > 6
    for text in texts:
        assert NAME not in text
        assert "苏州同光" not in text
        assert secrets_in(text, {"company_name": PART, "phone": PHONE}) == set()


def test_a_file_of_cases_holds_what_the_list_shows(part_typed, sign_in, url):
    texts = {
        name: exported(sign_in(part_typed[name]), url("leads:cases") + "?export=csv")
        .getvalue()
        .decode()
        for name in ("northern_head", "director")
    }
    assert f"****{PART}****" in texts["northern_head"]
    assert NAME not in texts["northern_head"]
    assert NAME in texts["director"]


@pytest.mark.parametrize("text", [NAME[:2], NAME[:4], NAME])
def test_a_search_of_cases_confirms_no_hidden_beginning(part_typed, sign_in, url, text):
    case = CollisionCase.objects.first()
    seen = {
        name: case.number in sign_in(member).get(url("leads:cases") + f"?q={text}").content.decode()
        for name, member in part_typed.items()
    }
    assert seen == {
        "northerner": False, "northern_head": False,
        "agent": True, "manager": True, "director": True,
    }  # fmt: skip
    own = sign_in(part_typed["northerner"]).get(url("leads:cases") + f"?q={PART}")
    assert case.number in own.content.decode()


@pytest.mark.parametrize("reader", ["agent", "manager", "director"])
def test_who_sees_the_client_or_decides_reads_its_name(part_typed, sign_in, url, reader):
    case = CollisionCase.objects.first()
    assert NAME in sign_in(part_typed[reader]).get(url("leads:case", case.pk)).content.decode()
    titles = Notification.objects.filter(member=part_typed[reader]).values_list("title", flat=True)
    assert any(NAME in one for one in titles)


def test_the_setting_that_shows_whole_names_shows_them_in_cases(part_typed, sign_in, url):
    CollisionSettings.objects.update_or_create(defaults={"name_on_card": "whole"})
    case = CollisionCase.objects.first()
    page = sign_in(part_typed["northerner"]).get(url("leads:case", case.pk)).content.decode()
    assert NAME in page


def test_a_part_of_a_number_confirms_nothing(planted, tenant, sign_in, url):
    browser = sign_in(tenant.northerner)
    CollisionSettings.objects.create(lookups_per_minute=10_000)
    whole = {"phone": PHONE, "email": MAIL, "credit_code": CODE, "wechat": PLANTED["wechat"]}
    for field, value in whole.items():
        nothing = browser.post(url("leads:similar"), {field: "zz"}, headers=HTMX).content
        for length in range(1, len(value)):
            answer = browser.post(url("leads:similar"), {field: value[:length]}, headers=HTMX)
            assert answer.content == nothing, (field, value[:length])
    tails = browser.post(url("leads:similar"), {"phone": PHONE[-8:]}, headers=HTMX)
    assert "tz-similar-card" not in tails.content.decode()


def test_the_log_names_who_looked_and_not_what_was_typed(planted, tenant, sign_in, url):
    sign_in(tenant.northerner).post(url("leads:similar"), {"phone": PHONE}, headers=HTMX)
    line = OperationLog.objects.get(action="identity.looked_up")
    assert line.member_id == tenant.northerner.pk
    assert PHONE not in str(line.details)


def test_leaving_a_record_out_does_not_tell_its_number(planted, tenant, sign_in, url):
    browser, (lead, customer) = sign_in(tenant.northerner), planted
    typed = {"company_name": NAME}

    def cards(**more):
        answer = browser.post(url("leads:similar"), typed | more, headers=HTMX)
        return answer.content.decode().count("tz-similar-head")

    usual = cards()
    assert usual > 0
    assert cards(record=f"lead:{lead.pk}") == usual
    assert cards(record=f"customer:{customer.pk}") == usual


def test_a_request_about_nobodys_record_goes_to_those_who_see_it(planted, tenant, url):
    lead, _customer = planted
    north = tenant.departments["north"]
    Lead.objects.filter(pk=lead.pk).update(owner=None, department=north)
    with acting_as(tenant.agent.pk):
        ask_to_share(kind=RecordKind.LEAD, record_id=lead.pk, by=tenant.agent)
    told = Notification.objects.filter(kind="share-requested")
    readers = {one.member for one in told}
    assert readers
    assert tenant.manager not in readers
    assert all(policy.allowed(one, "leads.view_lead", lead) for one in readers)
