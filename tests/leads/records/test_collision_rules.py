"""Which rule fires: composite, by source, by level; edited and tried in the browser."""

import pytest
from django.utils import translation

from crm.audit.models import OperationLog
from crm.people.enums import Scope
from crm.people.models import Role
from crm.tenancy.context import acting_as
from leads.entering import PLACE, evidence_of
from leads.enums import RuleEffect
from leads.forms.entering import SettingsForm
from leads.identity import Identity, compare
from leads.models import CollisionRule, CollisionSettings, Customer, Lead
from leads.selectors.entering import entry_rules, mark_of
from leads.services.collision_rules import ensure_rules, move_rule, save_rule
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from leads.services.refusals import ClientRefused, ConfirmationNeeded, LikelyDuplicate
from tests.leads.records.conftest import COMPANY, SECRETS

PHONE_AND_NAME = [{"field": "mobile", "op": "exact"}, {"field": "company", "op": "alike"}]
SURE = [{"field": "certainty", "op": "same"}]
IS_BRANCH = [{"field": "company", "op": "branch"}]
HTMX = {"HX-Request": "true"}


def enter(member, **facts):
    with acting_as(member.pk):
        return create_lead(by=member, owner=member, **({"company_name": COMPANY} | facts))


def only(effect, *, conditions=SURE, **more):
    return save_rule(name="r", conditions=conditions, effect=effect, **more)


def test_the_delivered_rules_are_what_holds_before_anybody_looks(tenant):
    before = [(one.needs, one.effect) for one in entry_rules()]
    ensure_rules()
    assert [(one.needs, one.effect) for one in entry_rules()] == before


def test_a_delivered_rule_is_called_in_the_readers_language(tenant, sign_in, url):
    with translation.override("zh-hans"):
        ensure_rules()
    first, second = CollisionRule.objects.order_by("position")[:2]
    save_rule(rule_id=second.pk, name="手机号相同就拦")
    assert first.name == "统一社会信用代码相同"
    page = url("leads:collision_rules")
    english = sign_in(tenant.owner).get(page).content.decode()
    assert ">Same credit code</a>" in english
    assert ">手机号相同就拦</a>" in english
    with translation.override("en"):
        assert str(entry_rules()[0].name) == "Same credit code"
    form = sign_in(tenant.owner).get(url("leads:edit_collision_rule", first.pk))
    assert form.context["form"]["name"].value() == "Same credit code"
    chinese = sign_in(tenant.owner, language="zh-hans").get(page).content.decode()
    assert ">统一社会信用代码相同</a>" in chinese


def test_refused_means_that_no_reason_helps(lead, tenant):
    only(RuleEffect.REFUSE)
    with pytest.raises(ClientRefused):
        enter(tenant.northerner, explanation="trotzdem")


def test_a_warning_is_confirmed_by_looking_and_becomes_a_collision(lead, tenant):
    only(RuleEffect.WARN)
    with pytest.raises(ConfirmationNeeded) as asked:
        enter(tenant.northerner)
    marks = [mark_of(one, tenant.northerner) for one in asked.value.matches]
    with pytest.raises(ConfirmationNeeded):
        enter(tenant.northerner, confirmed=[mark_of(asked.value.matches[0], tenant.colleague)])
    entered = enter(tenant.northerner, confirmed=marks)
    assert (
        OperationLog.objects.filter(action__startswith="collision", subject_id=entered.pk).exists()
        or Lead.objects.filter(pk=entered.pk).exists()
    )


def test_ignored_means_that_no_later_rule_is_asked(lead, tenant):
    only(RuleEffect.BLOCK)
    save_rule(name="first", conditions=SURE, effect=RuleEffect.IGNORE)
    assert enter(tenant.northerner).pk


def test_all_conditions_must_hold(lead, tenant):
    only(RuleEffect.BLOCK, conditions=PHONE_AND_NAME)
    enter(tenant.northerner)  # same name, no phone
    with pytest.raises(LikelyDuplicate):
        enter(tenant.colleague, company_name="同光精密机械", phone=SECRETS["phone"])


