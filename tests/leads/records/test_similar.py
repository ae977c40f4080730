import re

import pytest
from django.core import signing

from crm.access import grants
from crm.audit.models import OperationLog
from crm.teamwork.models import Notification
from crm.tenancy.context import tenant_context
from crm.tenancy.links import tenant_url
from leads.enums import RecordKind
from leads.identity import Identity
from leads.identity.profiles import profile_of
from leads.identity.records import compare_profiles
from leads.identity.seeking import sought_keys
from leads.models import CollisionSettings, ShareRequest
from leads.selectors import candidates
from leads.selectors.candidates import MOST, likeliest_of_many, records_sharing, worth_reading
from leads.selectors.identity import find_similar
from leads.selectors.prepared import fetch_prepared
from leads.selectors.similar import cards_for
from leads.services.contacts import create_contact
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead
from tests.leads.records.conftest import COMPANY, SECRETS

HTMX = {"HX-Request": "true"}


def digits_of(html: str) -> str:
    return re.sub(r"\D", "", html)


def test_a_strangers_card_tells_owner_state_and_last_contact(lead, tenant, sign_in, url, as_member):
    with as_member(tenant.agent):
        log_follow_up(subject=lead, by=tenant.agent, outcome="interested", next_step="寄样品")
    answer = sign_in(tenant.northerner).post(
        url("leads:similar"), {"company_name": "苏州同光精密"}, headers=HTMX
    )
    html = answer.content.decode()
    assert "王磊" in html
    assert "Contacted" in html
    assert "last contact" in html
    assert "same brand" in html


@pytest.mark.parametrize(
    "typed",
    [
        {"company_name": COMPANY},
        {"phone": SECRETS["phone"]},
        {"email": SECRETS["email"]},
        {"credit_code": SECRETS["credit_code"]},
        {"wechat": SECRETS["wechat"]},
    ],
)
def test_a_redacted_card_leaks_nothing(lead, tenant, sign_in, url, typed):
    answer = sign_in(tenant.northerner).post(url("leads:similar"), typed, headers=HTMX)
    html = answer.content.decode()
    assert "tz-similar-card" in html
    assert (COMPANY in html) is ("company_name" in typed)
    for secret in (*SECRETS.values(), lead.number, "李敏", f"/leads/{lead.pk}/"):
        assert secret not in html
    token = re.search(r'"token": "([^"]+)"', html)[1]
    assert SECRETS["phone"] not in digits_of(html.replace(token, ""))


