"""The order of the rules and their days are the organisation's own."""

import pytest

from crm.audit.models import OperationLog
from leads.arbitration import Rule, Terms
from leads.models import ArbitrationTerms, CollisionSettings
from leads.selectors.arbitrations import order_of, proposal_for, terms_in_use
from leads.selectors.case_evidence import dossier_of
from leads.services import arbitration_terms as services


def test_without_a_change_the_usual_terms_hold(tenant):
    assert terms_in_use() == Terms()


def test_a_rule_moves_keeps_its_place_when_off_and_the_last_one_stays(tenant):
    services.move(rule=Rule.REFERRAL, steps=-2)
    services.switch(rule=Rule.ORDER, is_active=False)
    services.move(rule=Rule.FOLLOW_UP, steps=9)
    order = order_of(ArbitrationTerms.objects.get())
    assert [rule for rule, _on in order] == [
        Rule.DIFFERENT, Rule.PROTECTED, Rule.REFERRAL, Rule.ORDER, Rule.DEAL, Rule.EXHIBITION,
        Rule.FOLLOW_UP, Rule.REGISTRATION,
    ]  # fmt: skip
    assert [rule for rule, is_on in order if not is_on] == [Rule.ORDER]
    assert Rule.ORDER not in terms_in_use().rules
    services.switch(rule=Rule.ORDER, is_active=True)
    assert terms_in_use().rules[3] == Rule.ORDER


def test_codes_of_another_version_are_left_out_and_new_rules_are_asked(tenant):
    ArbitrationTerms.objects.create(rules=["weather", "-deal", "referral"])
    rules = terms_in_use().rules
    assert rules[0] == Rule.REFERRAL
    assert set(rules) == set(Rule) - {Rule.DEAL}
    assert rules[-1] == Rule.REGISTRATION


def test_a_waiting_case_is_proposed_by_the_new_order(case):
    before, _facts = proposal_for(dossier_of(case))
    for rule in Rule:
        if rule != Rule.REGISTRATION:
            services.switch(rule=rule, is_active=False)
    after, _facts = proposal_for(dossier_of(case))
    assert (after.rule, after.passed) == (Rule.REGISTRATION, ())
    assert before.passed


def test_an_administrator_orders_switches_sets_days_and_goes_back(tenant, sign_in, url):
    browser = sign_in(tenant.owner)
    page = url("leads:arbitration_rules")
    assert "within 90 days" in browser.get(page).content.decode()
    assert page in browser.get(url("leads:collision_rules")).content.decode()
    move, switch = "leads:move_arbitration_rule", "leads:switch_arbitration_rule"
    assert browser.post(url(move, "deal", "up")).status_code == 302
    assert browser.post(url(switch, "referral", "off")).status_code == 302
    days = {"effective_days": 45, "exhibition_days": 14, "remind_hours": 3}
    assert browser.post(url("leads:edit_arbitration_days"), days).status_code == 302
    html = browser.get(page).content.decode()
    assert "within 45 days" in html
    assert "within 14 days" in html
    assert html.index("Open deal with") < html.index("Running order")
    terms = terms_in_use()
    assert (terms.effective_days, terms.exhibition_days) == (45, 14)
    assert Rule.REFERRAL not in terms.rules
    assert browser.post(url("leads:reset_arbitration")).status_code == 302
    assert terms_in_use() == Terms()
    actions = set(OperationLog.objects.values_list("action", flat=True))
    names = {"moved", "switched_off", "changed", "reset"}
    assert {f"arbitration.{name}" for name in names} <= actions


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective_days": 0, "exhibition_days": 14, "remind_hours": 2},
        {"effective_days": 45, "exhibition_days": 99_999, "remind_hours": 2},
        {"effective_days": 45, "exhibition_days": 14, "remind_hours": 6},
    ],
)
def test_days_that_make_no_sense_are_refused(tenant, sign_in, url, wrong):
    CollisionSettings.objects.create(decision_hours=6)
    browser = sign_in(tenant.owner)
    assert browser.post(url("leads:edit_arbitration_days"), wrong).status_code == 422
    assert not ArbitrationTerms.objects.exists()


def test_only_administrators_and_only_rules_that_can_move(tenant, sign_in, url):
    move = url("leads:move_arbitration_rule", "deal", "up")
    for part in ("agent", "manager"):
        browser = sign_in(tenant.members[part])
        assert browser.get(url("leads:arbitration_rules")).status_code in (403, 404)
        assert browser.post(move).status_code in (403, 404)
    browser = sign_in(tenant.owner)
    for code, to in (("registration", "up"), ("weather", "up"), ("deal", "sideways")):
        wrong = url("leads:move_arbitration_rule", code, to)
        assert browser.post(wrong).status_code == 404
    assert not ArbitrationTerms.objects.exists()
