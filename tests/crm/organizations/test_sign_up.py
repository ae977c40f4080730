"""Self-service sign-up: nothing before the mailbox is proved, then everything at once."""

import re
import threading

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from crm.organizations.models import SignUp
from crm.organizations.services import addresses, founding
from crm.people import services as people
from crm.people.models import Department, Member, Role, User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from tests.support.smtp import mail_server

FACTS = {
    "company": "苏州同光精密机械有限公司",
    "slug": "tongguang",
    "name": "陈工",
    "email": "Chen@Tongguang.example",
    "password": "three-horses-7-boats",
}


def sign_up(client, **changes):
    return client.post("/sign-up/", FACTS | changes, headers={"Accept-Language": "en"})


def link_in(letter):
    (found,) = re.findall(r"https?://[^/]+(/sign-up/confirm/\S+)", letter.body)
    return found


@pytest.fixture
def letter(db, client):
    assert sign_up(client).status_code == 302
    return mail.outbox[-1]


def test_nothing_is_made_before_the_link_is_followed(letter):
    assert not User.objects.exists()
    assert not Organization.objects.exists()
    wish = SignUp.objects.get()
    assert wish.email == "chen@tongguang.example"
    assert FACTS["password"] not in wish.password
    assert wish.token_hash not in letter.body


def test_opening_the_link_makes_nothing_and_the_button_all(letter, client):
    link = link_in(letter)
    page = client.get(link)
    assert page.status_code == 200
    assert "/tongguang/" in page.content.decode()
    assert not Organization.objects.exists()

    answer = client.post(link)

    assert answer.headers["Location"] == "/tongguang/first-steps/"
    organization = Organization.objects.get()
    with tenant_context(organization.pk):
        member = Member.objects.get()
        assert member.role_codes == {"administrator"}
        assert Department.objects.get().head_id == member.pk
        assert Role.objects.count() == 7
    assert client.get("/tongguang/first-steps/").status_code == 200
    assert client.get("/tongguang/").status_code == 200
    assert client.post(link).status_code == 410


def test_the_new_administrator_can_sign_in_with_the_chosen_password(letter, client):
    client.post(link_in(letter))
    user = User.objects.get()
    assert user.check_password(FACTS["password"])
    assert user.emailaddress_set.get().verified


def test_an_old_link_is_refused(letter, client):
    SignUp.objects.update(expires_at=timezone.now())
    assert client.get(link_in(letter)).status_code == 410
    assert client.post(link_in(letter)).status_code == 410
    assert not Organization.objects.exists()


def test_a_second_letter_makes_the_first_link_worthless(letter, client):
    sign_up(client)
    assert client.get(link_in(letter)).status_code == 410
    assert client.get(link_in(mail.outbox[-1])).status_code == 200


def test_who_has_an_account_is_told_by_mail_and_nobody_else(cast, client):
    before = len(mail.outbox)
    unknown = sign_up(client)
    email = User.objects.get(pk=cast.agent.user_id).email
    known = sign_up(client, email=email.upper(), slug="another")
    assert unknown.status_code == known.status_code == 302
    assert unknown.headers["Location"] == known.headers["Location"]
    letters = mail.outbox[before:]
    assert [letter.to for letter in letters] == [["chen@tongguang.example"], [email]]
    assert "confirm" not in letters[1].body.replace("confirm it", "")
    assert SignUp.objects.count() == 1


def test_links_begin_with_the_public_address_whatever_host_is_claimed(db, client, settings):
    settings.PUBLIC_URL = "https://crm.example"
    answer = client.post("/sign-up/", FACTS, headers={"Host": "evil.example"})
    assert answer.status_code == 302
    assert "https://crm.example/sign-up/confirm/" in mail.outbox[-1].body
    assert "evil.example" not in mail.outbox[-1].body


def test_a_taken_reserved_or_malformed_address_is_refused(cast, client):
    for slug in ("acme", "operator", "-x", "a", "UPPER CASE"):
        answer = sign_up(client, slug=slug)
        assert answer.status_code == 422, slug
    assert not SignUp.objects.exists()


def test_a_weak_password_is_refused(db, client):
    assert sign_up(client, password="12345678901").status_code == 422


def test_it_can_be_switched_off(letter, client, settings):
    settings.SIGN_UP_OPEN = False
    assert client.get("/sign-up/").status_code == 403
    assert sign_up(client).status_code == 403
    assert client.get("/sign-up/address/?slug=free-one").status_code == 403
    assert client.get(link_in(letter)).status_code == 410