def test_the_refused_form_leaks_nothing_either(lead, tenant, sign_in, url):
    answer = sign_in(tenant.northerner).post(
        url("leads:create"), {"company_name": COMPANY, "channel": "phone"}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Already looked after" in html
    assert "王磊" in html
    for secret in (*SECRETS.values(), lead.number, "李敏", f"/leads/{lead.pk}/"):
        assert secret not in html


def test_a_look_up_that_finds_nothing_says_so(lead, tenant, sign_in, url):
    browser = sign_in(tenant.agent)

    def said(**typed: str) -> str:
        return browser.post(url("leads:similar"), typed, headers=HTMX).content.decode().strip()

    assert "No similar client found" in said(company_name="成都青羊铁塔设备有限公司")
    assert "No similar client found" not in said(company_name=COMPANY)
    assert said(company_name=" ") == ""


def test_a_search_that_finds_nothing_offers_to_enter_it(tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    page = browser.get(url("web:search"), {"q": "成都青羊铁塔"}).content.decode()
    ways = re.findall(r'href="([^"]+typed=[^"]+)"', page)
    assert [way.partition("?")[0] for way in ways] == [
        url("leads:create"), url("leads:create_customer"),
    ]  # fmt: skip
    assert all('value="成都青羊铁塔"' in browser.get(way).content.decode() for way in ways)
    form = browser.get(url("leads:create"), {"typed": "138 1234 5678"}).context["form"]
    assert (form["phone"].value(), form["company_name"].value()) == ("138 1234 5678", None)


def test_continuing_with_a_reason_is_possible(lead, tenant, sign_in, url):
    answer = sign_in(tenant.northerner).post(
        url("leads:create"),
        {"company_name": COMPANY, "channel": "phone", "explanation": "北方工厂"},
    )
    assert answer.status_code == 302


def test_ones_own_record_is_shown_in_full(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:similar"), {"company_name": "同光精密"}, headers=HTMX
    )
    html = answer.content.decode()
    assert url("leads:detail", lead.pk) in html
    assert "Ask to share" not in html


def test_a_shared_customer_is_shown_in_full(customer, tenant):
    grants.grant(tenant.northerner, "view", customer)
    cards = cards_for(tenant.northerner, find_similar(Identity(company="杭州云帆软件")))
    assert [card.is_visible for card in cards] == [True]


def test_a_contact_leads_to_its_customer(customer, tenant, as_member):
    with as_member(tenant.agent):
        create_contact(customer_id=customer.pk, by=tenant.agent, name="陈晨", phone="13655556666")
    (match,) = find_similar(Identity(phones=("136 5555 6666",)))
    assert match.pair == (RecordKind.CUSTOMER, customer.pk)


def test_a_converted_lead_counts_as_its_customer(lead, tenant, as_member):
    with as_member(tenant.agent):
        result = convert_lead(lead_id=lead.pk, by=tenant.agent)
    (match,) = find_similar(Identity(company=COMPANY))
    assert match.pair == (RecordKind.CUSTOMER, result.customer.pk)


def test_the_record_being_edited_is_no_duplicate_of_itself(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:similar"),
        {"company_name": COMPANY, "record": f"lead:{lead.pk}"},
        headers=HTMX,
    )
    assert COMPANY not in answer.content.decode()


def test_other_organisations_are_never_found(cast, other_cast, sign_in):
    with tenant_context(cast.organization.id, member_id=cast.agent.pk):
        create_lead(by=cast.agent, owner=cast.agent, company_name=COMPANY, **SECRETS)
    page = tenant_url(other_cast.organization, "leads:similar")
    answer = sign_in(other_cast.agent).post(page, SECRETS | {"company_name": COMPANY})
    assert answer.status_code == 200
    assert COMPANY not in answer.content.decode()


def test_looking_up_others_is_logged_without_what_was_typed(lead, tenant, sign_in, url):
    sign_in(tenant.northerner).post(url("leads:similar"), {"phone": SECRETS["phone"]}, headers=HTMX)
    log = OperationLog.objects.get(action="identity.looked_up")
    assert log.member_id == tenant.northerner.pk
    assert log.details == {"shown": 1, "hidden": [["lead", lead.pk]]}


def test_the_log_says_whose_clients_were_shown(lead, tenant, sign_in, url):
    sign_in(tenant.northerner).post(url("leads:similar"), {"phone": SECRETS["phone"]}, headers=HTMX)
    line = OperationLog.objects.get(action="identity.looked_up")
    browser = sign_in(tenant.owner)
    assert (
        f"Others&#x27; clients shown: {COMPANY}" in browser.get(url("audit:log")).content.decode()
    )
    page = browser.get(url("audit:entry", line.pk)).content.decode()
    assert f'<a href="{url("leads:detail", lead.pk)}">{COMPANY}</a>' in page
    assert ">hidden<" not in page


def test_nobody_harvests(lead, tenant, sign_in, url):
    CollisionSettings.objects.create(lookups_per_minute=3)
    browser = sign_in(tenant.northerner)
    pages = [
        browser.post(url("leads:similar"), {"company_name": COMPANY}, headers=HTMX)
        for _time in range(4)
    ]
    assert [COMPANY in page.content.decode() for page in pages] == [True, True, True, False]
    assert "pauses for a minute" in pages[-1].content.decode()


def test_who_looked_up_too_many_is_told_why_no_card_shows(lead, tenant, sign_in, url):
    CollisionSettings.objects.create(lookups_per_minute=1)
    browser = sign_in(tenant.northerner)
    typed = {"company_name": COMPANY, "channel": "manual"}
    first, second = (browser.post(url("leads:create"), typed) for _time in range(2))
    assert "looked up too many" not in first.content.decode()
    assert second.status_code == 422
    assert "looked up too many" in second.content.decode()


def test_asking_tells_the_owner(lead, tenant, sign_in, url):
    (card,) = cards_for(tenant.northerner, find_similar(Identity(company=COMPANY)))
    answer = sign_in(tenant.northerner).post(
        url("leads:ask_to_share"), {"token": card.ask}, headers=HTMX
    )
    told = Notification.objects.get()
    assert (told.member_id, told.kind) == (tenant.agent.pk, "share-requested")
    request = ShareRequest.objects.get()
    assert told.path == f"collisions/requests/{request.pk}/"
    assert url("leads:share_request", request.pk) in answer.content.decode()


def test_a_forged_request_finds_nothing(lead, tenant, sign_in, url):
    forged = signing.dumps(["lead", lead.pk], salt="something else")
    answer = sign_in(tenant.northerner).post(url("leads:ask_to_share"), {"token": forged})
    assert answer.status_code == 404


def test_a_hot_weak_key_is_dropped_but_the_region_still_finds(lead, tenant, monkeypatch):
    from leads.models import IdentityKey
    from leads.selectors.candidates import HOT

    brand = IdentityKey.objects.get(kind="brand", record_id=lead.pk)
    IdentityKey.objects.bulk_create(
        IdentityKey(key=brand.key, kind="brand", record_kind="lead", record_id=10_000 + number)
        for number in range(HOT)
    )
    assert find_similar(Identity(company="同光")) == []
    assert [one.record_id for one in find_similar(Identity(company="江苏同光"))] == [lead.pk]


def test_one_look_up_and_many_weigh_keys_alike(lead, tenant, as_member):
    names = ("江苏同光精密机械", "同光贸易", "同光源", "昆山童光精密机械有限公司", "Siemens AG")
    with as_member(tenant.colleague):
        for name in names:
            create_lead(
                by=tenant.colleague, owner=tenant.colleague, company_name=name, explanation="分厂"
            )
    for name in ("同光", lead.company_name, *names):
        sought = sought_keys(profile_of(Identity(company=name)))
        (many,) = likeliest_of_many([[(one.key.hash64, *one[1:]) for one in sought]])
        assert worth_reading(sought, records_sharing(sought)[0]) == dict(many) != {}


def test_a_brand_met_by_many_keys_is_read_once(customer, tenant, monkeypatch):
    for name in ("苏州东方盛虹贸易有限公司", "东方盛虹", "上海东方盛红科技有限公司"):
        create_customer(by=None, name=name)
    sought = sought_keys(profile_of(Identity(company="东方盛虹贸易有限公司")))
    rows = []
    monkeypatch.setattr(
        candidates, "fetch_prepared", lambda *asked: rows.append(fetch_prepared(*asked)) or rows[-1]
    )
    once = records_sharing(sought)
    assert len({row[1:3] for row in rows[0]}) == len(rows[0]) == 3
    monkeypatch.setattr(candidates, "OFTEN_MET", len(sought))
    sharing, read = records_sharing(sought)
    assert len(rows[1]) > 9
    assert {slot: set(pairs) for slot, pairs in sharing.items()} == {
        slot: set(pairs) for slot, pairs in once[0].items()
    }
    assert read == once[1]


def test_a_number_in_common_is_asked_about_in_every_province(lead, tenant):
    elsewhere = Identity(company="上海同光精密机械有限公司")
    assert find_similar(elsewhere) == []
    found = find_similar(elsewhere._replace(phones=(lead.phone,)))
    assert [one.record_id for one in found] == [lead.pk]


def test_a_brand_in_another_trade_is_not_compared(lead, tenant, monkeypatch):
    compared = []
    monkeypatch.setattr(
        "leads.selectors.identity.compare_profiles",
        lambda asked, known: compared.append(known) or compare_profiles(asked, known),
    )
    assert find_similar(Identity(company="江苏同光食品有限公司")) == []
    assert compared == []
    assert find_similar(Identity(company="江苏同光机械有限公司"))
    assert len(compared) == 1


def test_a_name_that_is_being_typed_may_not_have_come_to_its_trade(lead):
    typed = Identity(company="江苏同光食品")
    assert find_similar(typed) == []
    assert [one.record_id for one in find_similar(typed, is_typing=True)] == [lead.pk]


def test_the_check_costs_the_same_for_one_and_many_cards(
    lead, tenant, as_member, django_assert_max_num_queries
):
    with as_member(tenant.colleague):
        for place in ("昆山", "无锡", "常州", "南京"):
            create_lead(
                by=tenant.colleague,
                owner=tenant.colleague,
                company_name=f"{place}同光精密机械有限公司",
                explanation="分厂",
            )
    with django_assert_max_num_queries(12):
        cards_for(tenant.northerner, find_similar(Identity(company="江苏同光精密机械")))


def test_a_known_customer_is_found_by_one_statement(customer, tenant, django_assert_num_queries):
    with django_assert_num_queries(1):
        (found,) = find_similar(Identity(company=customer.name))
    assert found.record_id == customer.pk
    with django_assert_num_queries(1):
        assert find_similar(Identity(company="兰州白塔山煤矿有限公司")) == []


def test_a_clients_own_records_take_no_place_of_others(lead, tenant, as_member):
    """A client known by many leads still meets the one who writes it otherwise."""
    name = "江苏同光精密机械有限公司"
    with as_member(tenant.colleague):
        own = [
            create_lead(
                by=tenant.colleague, owner=tenant.colleague, company_name=name, explanation="分厂"
            )
            for _number in range(MOST)
        ]
    mine = [("lead", one.pk) for one in own]
    found = find_similar(Identity(company=name), excluding=mine)
    assert [one.record_id for one in found] == [lead.pk]


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("大连瑞兴轴承有限公司", "Dalian Ruixing Bearing Co., Ltd."),
        ("Yantai Blue Sky Chemical Co., Ltd.", "烟台蓝天化工有限公司"),
    ],
)
def test_a_client_is_known_in_the_other_language(known, asked, tenant, as_member):
    with as_member(tenant.agent):
        record = create_customer(by=tenant.agent, name=known)
    found = find_similar(Identity(company=asked))
    assert [one.record_id for one in found] == [record.pk]
