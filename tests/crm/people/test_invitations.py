"""Invitations: by mail, once, for seven days, for one person."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.people.models import Invitation, InvitationState, Member, Role, User
from crm.people.services import invitations as services
from crm.people.services.invitations import Invited, invite, resend, revoke, token_of
from crm.people.services.members import MayNotGiveRoles
from crm.refusals import Refused
from crm.signin.models import SignInPolicy
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from tests.support.cast import PASSWORD
from tests.support.smtp import mail_server

NEW = "new@person.test"


def ask(cast, **more) -> Invitation:
    """An invitation by the administrator."""
    with tenant_context(cast.organization.id, member_id=cast.owner.pk):
        facts = {"email": NEW, "name": "新人", "department": cast.departments["east"]} | more
        return invite(invited=Invited(**facts), by=cast.owner)


def link(invitation: Invitation) -> str:
    return f"/accounts/invitation/{token_of(invitation)}/"


def join(invitation: Invitation, browser: Client | None = None, **values):
    data = {"name": "新人", "password": "a-Long-pass-9", "again": "a-Long-pass-9"} | values
    return (browser or Client()).post(link(invitation), data)


def roles(*codes: str) -> list[Role]:
    return list(Role.objects.filter(code__in=codes))


@pytest.mark.slow
@pytest.mark.django_db(transaction=False)
def test_the_mail_really_goes_out(cast, settings):
    invitation = ask(cast)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.PUBLIC_URL = "https://crm.example"
    with mail_server() as (port, received):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        with tenant_context(cast.organization.id):
            job = Job.objects.get(name="people.send_invitation")
        assert jobs.run(cast.organization.id, job.pk)
        jobs.run(cast.organization.id, job.pk)
    assert len(received) == 1
    message = received[0]
    assert message["To"] == NEW
    assert "周总" in message["Subject"]
    assert "Acme" in message["Subject"]
    text = message.get_body(("plain",)).get_content()
    address = re.search(r"https://crm\.example(/\S+)", text)[1]
    assert address == link(invitation)
    assert address in message.get_body(("html",)).get_content()
    with tenant_context(cast.organization.id):
        assert Invitation.objects.get().sent_at is not None


def test_the_secret_is_not_kept(cast):
    invitation = ask(cast)
    secret = token_of(invitation).partition(".")[2]
    with tenant_context(cast.organization.id):
        stored = str(Invitation.objects.values().get()) + str(Job.objects.values().get())
    assert secret not in stored
    assert services.hash_of(secret) in stored


def test_a_new_person_joins_with_a_name_and_a_password(cast):
    with tenant_context(cast.organization.id):
        held = roles("manager", "rep")
    invitation = ask(cast, roles=held, title="主管", superior_email=cast.finance.user.email)
    browser = Client()
    assert "新人" in browser.get(link(invitation)).content.decode()
    answer = join(invitation, browser, name="新 人")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/acme/"
    assert browser.get("/acme/people/").status_code == 200
    with tenant_context(cast.organization.id):
        member = Member.objects.get(user__email=NEW)
        assert (member.name, member.title, member.department.name) == ("新 人", "主管", "华东")
        assert member.role_codes == {"manager", "rep"}
        assert member.superior == cast.finance
        assert Invitation.objects.get().member == member
    assert User.objects.get(email=NEW).check_password("a-Long-pass-9")


@pytest.mark.parametrize(
    "values",
    [
        {"password": "short", "again": "short"},
        {"password": "1234567890123", "again": "1234567890123"},
        {"again": "another-Long-9"},
        {"name": ""},
    ],
)
def test_passwords_are_checked_like_any_other(cast, values):
    invitation = ask(cast)
    assert join(invitation, **values).status_code == 422
    assert not User.objects.filter(email=NEW).exists()


def test_who_joins_chooses_a_password_as_long_as_the_organisation_asks(cast):
    with tenant_context(cast.organization.id):
        SignInPolicy.objects.update_or_create(defaults={"password_minimum": 14})
    invitation = ask(cast)
    page = Client().get(link(invitation)).content.decode()
    assert "至少 14 个字符" in page
    short = join(invitation, password="Boot-auf-See9", again="Boot-auf-See9")
    assert short.status_code == 422
    named = "acme-acme-acme-1"
    assert join(invitation, password=named, again=named).status_code == 422
    assert not User.objects.filter(email=NEW).exists()
    long = "Boot-auf-See-99"
    assert join(invitation, password=long, again=long).status_code == 302


def test_a_person_with_an_account_signs_in_and_joins(cast, other_cast, sign_in):
    email = other_cast.agent.user.email
    invitation = ask(cast, email=email)
    anonymous = Client().get(link(invitation))
    assert "/accounts/login/?next=" in anonymous.content.decode()
    stranger = sign_in(other_cast.colleague).get(link(invitation)).content.decode()
    assert email not in stranger
    assert sign_in(other_cast.colleague).post(link(invitation)).status_code == 200
    browser = sign_in(other_cast.agent)
    assert browser.post(link(invitation)).status_code == 302
    assert browser.get("/acme/people/").status_code == 200
    assert browser.get("/globex/people/").status_code == 200


def test_an_account_is_not_taken_over_with_a_link(cast, other_cast):
    """Whoever has the link but not the password of an existing account gets nowhere."""
    user = other_cast.agent.user
    invitation = ask(cast, email=user.email)
    browser = Client()
    join(invitation, browser)
    assert browser.get("/acme/").status_code == 302
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_who_invites_learns_nothing_about_the_address(cast, other_cast, sign_in):
    browser = sign_in(cast.owner)
    answers = []
    for email in (other_cast.agent.user.email, "nobody@person.test"):
        with tenant_context(cast.organization.id):
            role = roles("rep")[0].pk
        data = {"name": "某人", "email": email, "roles": [role]}
        answer = browser.post("/acme/people/invitations/new/", data, follow=True)
        assert answer.redirect_chain
        with tenant_context(cast.organization.id):
            pk = Invitation.objects.get(email=email).pk
        page = browser.get(f"/acme/people/invitations/{pk}/").content.decode()
        answers.append(page.replace(email, "").replace(f"/{pk}/", "//"))
    clean = [
        re.sub(r"\d\d:\d\d(:\d\d)?|csrf\S+|value=\S+|datetime=\S+", "", one) for one in answers
    ]
    assert clean[0] == clean[1]


def test_a_link_works_once(cast):
    invitation = ask(cast)
    join(invitation)
    again = join(invitation)
    assert again.status_code == 410
    with tenant_context(cast.organization.id):
        assert Member.objects.filter(user__email=NEW).count() == 1


def test_a_link_ends_after_seven_days(cast):
    invitation = ask(cast)
    with tenant_context(cast.organization.id):
        Invitation.objects.update(expires_at=timezone.now())
    assert Client().get(link(invitation)).status_code == 410
    assert join(invitation).status_code == 410
    assert not User.objects.filter(email=NEW).exists()
    assert ask(cast).pk != invitation.pk


def test_a_link_that_was_taken_back_opens_nothing(cast):
    invitation = ask(cast)
    with tenant_context(cast.organization.id):
        revoke(invitation_id=invitation.pk)
    assert join(invitation).status_code == 410


def test_sending_again_ends_the_old_link(cast):
    old = ask(cast)
    with tenant_context(cast.organization.id):
        with pytest.raises(Refused):
            resend(invitation_id=old.pk)
        Invitation.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
        new = resend(invitation_id=old.pk)
    assert Client().get(link(old)).status_code == 404
    assert Client().get(link(new)).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["x", "1.0", f"1.{'0' * 64}", f"999999999.{'a' * 64}", f"0.{'a' * 64}", "1." + "é" * 64],
)
def test_made_up_links_are_unknown(cast, token):
    ask(cast)
    assert Client().get(f"/accounts/invitation/{token}/").status_code == 404


def test_a_secret_belongs_to_its_organisation(cast, other_cast):
    invitation = ask(cast)
    secret = token_of(invitation).partition(".")[2]
    forged = f"/accounts/invitation/{other_cast.organization.id}.{secret}/"
    assert Client().get(forged).status_code == 404


def test_guessing_is_slowed_down(cast):
    browser = Client()
    answers = [browser.get(f"/accounts/invitation/1.{n:064x}/").status_code for n in range(32)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_nobody_is_invited_twice_or_as_a_member(cast):
    ask(cast)
    with pytest.raises(Refused):
        ask(cast, email=NEW.upper())
    with pytest.raises(Refused):
        ask(cast, email=cast.agent.user.email)


def test_an_hour_has_a_limit(cast, monkeypatch):
    monkeypatch.setattr(services, "MOST_PER_HOUR", 2)
    ask(cast, email="a@person.test")
    ask(cast, email="b@person.test")
    with pytest.raises(Refused):
        ask(cast, email="c@person.test")


def test_roles_come_only_from_who_may_give_them(cast):
    with tenant_context(cast.organization.id):
        Role.objects.filter(code="manager").update(grants={"people.invite_member": 4})
        invited = Invited(email=NEW, name="新人", roles=roles("administrator"))
        with pytest.raises(MayNotGiveRoles):
            invite(invited=invited, by=cast.manager)
        allowed = invite(invited=Invited(email=NEW, name="新人"), by=cast.manager)
        assert allowed.role_ids == [roles("rep")[0].pk]


def test_a_form_cannot_smuggle_roles_in(cast, sign_in):
    with tenant_context(cast.organization.id):
        Role.objects.filter(code="manager").update(grants={"people.invite_member": 4})
        administrator = roles("administrator")[0].pk
    data = {"name": "新人", "email": NEW, "roles": [administrator], "role_ids": [administrator]}
    sign_in(cast.manager).post("/acme/people/invitations/new/", data)
    with tenant_context(cast.organization.id):
        assert administrator not in Invitation.objects.get().role_ids


def test_a_closed_organisation_takes_nobody_in(cast):
    invitation = ask(cast)
    Organization.objects.filter(pk=cast.organization.pk).update(suspended_at=timezone.now())
    assert join(invitation).status_code == 410


def test_who_comes_later_is_put_above_who_came_before(cast):
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(superior=None)
    first = ask(cast, email="one@person.test", superior_email="two@person.test")
    second = ask(cast, email="two@person.test", superior_email="one@person.test")
    join(first)
    join(second)
    with tenant_context(cast.organization.id):
        one = Member.objects.get(user__email="one@person.test")
        two = Member.objects.get(user__email="two@person.test")
        assert two.superior == one
        assert one.superior is None


@pytest.mark.slow
def test_two_at_once_make_one_member(cast_committed):
    cast = cast_committed
    invitation = ask(cast)
    outcomes: list[int] = []
    start = threading.Barrier(2)

    def accept() -> None:
        try:
            start.wait()
            outcomes.append(join(invitation).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 302 in outcomes
    with tenant_context(cast.organization.id):
        assert Member.objects.filter(user__email=NEW).count() == 1
        assert Invitation.objects.get().state == InvitationState.ACCEPTED
