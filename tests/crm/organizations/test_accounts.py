"""A lost second factor: the operator's way where no administrator may help."""

import pytest
from allauth.mfa.models import Authenticator

from crm.audit.models import OperationLog
from crm.organizations.models import OperatorAction
from crm.people import services as people
from crm.people.models import User
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import give_app
from tests.support.cast import PASSWORD

PAGE = "/operator/accounts/"


@pytest.fixture
def traveller(cast, other_cast):
    """A member of two organisations with an app."""
    user = User.objects.get(pk=cast.agent.user_id)
    with tenant_context(other_cast.organization.pk):
        people.add_member(user=user, department=None, roles=["rep"])
    give_app(user)
    return user


def remove(browser, user, **changes):
    facts = {"reason": "Called back on the known number"} | changes
    return browser.post(f"{PAGE}{user.pk}/second-factor/", facts)


def test_the_second_factor_goes_with_a_reason_and_the_person_is_told(
    cast, other_cast, operating, traveller, client, mailoutbox, django_capture_on_commit_callbacks
):
    client.post("/accounts/login/", {"login": traveller.email, "password": PASSWORD})
    page = operating.get(PAGE, {"email": traveller.email.upper()}).content.decode()
    assert "Remove the second factor" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert remove(operating, traveller).status_code == 302
    assert not Authenticator.objects.filter(user=traveller).exists()
    assert client.get("/").status_code == 302
    action = OperatorAction.objects.get()
    assert action.action == "account.second_factor_removed"
    assert action.details["reason"] == "Called back on the known number"
    assert [letter.to for letter in mailoutbox] == [[traveller.email]]
    for organization in (cast.organization, other_cast.organization):
        with tenant_context(organization.pk):
            entry = OperationLog.objects.get(action="member.second_factor_removed")
            assert entry.member_id is None
    assert traveller.email in operating.get("/operator/log/").content.decode()


def test_it_takes_a_reason(operating, traveller):
    assert remove(operating, traveller, reason=" ").status_code == 422
    assert Authenticator.objects.filter(user=traveller).exists()


def test_operators_and_people_without_one_are_left_alone(operating, operator, traveller):
    give_app(operator)
    remove(operating, operator)
    assert Authenticator.objects.filter(user=operator).exists()
    Authenticator.objects.filter(user=traveller).delete()
    remove(operating, traveller)
    assert not OperatorAction.objects.exists()


def test_nothing_is_found_by_half_an_address(operating, traveller):
    for words in (traveller.email[:-1], "%", "nobody@x.test"):
        assert (
            "No account has this address." in operating.get(PAGE, {"email": words}).content.decode()
        )
