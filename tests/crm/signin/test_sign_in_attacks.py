"""What an attacker tries at the door: forged tokens, replays, other tenants, links, hosts."""

import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.test import Client

from crm.people import services as people
from crm.people.models import User
from crm.signin.models import SsoIdentity
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import Traveller, give_app, question, user_of
from tests.support.cast import PASSWORD
from tests.support.oidc_server import new_key, running_provider


@pytest.fixture
def vouched(cast, provider):
    """The provider vouches for the agent, who would be linked and let in."""
    email = user_of(cast.agent).email
    provider.person = {"sub": "u-1", "name": "王磊", "email": email, "email_verified": True}
    return provider


def without(name):
    return lambda claims: {key: value for key, value in claims.items() if key != name}


LIES = {
    "wrong issuer": lambda claims: claims | {"iss": "https://evil.example"},
    "wrong audience": lambda claims: claims | {"aud": "somebody-else"},
    "for several, by another": lambda c: c | {"aud": [c["aud"], "x"], "azp": "x"},
    "for several, by nobody": lambda c: c | {"aud": [c["aud"], "x"]},
    "expired": lambda claims: claims | {"exp": int(time.time()) - 3600},
    "from the future": lambda claims: claims | {"iat": int(time.time()) + 3600},
    "wrong nonce": lambda claims: claims | {"nonce": "another"},
    "missing nonce": without("nonce"),
    "missing expiry": without("exp"),
    "missing audience": without("aud"),
    "missing subject": without("sub"),
    "empty subject": lambda claims: claims | {"sub": ""},
    "long subject": lambda claims: claims | {"sub": "x" * 300},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lying_token_opens_nothing(vouched, cast, connect, traveller, lie):
    vouched.lie = lie
    answer = traveller.sign_in(connect(cast))
    assert (answer.status_code, traveller.user_id) == (403, None)


def test_a_token_signed_with_another_key_opens_nothing(vouched, cast, connect, traveller):
    vouched.lie_with_key = new_key()
    assert traveller.sign_in(connect(cast)).status_code == 403
    assert traveller.user_id is None


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_algorithm_without_a_public_key_is_refused(vouched, cast, connect, traveller, algorithm):
    vouched.lie_with_algorithm = algorithm
    assert traveller.sign_in(connect(cast)).status_code == 403
    assert traveller.user_id is None


def test_a_provider_that_calls_itself_another_is_refused(vouched, cast, connect, traveller):
    vouched.lie_about_itself = lambda config: config | {"issuer": "https://evil.example"}
    path = f"/accounts/sso/acme/{connect(cast).pk}/"
    assert traveller.client.get(path).status_code == 403


def test_an_answer_counts_once(vouched, cast, connect, traveller):
    connection = connect(cast)
    traveller.sign_in(connection)
    assert traveller.user_id == cast.agent.user_id
    traveller.client.post("/accounts/logout/")
    assert traveller.client.get(traveller.back).status_code == 403
    assert traveller.user_id is None


def test_an_answer_of_another_browser_counts_nothing(vouched, cast, connect, traveller):
    address = traveller.depart(connect(cast))
    thief = Traveller()
    assert thief.come_back(address).status_code == 403
    assert thief.user_id is None


def test_an_attempt_expires(vouched, cast, connect, traveller, monkeypatch):
    address = traveller.depart(connect(cast))
    now = time.time()
    monkeypatch.setattr("crm.signin.sso.flow.time.time", lambda: now + 601)
    assert traveller.come_back(address).status_code == 403


def test_a_code_is_worth_nothing_without_the_verifier(vouched, cast, connect, traveller):
    connection = connect(cast)
    address = traveller.depart(connection)
    asked = question(address)
    other = Traveller()
    other_asked = question(other.depart(connection))
    stolen = vouched.authorize(asked).partition("code=")[2].partition("&")[0]
    path = f"/accounts/sso/acme/{connection.pk}/callback/"
    answer = other.client.get(path, {"code": stolen, "state": other_asked["state"]})
    assert (answer.status_code, other.user_id) == (403, None)


def test_another_tenants_connection_is_not_found(vouched, cast, other_cast, connect, traveller):
    connection = connect(other_cast)
    for path in (
        f"/accounts/sso/acme/{connection.pk}/",
        f"/accounts/sso/acme/{connection.pk}/callback/",
    ):
        assert traveller.client.get(path).status_code == 404


def test_an_attempt_begun_with_one_connection_cannot_end_with_another(
    vouched, cast, connect, traveller
):
    honest, evil = connect(cast), connect(cast, name="Other")
    state = question(traveller.depart(evil))["state"]
    path = f"/accounts/sso/acme/{honest.pk}/callback/"
    answer = traveller.client.get(path, {"code": "x", "state": state})
    assert (answer.status_code, traveller.user_id) == (403, None)


def test_the_same_subject_at_another_tenants_provider_is_nobody(
    vouched, cast, other_cast, connect, traveller
):
    traveller.sign_in(connect(cast))
    assert traveller.user_id == cast.agent.user_id
    thief = Traveller()
    answer = thief.sign_in(connect(other_cast), "globex")
    assert (answer.status_code, thief.user_id) == (403, None)


def test_a_provider_cannot_take_over_an_account_of_another_tenant(
    vouched, cast, other_cast, connect, traveller
):
    """The agent of acme is no member of globex, whose provider claims the agent's address."""
    answer = traveller.sign_in(connect(other_cast), "globex")
    assert (answer.status_code, traveller.user_id) == (403, None)
    with tenant_context(other_cast.organization.id):
        assert not SsoIdentity.objects.exists()


def both(cast, other_cast):
    user = user_of(cast.agent)
    with tenant_context(other_cast.organization.id):
        people.add_member(user=user, department=other_cast.departments["east"], roles=["rep"])
    return user


@pytest.fixture
def linked(vouched, cast, other_cast, connect):
    """The agent belongs to both organisations; acme's provider knows them by a link."""
    user, connection = both(cast, other_cast), connect(cast)
    with tenant_context(cast.organization.id):
        SsoIdentity.objects.create(connection=connection, member=cast.agent, subject="u-1")
    return user, connection


def test_one_tenants_provider_opens_no_other_tenant(linked, traveller):
    user, connection = linked
    traveller.sign_in(connection)
    assert traveller.user_id == user.pk
    assert traveller.client.get("/acme/leads/").status_code == 200
    answer = traveller.client.get("/globex/leads/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/sso/globex/?")
    page = traveller.client.get(answer.headers["Location"])
    assert page.status_code == 200
    posted = traveller.client.post("/globex/leads/new/", {})
    assert posted.status_code == 302
    traveller.client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert traveller.client.get("/globex/leads/").status_code == 200


def test_a_password_does_not_carry_a_providers_session_past_the_second_factor(linked, traveller):
    """Whoever runs acme's provider and has stolen the password still lacks the device."""
    user, connection = linked
    give_app(user)
    traveller.sign_in(connection)
    traveller.client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert traveller.client.get("/globex/leads/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/", "/accounts/password/set/"],
)
def test_a_providers_session_makes_no_keys_of_its_own(linked, traveller, path):
    user, connection = linked
    user.set_unusable_password()
    user.save()
    traveller.sign_in(connection)
    assert traveller.user_id == user.pk
    answer = traveller.client.get(path)
    assert answer.headers["Location"] == "/accounts/password/reset/"
    assert traveller.client.post(path, {"password1": "x", "password2": "x"}).status_code == 302
    user.refresh_from_db()
    assert not user.has_usable_password()


