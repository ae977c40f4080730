"""Who sees which warnings, and how much of the other side."""

from datetime import date

import pytest
from django.conf import settings
from django.core import mail
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.teamwork.models import Notification
from crm.web.models import ColumnChoice
from leads.models import CollisionCase, CollisionRisk, CollisionSettings, Lead
from leads.selectors.risks import told_to, visible_risks
from leads.services import forewarning, risk_digest
from leads.services.digest_wishes import stop_url, wants_digest

NAMES = ("苏州同光达精密机械有限公司", "天津同光达精密机械有限公司")


@pytest.fixture
def risk(group):
    return CollisionRisk.objects.get()


def test_each_sees_their_own_side_and_only_a_card_of_the_other(tenant, risk, sign_in, url):
    mine, theirs = NAMES
    page = sign_in(tenant.agent).get(url("leads:risks")).content.decode()
    assert mine in page
    assert theirs not in page
    detail = sign_in(tenant.agent).get(url("leads:risk", risk.pk)).content.decode()
    assert theirs not in detail
    assert "赵北" in detail
    assert "Not the same client" not in detail
    whole = sign_in(tenant.owner).get(url("leads:risk", risk.pk)).content.decode()
    assert mine in whole
    assert theirs in whole
    assert "Not the same client" in whole


def test_others_see_nothing(tenant, risk, sign_in, url):
    page = sign_in(tenant.colleague).get(url("leads:risks")).content.decode()
    assert NAMES[0] not in page
    assert sign_in(tenant.colleague).get(url("leads:risk", risk.pk)).status_code == 404
    assert sign_in(tenant.finance).get(url("leads:risks")).status_code == 403


def test_the_other_name_is_cut_to_what_it_shares(tenant, risk, mounted):  # noqa: F811
    row = CollisionRisk.objects.values("left_kind", "left_id", "right_kind", "right_id").get()
    told = told_to(tenant.agent, [{**row, "score": 64}])[0]
    assert {told.left.title, told.right.title} == {NAMES[0], "****同光达精密机械有限公司"}
    CollisionSettings.objects.create(name_on_card="whole")
    below, above = (told_to(tenant.agent, [{**row, "score": score}])[0] for score in (64, 65))
    assert NAMES[1] not in {below.left.title, below.right.title}
    assert NAMES[1] in {above.left.title, above.right.title}


def test_a_rep_cannot_decide(tenant, risk, sign_in, url):
    browser = sign_in(tenant.agent)
    for name in ("dismiss_risk", "ask_reps", "risk_not_same"):
        assert browser.post(url(f"leads:{name}", risk.pk), {"why": "no"}).status_code == 403


def test_a_manager_dismisses_many_with_a_reason(tenant, risk, sign_in, url):
    browser = sign_in(tenant.manager)
    asked = browser.post(url("leads:dismiss_risks"), {"ids": [risk.pk]})
    assert "Dismiss 1 warning" in asked.content.decode()
    browser.post(
        url("leads:dismiss_risks"), {"ids": [risk.pk], "go": "1", "why": "同一集团,分开跟进"}
    )
    risk.refresh_from_db()
    assert (risk.state, risk.decided_by) == ("dismissed", tenant.manager)


def test_who_has_the_hidden_side_is_asked_of_no_filter(tenant, risk, group, sign_in, url):
    """Where the card does not say whose it is, neither does narrowing the list."""
    Lead.objects.filter(pk=group[1].pk).update(owner=None, department=None)
    forewarning.look_at([("lead", group[1].pk)])
    rows, page = url("leads:risks"), url("leads:risk", risk.pk)
    north = tenant.northerner
    asked = ["?pool=yes", f"?department={north.department_id}", f"?owner={north.pk}"]
    words = "Has no owner and may be claimed"
    manager = sign_in(tenant.manager)
    assert NAMES[0] not in manager.get(rows + asked[2]).content.decode()
    assert words in manager.get(page).content.decode()
    assert CollisionRisk.objects.get().main_factor != "pool"
    CollisionSettings.objects.create(card_shows=[])
    plain = manager.get(rows).content.decode()
    assert words not in plain + manager.get(page).content.decode()
    for one in asked:
        assert NAMES[0] in manager.get(rows + one).content.decode(), one
    owner = sign_in(tenant.owner)
    assert words in owner.get(page).content.decode()
    assert NAMES[0] not in owner.get(rows + asked[2]).content.decode()


def test_how_like_a_hidden_client_is_stands_as_a_band_only(tenant, risk, sign_in, url):
    CollisionRisk.objects.update(score=57)
    for member in (tenant.agent, tenant.owner):
        ColumnChoice.objects.create(member=member, page="risks", columns=["pair", "score"])
    assert ">57<" not in sign_in(tenant.agent).get(url("leads:risks")).content.decode()
    assert ">57<" in sign_in(tenant.owner).get(url("leads:risks")).content.decode()


def test_why_it_was_dismissed_names_no_hidden_client(tenant, risk, sign_in, url):
    why = "天津同光达是另一家，归赵北"
    page, rows = url("leads:risk", risk.pk), url("leads:risks") + "?state=dismissed"
    sign_in(tenant.owner).post(url("leads:dismiss_risk", risk.pk), {"why": why})
    ColumnChoice.objects.create(member=tenant.agent, page="risks", columns=["pair", "why"])
    for address in (page, rows):
        html = sign_in(tenant.agent).get(address).content.decode()
        assert "是另一家" in html
        assert "天津" not in html
    assert why in sign_in(tenant.owner).get(page).content.decode()


def test_both_reps_are_asked(tenant, risk, sign_in, url):
    sign_in(tenant.manager).post(url("leads:ask_reps", risk.pk))
    told = Notification.objects.filter(path__contains="collisions/risks")
    assert set(told.values_list("member_id", flat=True)) == {
        tenant.agent.pk, tenant.northerner.pk,
    }  # fmt: skip


