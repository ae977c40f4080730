"""What a password must be, how it is changed and how it comes back by mail."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from crm.audit.models import OperationLog
from crm.people import services as people
from crm.signin import services
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import user_of
from tests.support.cast import PASSWORD
from tests.support.smtp_server import running_smtp

GOOD = "blue-kettle-sings-9"


def reasons(password, user):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {one.code for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("x7#kQ9!z", "password_too_short"),
        ("iloveyou123", "password_too_common"),
        ("918273645546", "password_entirely_numeric"),
        ("agent@acme.test1", "password_too_similar"),
        ("Tongzhou-2026!", "password_too_similar"),
        ("ACME2026!!!!", "password_too_similar"),
        ("同舟2026888888", "password_too_similar"),
        ("x" * 300, "password_too_long"),
    ],
)
def test_what_is_guessed_first_is_refused(cast, password, reason):
    assert reason in reasons(password, user_of(cast.agent))


@pytest.mark.parametrize("password", [GOOD, "四个不相干的词语真好记啊", "correct horse battery"])
def test_phrases_are_taken(cast, password):
    assert reasons(password, user_of(cast.agent)) == set()


def test_the_strictest_organisation_counts(cast, other_cast):
    user = user_of(cast.agent)
    with tenant_context(other_cast.organization.id):
        people.add_member(user=user, department=other_cast.departments["east"], roles=["rep"])
        services.change_policy(password_minimum=24)
    assert "password_too_short" in reasons(GOOD, user)
    assert reasons(GOOD, user_of(cast.colleague)) == set()


@pytest.mark.parametrize("minimum", [0, 7, 65])
def test_the_minimum_has_bounds(tenant, minimum):
    with pytest.raises(ValidationError):
        services.change_policy(password_minimum=minimum)


def test_a_change_needs_the_old_password_and_ends_all_other_sessions(cast, enter):
    user = user_of(cast.agent)
    here, elsewhere = enter(user), enter(user)
    form = {"oldpassword": "wrong", "password1": GOOD, "password2": GOOD}
    assert here.post("/accounts/password/change/", form).status_code == 200
    here.post("/accounts/password/change/", form | {"oldpassword": PASSWORD})
    assert here.get("/acme/").status_code == 200
    assert elsewhere.get("/acme/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(GOOD)
    with tenant_context(cast.organization.id):
        assert OperationLog.objects.filter(action="member.password_changed").count() == 1


def link_in(letter):
    return re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", letter.body)[1]


def test_a_forgotten_password_comes_back_by_mail_once(cast, enter, mailoutbox):
    user = user_of(cast.agent)
    elsewhere = enter(user)
    client = Client()
    client.post("/accounts/password/reset/", {"email": user.email})
    link = link_in(mailoutbox[0])
    answer = client.get(link)
    form = {"password1": GOOD, "password2": GOOD}
    assert client.post(answer.headers["Location"], form).status_code == 302
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert elsewhere.get("/acme/").status_code == 302
    assert Client().get(link).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_letter_goes_through_a_real_mail_server(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with running_smtp() as (port, letters):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        Client().post("/accounts/password/reset/", {"email": user_of(cast.agent).email})
    assert letters[0]["To"] == "agent@acme.test"
    text = letters[0].get_content()
    assert "同舟 Tongzhou" in text
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", text)[1]
    assert "/accounts/password/reset/key/" in Client().get(link).headers["Location"]


def test_a_weak_password_does_not_come_by_mail_either(cast, mailoutbox):
    user = user_of(cast.agent)
    client = Client()
    client.post("/accounts/password/reset/", {"email": user.email})
    address = client.get(link_in(mailoutbox[0])).headers["Location"]
    assert (
        client.post(address, {"password1": "acme2026!!", "password2": "acme2026!!"}).status_code
        == 200
    )
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_unknown_address_gets_the_same_page_and_no_mail(cast, mailoutbox):
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (user_of(cast.agent).email, "nobody@acme.test")
    ]
    assert {one.headers["Location"] for one in answers} == {"/accounts/password/reset/done/"}
    assert len(mailoutbox) == 1


def test_a_mail_server_that_is_away_is_no_error_page(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    form = {"email": user_of(cast.agent).email}
    assert Client().post("/accounts/password/reset/", form).status_code == 302


def test_letters_are_limited(cast, mailoutbox):
    form = {"email": user_of(cast.agent).email}
    codes = [Client().post("/accounts/password/reset/", form).status_code for _ in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    assert len(mailoutbox) == 3


def test_nobody_claims_an_address(cast, sign_in):
    client = sign_in(cast.agent)
    assert client.get("/accounts/email/").status_code == 404
    form = {"email": "owner@acme.test", "action_add": ""}
    assert client.post("/accounts/email/", form).status_code == 404
