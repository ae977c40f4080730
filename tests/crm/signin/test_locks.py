"""Guessing is slow, locked visibly, and undone by an administrator."""

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from crm.audit.models import OperationLog
from crm.signin import locks
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import give_app, user_of
from tests.support.cast import PASSWORD


def attempt(email, password, **headers):
    form = {"login": email, "password": password}
    return Client().post(
        "/accounts/login/", form, headers=headers, REMOTE_ADDR=headers.pop("ip", "9.9.9.9")
    )


def words(response):
    return response.content.decode()


@pytest.fixture
def locked(cast):
    email = user_of(cast.agent).email
    for number in range(5):
        Client().post(
            "/accounts/login/",
            {"login": email, "password": f"guess-{number}"},
            REMOTE_ADDR=f"9.9.9.{number}",
        )
    return email


def test_the_sixth_guess_is_not_heard_even_when_right(cast, locked):
    answer = attempt(locked, PASSWORD)
    assert answer.status_code == 200
    assert "Try again in" in words(answer) or "分钟" in words(answer)


def test_the_lock_says_how_long(cast, locked):
    assert 4 <= locks.minutes_left(locks.key_for(locked)) <= 5


@pytest.mark.parametrize("email", ["AGENT@acme.test", " agent@acme.test"])
def test_another_spelling_is_the_same_address(cast, locked, email):
    assert attempt(email, PASSWORD).status_code == 200


def test_another_host_header_is_the_same_address(cast, locked):
    assert attempt(locked, PASSWORD, Host="other.example").status_code == 200


def test_somebody_else_is_not_locked(cast, locked):
    assert attempt(user_of(cast.colleague).email, PASSWORD).status_code == 302


def test_an_address_of_nobody_locks_alike(cast):
    answers = [attempt("nobody@acme.test", "x", ip=f"9.9.8.{n}") for n in range(6)]
    assert locks.seconds_left(locks.key_for("nobody@acme.test")) > 0
    assert answers[-1].status_code == 200


def test_one_network_cannot_try_many_people(cast):
    answers = [attempt(f"p{n}@acme.test", "x") for n in range(12)]
    assert words(answers[-1]) != words(answers[0])
    assert attempt(user_of(cast.agent).email, PASSWORD).status_code != 302


def test_an_administrator_unlocks_and_it_is_logged(
    cast, locked, sign_in, django_capture_on_commit_callbacks
):
    owner = sign_in(cast.owner)
    page = owner.get(f"/acme/sign-in/members/{cast.agent.pk}/")
    assert "Unlock" in words(page)
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(f"/acme/sign-in/members/{cast.agent.pk}/unlock/")
    assert attempt(locked, PASSWORD).status_code == 302
    with tenant_context(cast.organization.id):
        actions = list(OperationLog.objects.values_list("action", flat=True))
    assert actions.count("member.sign_in_failed") == 5
    assert {"member.locked", "member.unlocked"} <= set(actions)


def test_a_rep_unlocks_nobody(cast, locked, sign_in):
    answer = sign_in(cast.colleague).post(f"/acme/sign-in/members/{cast.agent.pk}/unlock/")
    assert answer.status_code == 403


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_codes_cannot_be_guessed(cast):
    user = user_of(cast.agent)
    secret = give_app(user)
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    with tenant_context(cast.organization.id):
        assert OperationLog.objects.filter(action="member.second_factor_failed").count() == 5


def test_passkey_attempts_are_limited(cast):
    form = {"credential": "{}"}
    codes = [Client().post("/accounts/2fa/webauthn/login/", form).status_code for _ in range(12)]
    assert codes[-1] == 429
