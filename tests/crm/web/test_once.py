"""A form that was sent twice acts once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from crm.tenancy.context import tenant_context
from crm.web.models import Submission
from leads.models import FollowUp, Lead
from tests.support.at_once import wait_until_alone
from tests.support.cast import Cast

LEAD = {
    "go": "1",
    "company_name": "上海华信科技有限公司",
    "phone": "13800138000",
    "channel": "phone",
}
URL = "/acme/leads/new/"


def companies(cast: Cast) -> list[str]:
    with tenant_context(cast.organization.id):
        return sorted(Lead.objects.values_list("company_name", flat=True))


def test_a_double_click_makes_one_lead(cast, sign_in):
    browser = sign_in(cast.agent)
    first = browser.post(URL, LEAD | {"once": "a-token"})
    second = browser.post(URL, LEAD | {"once": "a-token"})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert companies(cast) == ["上海华信科技有限公司"]


def test_other_content_is_another_form(cast, sign_in):
    browser = sign_in(cast.agent)
    browser.post(URL, LEAD | {"once": "a-token"})
    other = LEAD | {"once": "a-token", "company_name": "杭州云帆贸易", "phone": "13900139000"}
    browser.post(URL, other)
    assert companies(cast) == ["上海华信科技有限公司", "杭州云帆贸易"]


def test_a_refused_form_may_be_sent_again(cast, sign_in):
    browser = sign_in(cast.agent)
    nobody = {**LEAD, "once": "a-token", "company_name": "", "phone": ""}
    for _time in range(2):
        assert browser.post(URL, nobody).status_code == 422
    with tenant_context(cast.organization.id):
        assert not Submission.objects.exists()


def test_the_form_carries_a_token_and_keeps_it_when_it_comes_back(cast, sign_in):
    browser = sign_in(cast.agent)
    assert b'name="once" value="' in browser.get(URL).content
    back = browser.post(URL, {**LEAD, "once": "mine&", "company_name": "", "phone": ""})
    assert b'name="once" value="mine&amp;"' in back.content


def test_the_same_token_of_another_member_is_another_form(cast, sign_in):
    for member in (cast.agent, cast.northerner):
        sign_in(member).post(URL, {**LEAD, "once": "a-token", "company_name": "", "phone": ""})
        given = {**LEAD, "once": "a-token", "company_name": f"{member.name}的客户", "phone": ""}
        assert sign_in(member).post(URL, given).status_code == 302
    assert len(companies(cast)) == 2


@pytest.mark.slow
def test_two_clicks_at_the_same_moment_make_one_lead(cast_committed, sign_in):
    cast = cast_committed
    session = sign_in(cast.agent).cookies["sessionid"].value
    barrier = Barrier(2)

    def click(_number: int) -> tuple[int, str]:
        browser = Client()
        browser.cookies["sessionid"] = session
        try:
            barrier.wait()
            answer = browser.post(URL, LEAD | {"once": "a-token"})
            return answer.status_code, answer.headers.get("Location", "")
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(click, range(2))
    finally:
        wait_until_alone()
    assert first == second
    assert first[0] == 302
    with tenant_context(cast.organization.id):
        assert Lead.objects.count() == 1


def test_a_form_that_gives_way_to_an_empty_one_acts_once(cast, sign_in):
    browser = sign_in(cast.agent)
    browser.post(URL, LEAD)
    with tenant_context(cast.organization.id):
        lead = Lead.objects.get()
    address = f"/acme/leads/{lead.pk}/follow-up/"
    said = {"kind": "call", "content": "要报价", "once": "a-token"}
    first = browser.post(address, said, headers={"HX-Request": "true"})
    second = browser.post(address, said, headers={"HX-Request": "true"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert b'value="a-token"' not in first.content
    assert second["HX-Reswap"] == "none"
    with tenant_context(cast.organization.id):
        assert FollowUp.objects.filter(lead=lead).count() == 1
