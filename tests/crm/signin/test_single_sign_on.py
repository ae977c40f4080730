"""Single sign-on against a provider on a real port: who comes in, and how accounts meet."""

import pytest
from django.test import Client

from crm.audit.models import OperationLog
from crm.people import services as people
from crm.people.models import Department, Member, Role, User
from crm.signin.models import SsoIdentity
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import Traveller, question, user_of
from tests.support.cast import PASSWORD


def vouch(provider, member, **more):
    email = user_of(member).email
    provider.person = {"sub": "u-1", "name": member.name, "email": email, "email_verified": True}
    provider.person |= more


def test_a_member_of_this_organisation_alone_is_linked_and_comes_in(
    cast, provider, connect, traveller
):
    vouch(provider, cast.agent)
    connection = connect(cast)
    answer = traveller.sign_in(connection, next="/acme/leads/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/acme/leads/")
    assert traveller.user_id == cast.agent.user_id
    assert traveller.client.get("/acme/leads/").status_code == 200
    with tenant_context(cast.organization.id):
        identity = SsoIdentity.objects.get()
        assert (identity.subject, identity.member_id) == ("u-1", cast.agent.id)
        actions = set(OperationLog.objects.values_list("action", flat=True))
    assert {"member.account_linked", "member.signed_in"} <= actions


def test_the_question_has_pkce_state_and_nonce_of_its_own(cast, connect, traveller):
    connection = connect(cast)
    first, second = (question(traveller.depart(connection)) for _ in range(2))
    assert first["code_challenge_method"] == "S256"
    assert first["scope"] == "openid email profile"
    for secret in ("state", "nonce", "code_challenge"):
        assert first[secret] != second[secret]
        assert len(first[secret]) >= 40


def test_the_subject_decides_even_when_the_address_has_changed(cast, provider, connect, traveller):
    connection = connect(cast)
    vouch(provider, cast.agent)
    traveller.sign_in(connection)
    vouch(provider, cast.colleague, sub="u-1")
    later = Traveller()
    later.sign_in(connection)
    assert later.user_id == cast.agent.user_id


@pytest.mark.parametrize("verified", [False, None, "false", 1, "yes"])
def test_an_unconfirmed_address_opens_nothing(cast, provider, connect, traveller, verified):
    vouch(provider, cast.agent, email_verified=verified)
    answer = traveller.sign_in(connect(cast))
    assert traveller.user_id is None
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_an_account_with_two_organisations_is_linked_by_its_password(
    cast, other_cast, provider, connect, traveller, enter
):
    user = user_of(cast.agent)
    with tenant_context(other_cast.organization.id):
        people.add_member(user=user, department=other_cast.departments["east"], roles=["rep"])
    vouch(provider, cast.agent)
    connection = connect(cast)
    answer = traveller.sign_in(connection)
    assert traveller.user_id is None
    target = answer.headers["Location"]
    page = traveller.client.get(target)
    assert "Sign in once with your password" in page.content.decode() or page.status_code == 200
    enter(user, traveller.client, next="/accounts/sso/link/")
    page = traveller.client.get("/accounts/sso/link/")
    assert page.status_code == 200
    answer = traveller.client.post("/accounts/sso/link/")
    assert answer.headers["Location"] == "/acme/"
    again = Traveller()
    again.sign_in(connection)
    assert again.user_id == user.pk


def test_whoever_says_it_is_not_them_links_nothing(cast, provider, connect, traveller, enter):
    vouch(provider, cast.agent, email_verified=False)
    traveller.sign_in(connect(cast))
    enter(user_of(cast.colleague), traveller.client)
    traveller.client.post("/accounts/sso/link/", {"no": "1"})
    with tenant_context(cast.organization.id):
        assert not SsoIdentity.objects.exists()


def test_a_stranger_cannot_link_himself_into_an_organisation(
    cast, other_cast, provider, connect, traveller, enter
):
    provider.person = {"sub": "evil"}
    traveller.sign_in(connect(cast))
    enter(user_of(other_cast.agent), traveller.client)
    answer = traveller.client.post("/accounts/sso/link/")
    assert answer.status_code == 403
    assert traveller.client.get("/acme/leads/").status_code == 404