def test_a_case_is_opened_before_it_comes_to_one(tenant, risk, sign_in, url):
    browser = sign_in(tenant.manager)
    page = url("leads:risk_case", risk.pk)
    assert browser.post(page, {"why": ""}).status_code == 422
    browser.post(page, {"why": "同一集团采购，先定归属"})
    risk.refresh_from_db()
    assert risk.state == "case"
    case = CollisionCase.objects.get(pk=risk.case_id)
    assert set(case.records.values_list("record_kind", "record_id")) == {risk.left, risk.right}
    assert browser.post(page, {"why": "again"}).status_code == 422


def test_only_who_sees_both_says_that_they_are_different(tenant, risk, sign_in, url):
    assert sign_in(tenant.manager).post(url("leads:risk_not_same", risk.pk)).status_code == 404
    sign_in(tenant.owner).post(url("leads:risk_not_same", risk.pk))
    risk.refresh_from_db()
    assert risk.state == "dismissed"


def test_who_may_merge_both_is_led_there(tenant, risk, sign_in, url):
    merge = url("leads:merge", risk.left_kind, risk.left_id, risk.right_id)
    page = url("leads:risk", risk.pk)
    assert (merge in sign_in(tenant.owner).get(page).content.decode()) == (
        risk.left_kind == risk.right_kind
    )
    assert merge not in sign_in(tenant.manager).get(page).content.decode()


def test_it_is_listed_for_as_many_queries_whatever_there_is(tenant, enter, mounted):  # noqa: F811
    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = visible_risks(tenant.owner).values(
                "left_kind", "left_id", "right_kind", "right_id", "score"
            )
            told_to(tenant.owner, list(rows))
        return len(queries), len(rows)

    counts = []
    for brand in ("同光达", "博远达", "汇智达", "卓越达"):
        enter("agent", f"苏州{brand}机械有限公司", customer=True)
        lead = enter("northerner", f"天津{brand}机械有限公司")
        forewarning.look_at([("lead", lead.pk)])
        counts.append(cost())
    assert [rows for _queries, rows in counts] == [1, 2, 3, 4]
    assert counts[1][0] == counts[3][0]


def test_the_digest_goes_out_once_a_day_and_only_with_something_new(tenant, cast, risk):
    day = date(2026, 11, 2)
    assert risk_digest.send_all(cast.organization.pk, day) == 2
    assert {tuple(one.to) for one in mail.outbox} == {
        ("owner@acme.test",), ("manager@acme.test",),
    }  # fmt: skip
    letter = next(one for one in mail.outbox if one.to == ["manager@acme.test"]).body
    assert NAMES[0] in letter
    assert NAMES[1] not in letter
    assert risk_digest.send_all(cast.organization.pk, day) == 0
    CollisionRisk.objects.update(first_seen_at="2026-01-01T00:00Z")
    assert risk_digest.send_all(cast.organization.pk, date(2026, 11, 3)) == 0
    assert len(mail.outbox) == 2


def test_who_wants_no_digest_gets_none(tenant, cast, risk, sign_in, url):
    browser = sign_in(tenant.manager)
    assert "Stop the daily digest" in browser.get(url("leads:risks")).content.decode()
    assert browser.post(url("leads:risk_digest", "off")).status_code == 302
    assert "Send me the daily digest" in browser.get(url("leads:risks")).content.decode()
    assert risk_digest.send_all(cast.organization.pk, date(2026, 11, 2)) == 1
    assert [one.to for one in mail.outbox] == [["owner@acme.test"]]
    assert sign_in(tenant.agent).post(url("leads:risk_digest", "off")).status_code == 403
    browser.post(url("leads:risk_digest", "on"))
    assert "Stop the daily digest" in browser.get(url("leads:risks")).content.decode()


def test_a_mail_program_ends_the_digest_without_signing_in(tenant, cast, risk, settings):
    settings.PUBLIC_URL = "https://crm.example"
    risk_digest.send_all(cast.organization.pk, date(2026, 11, 2))
    letter = next(one for one in mail.outbox if one.to == ["manager@acme.test"])
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link in letter.body
    path = link.removeprefix("https://crm.example")
    stranger = Client(enforce_csrf_checks=True)
    assert "关闭每日摘要？" in stranger.get(path).content.decode()  # a scanner looks
    assert wants_digest(tenant.manager)
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not wants_digest(tenant.manager)
    assert wants_digest(tenant.owner)


def test_a_forged_link_ends_no_digest(tenant, mounted):  # noqa: F811
    path = stop_url(tenant.manager).removeprefix(settings.PUBLIC_URL)
    token = path.removesuffix("/").rpartition("/")[2]
    other = Signer(salt="risk-digest").sign_object([0, tenant.manager.pk])
    for forged in (token[:-1], f"{token}x", "x", token.replace(":", ""), other):
        answer = Client().post(path.replace(token, forged))
        assert answer.status_code == 404, forged
        assert "此链接不属于任何摘要" in answer.content.decode()
    assert wants_digest(tenant.manager)


def test_a_mail_over_plain_http_offers_no_single_press(tenant, cast, risk, settings):
    settings.PUBLIC_URL = "http://localhost:8000"
    risk_digest.send_all(cast.organization.pk, date(2026, 11, 2))
    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe"].startswith("<http://localhost:8000/accounts/digest/")
    assert headers["List-Unsubscribe-Post"] is None


def test_what_came_of_warnings(tenant, risk, sign_in, url):
    page = sign_in(tenant.owner).get(url("leads:risk_outcomes")).content.decode()
    assert "not enough cases yet" in page
    assert "30–45%" in page