def test_a_rule_for_one_source_leaves_the_others_alone(lead, tenant):
    only(RuleEffect.BLOCK, channels=["exhibition"])
    assert enter(tenant.northerner, channel="phone").pk
    with pytest.raises(LikelyDuplicate):
        enter(tenant.colleague, channel="exhibition")


def test_a_rule_for_key_customers(customer, tenant):
    only(RuleEffect.REFUSE, levels=["a"])
    name = customer.name
    with acting_as(tenant.northerner.pk):
        create_customer(by=tenant.northerner, name=name)
    Customer.objects.filter(pk=customer.pk).update(level="a")
    with acting_as(tenant.colleague.pk), pytest.raises(ClientRefused):
        create_customer(by=tenant.colleague, name=name, explanation="x")


def test_whether_a_branch_is_its_parent_is_for_the_organisation_to_say(lead, tenant):
    branch = COMPANY + "苏州分公司"
    only(RuleEffect.WARN, conditions=[{"field": "certainty", "op": "probable"}])
    with pytest.raises(ConfirmationNeeded):
        enter(tenant.northerner, company_name=branch)
    only(RuleEffect.REFUSE, conditions=IS_BRANCH)
    with pytest.raises(ClientRefused):
        enter(tenant.northerner, company_name=branch)
    only(RuleEffect.IGNORE, conditions=IS_BRANCH)
    assert enter(tenant.northerner, company_name=branch).pk
    with pytest.raises(ConfirmationNeeded):
        enter(tenant.northerner)


def test_so_is_whether_a_firm_is_its_group(lead, tenant):
    group = "苏州同光集团有限公司"
    only(RuleEffect.REFUSE, conditions=[{"field": "company", "op": "group"}])
    with pytest.raises(ClientRefused):
        enter(tenant.northerner, company_name=group)


def test_rules_are_edited_tried_and_audited(lead, tenant, sign_in, url):
    browser = sign_in(tenant.owner)
    html = browser.get(url("leads:collision_rules")).content.decode()
    assert "same credit code" in html
    form = {"name": "展会撞手机", "needs": ["mobile:exact"], "effect": "refuse",
            "channels": ["exhibition"]}  # fmt: skip
    page = url("leads:create_collision_rule")
    tried = browser.post(page, form | {"try": "1"})
    assert "1 lead entered in the last 30 days" in tried.content.decode()
    assert browser.post(page, form).status_code == 302
    rule = CollisionRule.objects.get(name="展会撞手机")
    assert entry_rules()[0].pk == rule.pk
    fired = browser.post(
        url("leads:try_collision_rules"),
        {"phone": SECRETS["phone"], "channel": "exhibition"},
        headers=HTMX,
    ).content.decode()
    assert "展会撞手机" in fired
    assert "same phone" in fired
    assert browser.post(url("leads:move_collision_rule", rule.pk, "down")).status_code == 302
    assert entry_rules()[1].pk == rule.pk
    assert browser.post(url("leads:switch_collision_rule", rule.pk, "off")).status_code == 302
    assert rule.pk not in [one.pk for one in entry_rules()]
    assert browser.get(url("leads:edit_collision_rule", rule.pk)).status_code == 200
    actions = set(OperationLog.objects.values_list("action", flat=True))
    assert {
        "collision_rule.added",
        "collision_rule.moved",
        "collision_rule.switched_off",
    } <= actions


def test_settings_are_one_row(tenant, sign_in, url):
    browser = sign_in(tenant.owner)
    form = {
        "decision_hours": 6, "appeal_hours": 12, "lookups_per_minute": 30, "lookups_per_day": 200,
        "protect_days": 60, "protect_limit": 5, "name_on_card": "whole", "card_shows": ["owner"],
        "complete_fields": ["phone", "city"], "digest_hour": "18",
    }  # fmt: skip
    for hours in (6, 7):
        answer = browser.post(url("leads:collision_settings"), form | {"decision_hours": hours})
        assert answer.status_code == 302
    settings = CollisionSettings.objects.get()
    assert (settings.decision_hours, settings.card_shows) == (7, ["owner"])
    assert (settings.complete_fields, settings.digest_hour) == (["phone", "city"], 18)
    assert (
        browser.post(url("leads:collision_settings"), form | {"digest_hour": "8.5"}).status_code
        == 422
    )
    nothing_asked = browser.post(url("leads:collision_settings"), form | {"complete_fields": []})
    assert nothing_asked.status_code == 422


