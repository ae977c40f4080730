"""Access tokens: made by their owner, shown once, ended by owner, administrator or time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.integrations import services
from crm.integrations.enums import TokenState
from crm.integrations.models import AccessToken
from crm.integrations.secrets import digest_of
from crm.people.services.activity import deactivate_member, reactivate_member
from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from tests.support.cast import PASSWORD

NEW = "/acme/api/tokens/new/"
FORM = {"name": "ERP 同步", "days": "90", "access": "read", "password": PASSWORD}


def make(by, **terms):
    facts = {"name": "ERP", "days": 90, "may_write": True} | terms
    return services.create_token(by=by, **facts)


def log_of(action):
    return OperationLog.objects.filter(action=action).order_by("-id").first()


def test_the_secret_is_kept_as_a_digest_only(tenant):
    token, secret = make(tenant.manager)
    token.refresh_from_db()
    assert secret.startswith("tz_")
    assert len(secret) > 40
    assert token.secret_digest == digest_of(secret)
    assert secret not in str(AccessToken.objects.values().get(pk=token.pk))
    assert secret not in str(list(OperationLog.objects.values()))
    assert secret.startswith(token.hint)
    assert len(token.hint) < 12


def test_every_token_ends(tenant):
    token, _secret = make(tenant.manager, days=90)
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)
    for days in (0, -1, 366):
        with pytest.raises(Refused):
            make(tenant.manager, days=days)


def test_a_token_cannot_do_more_than_its_maker(tenant):
    with pytest.raises(Refused):
        make(tenant.agent, permissions=["leads.assign_lead"])
    token, _secret = make(tenant.manager, permissions=["leads.view_lead"])
    assert token.permissions == ["leads.view_lead"]


def test_nobody_heaps_up_tokens(tenant, monkeypatch):
    monkeypatch.setattr(services, "MOST", 2)
    first, _secret = make(tenant.manager)
    make(tenant.manager)
    with pytest.raises(Refused):
        make(tenant.manager)
    services.revoke_token(token_id=first.pk, by=tenant.manager)
    make(tenant.manager)


def test_state_follows_from_its_moments(tenant):
    token, _secret = make(tenant.manager)
    assert token.state == TokenState.VALID
    past = timezone.now() - timedelta(days=2)
    token.created_at, token.expires_at = past, past + timedelta(days=1)
    assert token.state == TokenState.EXPIRED
    token.revoked_at = timezone.now()
    assert token.state == TokenState.REVOKED


def test_owner_and_administrator_revoke_others_do_not(tenant, as_member):
    own, _secret = make(tenant.manager)
    with as_member(tenant.manager):
        services.revoke_token(token_id=own.pk, by=tenant.manager)
    line = log_of("access_token.revoked")
    assert line.member_id == tenant.manager.pk
    assert line.details["token"] == own.label
    other, _secret = make(tenant.manager)
    with pytest.raises(Refused):
        services.revoke_token(token_id=other.pk, by=tenant.marketing)
    assert services.revoke_token(token_id=other.pk, by=tenant.owner).revoked_by == tenant.owner


def test_a_leavers_tokens_end_for_good(tenant, as_member):
    token, _secret = make(tenant.manager)
    with as_member(tenant.owner):
        deactivate_member(member_id=tenant.manager.pk, by=tenant.owner)
        reactivate_member(member_id=tenant.manager.pk)
    token.refresh_from_db()
    assert token.state == TokenState.REVOKED


def test_the_secret_is_shown_on_the_next_page_and_never_again(cast, sign_in):
    browser = sign_in(cast.manager)
    made = browser.post(NEW, FORM)
    assert made.status_code == 302
    page = browser.get(made["Location"])
    with tenant_context(cast.organization.id):
        token = AccessToken.objects.get()
    secret = page.context["secret"]
    assert digest_of(secret) == token.secret_digest
    assert secret in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    assert secret not in browser.get(made["Location"]).content.decode()
    assert secret not in str(dict(browser.session))


def test_the_secret_lies_sealed_until_it_is_shown(cast, sign_in):
    browser = sign_in(cast.manager)
    made = browser.post(NEW, FORM)
    kept = str(dict(browser.session))
    secret = browser.get(made["Location"]).context["secret"]
    assert secret
    assert secret not in kept


def test_making_one_asks_for_the_password(cast, sign_in):
    browser = sign_in(cast.manager)
    for wrong in ({"password": "wrong"}, {"password": ""}):
        assert browser.post(NEW, FORM | wrong).status_code == 422
    with tenant_context(cast.organization.id):
        assert not AccessToken.objects.exists()


def test_a_double_click_makes_one_token(cast, sign_in):
    browser = sign_in(cast.manager)
    for _time in range(2):
        assert browser.post(NEW, FORM | {"once": "a-token"}).status_code == 302
    with tenant_context(cast.organization.id):
        assert AccessToken.objects.count() == 1


def test_the_form_narrows_to_what_one_holds(cast, sign_in):
    browser = sign_in(cast.marketing)
    page = browser.get(NEW).content.decode()
    assert 'value="leads.edit_lead"' in page
    assert 'value="leads.edit_customer"' not in page
    browser.post(NEW, FORM | {"access": "write", "permissions": ["leads.create_lead"]})
    with tenant_context(cast.organization.id):
        token = AccessToken.objects.get()
    assert (token.may_write, token.permissions) == (True, ["leads.create_lead"])


def test_lists_show_ones_own_and_everybodys(cast, sign_in):
    with tenant_context(cast.organization.id):
        theirs, _secret = make(cast.manager, name="Datawarehouse")
        mine, _secret = make(cast.marketing, name="Website")
    own = sign_in(cast.marketing)
    page = own.get("/acme/api/tokens/").content.decode()
    assert "Website" in page
    assert "Datawarehouse" not in page
    assert own.get(f"/acme/api/tokens/{mine.pk}/").status_code == 200
    assert own.get(f"/acme/api/tokens/{theirs.pk}/").status_code == 404
    assert own.post(f"/acme/api/tokens/{theirs.pk}/revoke/").status_code == 404
    everybody = sign_in(cast.owner)
    page = everybody.get("/acme/api/tokens/all/").content.decode()
    assert "Website" in page
    assert "Datawarehouse" in page
    assert "马经理" in page
    assert everybody.post(f"/acme/api/tokens/{theirs.pk}/revoke/").status_code == 302
    with tenant_context(cast.organization.id):
        theirs.refresh_from_db()
        assert theirs.revoked_at is not None


def test_empty_pages_lead_on(cast, sign_in):
    page = sign_in(cast.marketing).get("/acme/api/tokens/").content.decode()
    assert NEW in page


def test_the_menu_has_it_for_those_who_may(cast, sign_in):
    assert "/acme/api/tokens/" in sign_in(cast.marketing).get("/acme/leads/").content.decode()
    assert "/acme/api/tokens/" not in sign_in(cast.agent).get("/acme/leads/").content.decode()


def test_borrowed_eyes_see_no_tokens(cast, sign_in):
    with tenant_context(cast.organization.id):
        make(cast.manager, name="Datawarehouse")
    browser = sign_in(cast.owner)
    browser.post(f"/acme/members/{cast.manager.pk}/see-as/")
    answer = browser.get("/acme/api/tokens/")
    assert answer.status_code == 403
    assert "Datawarehouse" not in answer.content.decode()