def joining(cast, **more):
    with tenant_context(cast.organization.id):
        return {
            "joining": "create",
            "default_role": Role.objects.get(code="rep"),
            "default_department": Department.objects.get(pk=cast.departments["east"].pk),
            "domains": ["acme.test"],
            **more,
        }


def test_a_new_person_of_the_domain_becomes_a_member(cast, provider, connect, traveller):
    email = "new@acme.test"
    provider.person = {"sub": "n", "name": "新人", "email": email, "email_verified": True}
    answer = traveller.sign_in(connect(cast, **joining(cast)))
    assert answer.headers["Location"] == "/acme/"
    user = User.objects.get(email=email)
    assert not user.has_usable_password()
    with tenant_context(cast.organization.id):
        member = Member.objects.get(user=user)
        assert (member.department_id, member.role_codes) == (cast.departments["east"].pk, {"rep"})


@pytest.mark.parametrize(
    "email",
    ["new@elsewhere.test", "new@sub.acme.test", "a@acme.test@evil.test", "new@acme.test.evil"],
)
def test_a_new_person_of_another_domain_does_not(cast, provider, connect, traveller, email):
    provider.person = {"sub": "n", "name": "新人", "email": email, "email_verified": True}
    answer = traveller.sign_in(connect(cast, **joining(cast)))
    assert answer.status_code == 403
    assert not User.objects.filter(email=email).exists()


def test_without_joining_nobody_new_comes_in(cast, provider, connect, traveller):
    provider.person = {"sub": "n", "email": "new@acme.test", "email_verified": True}
    assert traveller.sign_in(connect(cast)).status_code == 403
    assert not User.objects.filter(email="new@acme.test").exists()


def test_a_member_who_left_stays_out(cast, provider, connect, traveller):
    connection = connect(cast, **joining(cast))
    vouch(provider, cast.agent)
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(is_active=False)
    assert traveller.sign_in(connection).status_code == 403
    assert traveller.user_id is None


def test_linked_accounts_are_shown_and_unlinked(cast, provider, connect, traveller):
    vouch(provider, cast.agent)
    traveller.sign_in(connect(cast))
    page = traveller.client.get("/accounts/linked/")
    assert "Keycloak" in page.content.decode()
    with tenant_context(cast.organization.id):
        pk = SsoIdentity.objects.get().pk
    stranger = Client()
    stranger.force_login(user_of(cast.colleague))
    stranger.post("/accounts/linked/", {"identity": pk})
    with tenant_context(cast.organization.id):
        assert SsoIdentity.objects.exists()
    traveller.client.post("/accounts/linked/", {"identity": pk})
    with tenant_context(cast.organization.id):
        assert not SsoIdentity.objects.exists()


def test_nobody_learns_who_has_an_account(cast, connect, mailoutbox):
    connect(cast)
    known, unknown = user_of(cast.agent).email, "nobody@acme.test"
    pages = [
        Client().post("/accounts/sso/", {"words": email}).content.decode().replace(email, "X")
        for email in (known, unknown)
    ]
    strip = [page.split('csrfmiddlewaretoken" value="')[0] for page in pages]
    assert strip[0] == strip[1]
    assert [letter.to for letter in mailoutbox] == [[known]]
    assert "/accounts/sso/acme/" in mailoutbox[0].body


def test_an_organisations_address_leads_to_its_door(cast, other_cast, connect):
    connect(cast)
    answer = Client().post("/accounts/sso/", {"words": "acme"})
    assert answer.headers["Location"] == "/accounts/sso/acme/"
    for words in ("globex", "no-such-place"):
        assert Client().post("/accounts/sso/", {"words": words}).status_code == 200


def test_the_password_still_works_beside_it(cast, connect, enter):
    connect(cast)
    client = enter(user_of(cast.agent))
    assert client.get("/acme/leads/").status_code == 200
    page = Client().get("/accounts/login/?next=/acme/").content.decode()
    assert "Keycloak" in page
    assert PASSWORD not in page