def test_a_form_asks_to_look_before_a_second_own_record(lead, tenant, sign_in, url):
    browser, page = sign_in(tenant.agent), url("leads:create")
    form = {"company_name": COMPANY, "channel": "phone"}
    asked = browser.post(page, form)
    assert asked.status_code == 422
    html = asked.content.decode()
    assert "You already have this client" in html
    assert 'href="#field-explanation"' in html
    mark = html.split('name="confirmed" value="')[1].split('"')[0]
    assert browser.post(page, form | {"confirmed": mark}).status_code == 302


def test_new_rules_are_asked_first_and_moved_ones_close_up(tenant):
    ensure_rules()
    kept = [rule.pk for rule in entry_rules()]
    newest = save_rule(name="r", conditions=SURE, effect=RuleEffect.WARN)
    assert [rule.pk for rule in entry_rules()] == [newest.pk, *kept]
    move_rule(rule_id=newest.pk, steps=2)
    assert [rule.pk for rule in entry_rules()] == [*kept[:2], newest.pk, *kept[2:]]
    move_rule(rule_id=newest.pk, steps=-99)
    places = list(CollisionRule.objects.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, len(kept) + 2))


def test_every_setting_stands_in_one_part_of_the_form():
    named = [name for _title, _about, names in SettingsForm.parts for name in names]
    assert sorted(named) == sorted(SettingsForm.Meta.fields)


def test_the_settings_say_what_each_part_is_about(tenant, sign_in, url):
    page = sign_in(tenant.owner).get(url("leads:collision_settings")).content.decode()
    assert page.count("<fieldset") == len(SettingsForm.parts)
    assert page.count('name="decision_hours"') == 1
    assert "Not saved yet" in page


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("苏州同光机械有限公司", "昆山同光机械有限公司", True),  # the county lies in the city
        ("上海同光机械有限公司", "松江同光机械有限公司", True),
        ("杭州萧山同光机械有限公司", "杭州同光机械有限公司", True),
        ("昆山同光机械有限公司", "昆山同光机械厂", True),
        ("昆山同光机械有限公司", "常熟同光机械有限公司", False),  # two counties of one city
        ("深圳南山同光机械有限公司", "深圳福田同光机械有限公司", False),
        ("江苏同光机械有限公司", "昆山同光机械有限公司", False),  # somewhere in the province
        ("苏州同光机械有限公司", "无锡同光机械有限公司", False),
    ],
)
def test_the_same_place_is_the_same_city_unless_both_name_counties(one, other, fits):
    for left, right in ((one, other), (other, one)):
        match = compare(Identity(company=left), Identity(company=right))
        assert (PLACE in evidence_of(match.verdict, match.reasons)) == fits


def test_a_trial_is_a_look_up_counted_and_logged(lead, tenant, sign_in, url):
    """Whoever edits the rules need not see every client."""
    admin = Role.objects.get(code="administrator")
    for name in ("leads.view_lead", "leads.view_customer"):
        admin.grants[name] = int(Scope.OWN)
    admin.save(update_fields=["grants"])
    CollisionSettings.objects.create(lookups_per_minute=1)
    browser, page = sign_in(tenant.owner), url("leads:try_collision_rules")
    typed = {"company_name": "同光精密", "channel": "phone"}
    shown = browser.post(page, typed).content.decode()
    assert "****同光精密****" in shown
    assert "of 100 alike" not in shown
    assert "probably one client" in shown
    assert OperationLog.objects.get(action="identity.looked_up").details["hidden"] == [
        ["lead", lead.pk]
    ]
    assert "****" not in browser.post(page, typed).content.decode()