NEXT = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "/globex/leads/",
]


@pytest.mark.parametrize("target", NEXT)
def test_nobody_is_sent_elsewhere_by_single_sign_on(vouched, cast, connect, traveller, target):
    answer = traveller.sign_in(connect(cast), next=target)
    assert answer.headers["Location"] == "/acme/"


@pytest.mark.parametrize("target", NEXT[:-1])
def test_nobody_is_sent_elsewhere_by_the_sign_in_page(cast, target):
    client = Client()
    form = {"login": user_of(cast.agent).email, "password": PASSWORD, "next": target}
    answer = client.post("/accounts/login/", form)
    assert answer.headers["Location"] == "/acme/"
    page = client.get(f"/accounts/confirm/?{urlencode({'next': target})}").content.decode()
    assert 'href="/accounts/reauthenticate/?next=%2F"' in page


def test_the_session_gets_a_new_name_at_sign_in(vouched, cast, connect, traveller):
    address = traveller.depart(connect(cast))
    before = traveller.client.session.session_key
    traveller.come_back(address)
    assert traveller.user_id == cast.agent.user_id
    assert traveller.client.session.session_key != before
    planted = Client()
    planted.cookies["sessionid"] = before
    assert planted.get("/acme/").status_code == 302


def test_the_session_gets_a_new_name_at_password_sign_in(cast, connect, traveller, enter):
    traveller.depart(connect(cast))
    before = traveller.client.session.session_key
    client = enter(user_of(cast.agent), traveller.client)
    assert client.session.session_key != before


def test_a_link_from_another_site_does_not_begin_to_sign_in(vouched, cast, connect):
    path = f"/accounts/sso/acme/{connect(cast).pk}/"
    answer = Client().get(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.headers["Location"].startswith("/accounts/sso/acme/?")


def test_the_host_header_chooses_no_address(vouched, cast, connect, settings):
    settings.PUBLIC_URL = "https://crm.example"
    path = f"/accounts/sso/acme/{connect(cast).pk}/"
    answer = Client().get(path, headers={"Host": "evil.example"})
    assert answer.headers["Location"].startswith("https://crm.example/accounts/sso/acme/")


def test_a_foreign_host_is_no_host_of_ours(cast, settings):
    settings.ALLOWED_HOSTS = ["crm.example"]
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/sso/"):
        assert Client().get(path, headers={"Host": "evil.example"}).status_code == 400


def test_the_mail_about_a_password_ignores_the_host(cast, settings, mailoutbox):
    settings.PUBLIC_URL = "https://crm.example"
    form = {"email": user_of(cast.agent).email}
    Client().post("/accounts/password/reset/", form, headers={"Host": "evil.example"})
    assert "https://crm.example/accounts/password/reset/key/" in mailoutbox[0].body
    assert "evil.example" not in mailoutbox[0].body


def test_a_provider_with_several_keys_is_asked_again_when_it_has_a_new_one(
    vouched, cast, connect, traveller
):
    connection = connect(cast)
    traveller.sign_in(connection)
    vouched.key = new_key()
    later = Traveller()
    # the old key has the new one's name: the signature is wrong until the keys are read again
    assert later.sign_in(connection).status_code == 403


def test_two_providers_do_not_share_keys(vouched, cast, connect, traveller):
    with running_provider(key=new_key()) as second:
        second.person = vouched.person
        connection = connect(cast, issuer=second.issuer)
        traveller.sign_in(connection)
    assert traveller.user_id == cast.agent.user_id
    assert replace(vouched).key is not second.key


def test_an_inactive_account_does_not_come_in(vouched, cast, connect, traveller):
    User.objects.filter(pk=cast.agent.user_id).update(is_active=False)
    traveller.sign_in(connect(cast))
    assert traveller.user_id is None
