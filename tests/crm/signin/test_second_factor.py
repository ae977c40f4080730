"""Setting a second factor up, signing in with it, and organisations that ask for one."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.people import services as people
from crm.signin import services
from crm.signin.models import SealedSecret, SignInPolicy
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import Traveller, give_app, user_of
from tests.crm.signin.test_locks import code_of
from tests.support.cast import PASSWORD

LEADS = "/acme/leads/"


def log_of(cast):
    with tenant_context(cast.organization.id):
        return set(OperationLog.objects.values_list("action", flat=True))


def test_an_app_is_set_up_and_asked_for(cast, enter):
    user = user_of(cast.agent)
    client = enter(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    codes = client.get(answer.headers["Location"])
    assert codes.content.decode().count("<code>") == 10
    assert (
        "attachment"
        in client.get("/accounts/2fa/recovery-codes/download/").headers["Content-Disposition"]
    )
    later = Client()
    answer = later.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert later.get(LEADS).status_code == 302
    later.post("/accounts/2fa/authenticate/", {"code": codes.context["unused_codes"][0]})
    assert later.get(LEADS).status_code == 200
    third = Client()
    third.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    third.post("/accounts/2fa/authenticate/", {"code": codes.context["unused_codes"][0]})
    assert third.get(LEADS).status_code == 302


def test_it_takes_the_password_again_to_set_one_up(cast, enter):
    client = enter(user_of(cast.agent))
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_secrets_are_ciphertext_in_the_database(cast):
    user = user_of(cast.agent)
    secret = give_app(user)
    RecoveryCodes.activate(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [user.pk])
        rows = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT text FROM signin_sealedsecret")
        sealed = [row[0] for row in cursor.fetchall()]
    assert len(rows) == len(sealed) == 2
    assert all("sealed." in row for row in rows)
    assert all(text.startswith("tz1.") for text in sealed)
    assert not any(secret in text for text in rows + sealed)
    assert Authenticator.objects.get(user=user, type="totp").wrap().validate_code(code_of(secret))
    Authenticator.objects.filter(user=user).delete()
    assert not SealedSecret.objects.exists()


def ask(cast, **changes):
    values = {"second_factor": "any", "role_codes": ["rep"], "grace_days": 0} | changes
    with tenant_context(cast.organization.id):
        services.change_policy(**values)
    cache.clear()


def test_nothing_is_asked_unless_an_organisation_asks(cast, enter):
    assert enter(user_of(cast.agent)).get(LEADS).status_code == 200


def test_a_member_without_one_does_nothing_else_here(cast, enter):
    ask(cast)
    client = enter(user_of(cast.agent))
    for path in (LEADS, "/acme/", "/acme/live/", "/acme/leads/new/"):
        assert client.get(path).headers["Location"] == "/acme/second-factor/"
    assert client.post("/acme/leads/new/", {"name": "x"}).status_code == 302
    part = client.get(LEADS, headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/acme/second-factor/"
    page = client.get("/acme/second-factor/").content.decode()
    assert "/accounts/2fa/totp/activate/" in page


@pytest.mark.slow
def test_setting_it_up_opens_the_door_at_once(cast_committed, enter, mailoutbox):
    cast = cast_committed
    ask(cast)
    client = enter(user_of(cast.agent))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert client.get(LEADS).status_code == 200
    assert mailoutbox[0].to == ["agent@acme.test"]
    assert client.get("/acme/second-factor/").headers["Location"] == "/acme/"
    assert "member.second_factor_added" in log_of(cast)


def test_an_app_is_not_enough_where_a_passkey_is_asked_for(cast, enter):
    ask(cast, second_factor="passkey")
    user = user_of(cast.agent)
    secret = give_app(user)
    client = enter(user)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get(LEADS).headers["Location"] == "/acme/second-factor/"
    page = client.get("/acme/second-factor/").content.decode()
    assert "/accounts/2fa/webauthn/add/" in page
    assert "/accounts/2fa/totp/activate/" not in page


def test_only_the_chosen_roles_are_asked(cast, enter):
    ask(cast, role_codes=["finance"])
    assert enter(user_of(cast.agent)).get(LEADS).status_code == 200
    assert enter(user_of(cast.finance)).get("/acme/").status_code == 302


def test_a_session_from_before_shows_what_it_has(cast, enter):
    user = user_of(cast.agent)
    client = enter(user)
    give_app(user)
    ask(cast)
    assert client.get(LEADS).headers["Location"] == "/acme/second-factor/"
    assert "/accounts/confirm/" in client.get("/acme/second-factor/").content.decode()


def test_days_of_grace_remind_and_then_end(cast, enter):
    ask(cast, grace_days=7)
    client = enter(user_of(cast.agent))
    page = client.get("/acme/")
    assert page.status_code == 200
    assert "前设置两步验证" in page.content.decode()
    with tenant_context(cast.organization.id):
        SignInPolicy.objects.update(required_since=timezone.now() - timedelta(days=8))
        type(cast.agent).objects.update(joined_at=timezone.now() - timedelta(days=30))
    cache.clear()
    assert client.get(LEADS).status_code == 302


def test_other_organisations_of_the_person_stay_open(cast, other_cast, enter):
    user = user_of(cast.agent)
    with tenant_context(other_cast.organization.id):
        people.add_member(user=user, department=other_cast.departments["east"], roles=["rep"])
    ask(cast)
    client = enter(user)
    assert client.get(LEADS).status_code == 302
    assert client.get("/globex/leads/").status_code == 200


def enforce(cast, connect):
    connection = connect(cast)
    ask(cast, second_factor="none", role_codes=[], sso_only=True)
    return connection


def test_an_organisation_that_takes_only_its_provider(cast, provider, connect, enter):
    connection = enforce(cast, connect)
    answer = Client().get("/accounts/login/?next=/acme/leads/")
    assert answer.headers["Location"].startswith("/accounts/sso/acme/")
    client = enter(user_of(cast.agent))
    assert client.get(LEADS).headers["Location"].startswith("/accounts/sso/acme/?next=")
    email = user_of(cast.agent).email
    provider.person = {"sub": "u-1", "email": email, "email_verified": True}
    traveller = Traveller(client)
    traveller.sign_in(connection)
    assert client.get(LEADS).status_code == 200


def test_an_administrator_with_a_device_gets_in_when_the_provider_is_broken(cast, connect, enter):
    enforce(cast, connect)
    owner = user_of(cast.owner)
    assert enter(owner).get("/acme/sign-in/").status_code == 302
    secret = give_app(owner)
    client = enter(owner)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/acme/sign-in/").status_code == 200


def test_a_providers_word_stands_for_the_second_factor(cast, provider, connect, traveller):
    ask(cast)
    email = user_of(cast.agent).email
    provider.person = {"sub": "u-1", "email": email, "email_verified": True}
    traveller.sign_in(connect(cast))
    assert traveller.client.get(LEADS).status_code == 200


def test_the_rules_are_set_in_the_browser_and_logged(cast, sign_in):
    owner = sign_in(cast.owner)
    form = {
        "password_minimum": 12,
        "second_factor": "any",
        "role_codes": ["finance", "administrator"],
        "grace_days": 3,
        "go": "1",
    }
    assert owner.post("/acme/sign-in/rules/", form | {"role_codes": []}).status_code == 422
    assert owner.post("/acme/sign-in/rules/", form | {"sso_only": "on"}).status_code == 422
    assert owner.post("/acme/sign-in/rules/", form | {"password_minimum": 7}).status_code == 422
    assert owner.post("/acme/sign-in/rules/", form).status_code == 302
    with tenant_context(cast.organization.id):
        policy = SignInPolicy.objects.get()
        assert (policy.password_minimum, policy.role_codes) == (12, ["finance", "administrator"])
        assert policy.required_since is not None
    assert "signin.policy_changed" in log_of(cast)


def test_an_administrator_removes_a_lost_factor(cast, sign_in, enter):
    user = user_of(cast.agent)
    client = enter(user)
    give_app(user)
    path = f"/acme/sign-in/members/{cast.agent.pk}/second-factor/"
    assert sign_in(cast.colleague).post(path).status_code == 403
    sign_in(cast.owner).post(path)
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(LEADS).status_code == 302
    assert "member.second_factor_removed" in log_of(cast)


def test_but_not_of_somebody_who_also_belongs_elsewhere(cast, other_cast, sign_in):
    user = user_of(cast.agent)
    with tenant_context(other_cast.organization.id):
        people.add_member(user=user, department=other_cast.departments["east"], roles=["rep"])
    give_app(user)
    path = f"/acme/sign-in/members/{cast.agent.pk}/second-factor/"
    assert sign_in(cast.owner).post(path).status_code == 422
    assert Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("page", ["", "add/", "totp/activate/"])
def test_strangers_see_no_page_of_a_second_factor(page, db):
    assert Client().get(f"/accounts/2fa/{page}").status_code in (302, 404)


def test_the_system_checks_pass(db):
    call_command("check")