def test_production_is_closed_unless_told_otherwise():
    from crm.settings import base

    assert base.SIGN_UP_OPEN is False


def test_one_ip_may_not_sign_up_for_ever(db, client, settings):
    settings.LIMITS_ENABLED = True
    answers = [sign_up(client, email=f"a{n}@x.example").status_code for n in range(12)]
    assert answers[:10] == [302] * 10
    assert answers[10:] == [429] * 2


def test_one_mailbox_is_not_flooded_and_nothing_tells(db, client, settings):
    settings.LIMITS_ENABLED = True
    answers = {sign_up(client).status_code for _ in range(6)}
    assert answers == {302}
    assert len(mail.outbox) == 3


def test_the_address_says_free_or_taken_and_no_more(cast, client, settings):
    def state(slug):
        return client.get("/sign-up/address/", {"slug": slug}).json()["state"]

    assert state("nobody-yet") == "free"
    assert {state("acme"), state("operator")} == {"taken"}
    settings.LIMITS_ENABLED = True
    codes = [client.get("/sign-up/address/?slug=acme").status_code for _ in range(70)]
    assert codes.count(429) == 10


@pytest.mark.parametrize(
    ("company", "slug"),
    [
        ("苏州同光精密机械有限公司", "suzhoutongguangjingmijix"),
        ("Blue River Trading Co., Ltd.", "blue-river-trading"),
        ("同舟 CRM", "tongzhou-crm"),
        ("有限公司", ""),
        ("!!!", ""),
    ],
)
def test_an_address_is_suggested_in_pinyin(db, company, slug):
    assert addresses.suggested(company) == slug


def test_a_suggestion_is_never_taken(cast):
    assert addresses.suggested("Acme") == "acme-2"


def test_without_an_address_the_suggestion_is_used(db, client):
    assert sign_up(client, slug="").status_code == 302
    assert SignUp.objects.get().slug == "suzhoutongguangjingmijix"


def test_who_is_signed_in_founds_another_one_at_once(cast, sign_in):
    client = sign_in(cast.agent)
    answer = client.post("/sign-up/", {"company": "Second Ltd", "slug": "second"})
    assert answer.headers["Location"] == "/second/first-steps/"
    assert client.get("/second/first-steps/").status_code == 200
    assert client.get("/acme/").status_code == 200
    with tenant_context(Organization.objects.get(slug="second").pk):
        assert Member.objects.get().user_id == cast.agent.user_id


def test_a_taken_address_can_be_replaced_when_confirming(letter, client, db):
    people.create_organization(slug="tongguang", name="Quicker")
    link = link_in(letter)
    assert 'name="slug"' in client.get(link).content.decode()
    assert client.post(link, {"slug": "tongguang"}).status_code == 422
    answer = client.post(link, {"slug": "tongguang-2"})
    assert answer.headers["Location"] == "/tongguang-2/first-steps/"


def test_forged_tokens_are_refused(db, client):
    for token in ("x", "../../etc", "%00", "a" * 500):
        assert client.get(f"/sign-up/confirm/{token}/").status_code in (404, 410)


def test_a_form_of_another_site_is_refused(db):
    assert Client(enforce_csrf_checks=True).post("/sign-up/", FACTS).status_code == 403


def test_the_letter_goes_through_a_real_mail_server(db, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server() as (port, received):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert sign_up(client, company="苏州同光\nBcc: all@x.example").status_code == 302
        (message,) = received
    assert message["To"] == "chen@tongguang.example"
    assert message["Bcc"] is None
    body = message.get_body().get_content()
    link = re.findall(r"https?://[^/]+(/sign-up/confirm/\S+)", body)[0]
    assert client.post(link).headers["Location"] == "/tongguang/first-steps/"


def test_a_broken_mail_server_makes_nothing(db, client, monkeypatch):
    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    assert sign_up(client).status_code == 422


@pytest.mark.slow
def test_of_two_with_one_address_one_wins(real_transactions):
    tokens = []
    for number in range(2):
        founding.ask_to_sign_up(
            company=f"Firm {number}", slug="prize", name="A", email=f"{number}@x.example",
            password="three-horses-7-boats", language="en",
        )  # fmt: skip
        tokens.append(re.findall(r"confirm/(\S+)/", mail.outbox[-1].body)[0])
    outcomes, start = [], threading.Barrier(2)

    def follow(token):
        from django.db import connection

        start.wait()
        try:
            founding.confirm_sign_up(token=token)
            outcomes.append("founded")
        except people.AddressTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=follow, args=[token]) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["founded", "taken"]
    assert Organization.objects.count() == 1
    assert User.objects.count() == 1
