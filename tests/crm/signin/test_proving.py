"""What cannot be undone asks once more who it is: by the password, or by what else they have."""

import time
from typing import Any

import pytest
from django.test import Client

from crm.tenancy.models import Organization
from tests.crm.signin.conftest import Traveller, give_app, question, user_of

DELETE = "/acme/organization/delete/"


@pytest.fixture
def knows_no_password(cast):
    """The owner came by the identity provider and never had a password."""
    user = user_of(cast.owner)
    user.set_unusable_password()
    user.language = "en"
    user.save(update_fields=["password", "language"])
    return user


@pytest.fixture
def arrived(cast, provider, connect, knows_no_password):
    """Their browser, signed in through the provider, and the connection."""
    email = knows_no_password.email
    provider.person = {"sub": "u-1", "email": email, "email_verified": True}
    traveller, connection = Traveller(), connect(cast)
    traveller.sign_in(connection)
    return traveller, connection


def keep_record(browser: Client, **record: Any) -> None:
    """Let the session have come about like this."""
    session = browser.session
    session["account_authentication_methods"] = [record]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def ask(browser: Client, cast):
    return browser.post(DELETE, {"typed": cast.organization.name, "grace": 7, "reason": ""})


def test_without_any_fresh_proof_nothing_is_deleted(cast, arrived):
    traveller, _connection = arrived
    page = traveller.client.get(DELETE).content.decode()
    assert "Sign in again with Keycloak" in page
    assert "id_typed" not in page
    assert ask(traveller.client, cast).status_code == 422
    assert Organization.objects.get().is_open


def test_the_provider_asked_anew_proves_it(cast, provider, arrived):
    traveller, connection = arrived
    provider.person["auth_time"] = int(time.time())
    address = traveller.depart(connection, next=DELETE, anew="1")
    assert question(address)["prompt"] == "login"
    assert question(address)["max_age"] == "0"
    assert traveller.come_back(address).headers["Location"] == DELETE
    page = traveller.client.get(DELETE).content.decode()
    assert "id_typed" in page
    assert "id_password" not in page
    assert ask(traveller.client, cast).status_code == 302
    assert Organization.objects.get().state == "deleting"


@pytest.mark.parametrize("moment", [None, "now", 1_700_000_000])
def test_a_provider_that_relies_on_its_own_session_proves_nothing(cast, provider, arrived, moment):
    traveller, connection = arrived
    if moment is not None:
        provider.person["auth_time"] = moment
    answer = traveller.sign_in(connection, next=DELETE, anew="1")
    assert answer.status_code == 403
    assert ask(traveller.client, cast).status_code == 422


def test_the_proof_of_another_organisation_or_hour_counts_for_nothing(cast, arrived):
    traveller, connection = arrived
    record = {"method": "sso", "anew": True, "connection": connection.pk}
    for organization, at in ((0, time.time()), (cast.organization.pk, time.time() - 301)):
        keep_record(traveller.client, **record, organization=organization, at=at)
        ask(traveller.client, cast)
        assert Organization.objects.get().is_open


def test_a_code_of_the_app_proves_it(cast, knows_no_password, sign_in):
    give_app(knows_no_password)
    browser = sign_in(cast.owner)
    assert "/accounts/confirm/?next=" in browser.get(DELETE).content.decode()
    assert ask(browser, cast).status_code == 422
    keep_record(browser, method="mfa", type="totp", added=True, at=time.time())
    assert ask(browser, cast).status_code == 422
    keep_record(browser, method="mfa", type="totp", reauthenticated=True, at=time.time())
    assert ask(browser, cast).status_code == 302
