"""A person in several organisations goes between them."""

import pytest

from crm.people import services as people
from crm.people.models import Department, Member, User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization


def join(user, organization):
    with tenant_context(organization.pk):
        root = Department.objects.filter(parent=None).first() or people.create_department(name="x")
        return people.add_member(user=user, department=root, roles=["rep"])


@pytest.fixture
def traveller(cast, other_cast):
    """The agent of acme, who is in globex too."""
    user = User.objects.get(pk=cast.agent.user_id)
    join(user, other_cast.organization)
    return cast.agent


def test_home_is_the_organisation_used_last_also_elsewhere(traveller, sign_in):
    client = sign_in(traveller)
    assert client.get("/").headers["Location"] == "/switch/"
    client.get("/globex/")
    assert client.get("/").headers["Location"] == "/globex/"
    client.get("/acme/")
    assert client.get("/").headers["Location"] == "/acme/"
    assert sign_in(traveller).get("/").headers["Location"] == "/acme/"


def test_fragments_and_refused_pages_are_no_visits(traveller, sign_in):
    client = sign_in(traveller)
    client.get("/globex/", headers={"HX-Request": "true"})
    client.get("/globex/nothing-here/")
    assert client.get("/").headers["Location"] == "/switch/"


def test_a_visit_is_written_once_an_hour(traveller, sign_in, django_assert_max_num_queries):
    client = sign_in(traveller)
    client.get("/acme/")
    first = Organization.objects.get(slug="acme").last_active_at
    assert first is not None
    client.get("/acme/")
    assert Organization.objects.get(slug="acme").last_active_at == first


def test_a_forged_cookie_opens_nothing(traveller, sign_in):
    client = sign_in(traveller)
    client.cookies["place"] = "999999.1"
    assert client.get("/acme/").status_code == 200
    assert client.get("/").headers["Location"] == "/acme/"


def test_a_deactivated_membership_is_not_offered(traveller, other_cast, sign_in):
    client = sign_in(traveller)
    client.get("/globex/")
    with tenant_context(other_cast.organization.pk):
        Member.objects.filter(user_id=traveller.user_id).update(is_active=False)
    page = client.get("/switch/").content.decode()
    assert "/acme/" in page
    assert "/globex/" not in page
    assert client.get("/").headers["Location"] == "/acme/"


def test_other_organisations_are_not_named(cast, other_cast, sign_in):
    assert "globex" not in sign_in(cast.agent).get("/switch/").content.decode().lower()


def test_many_organisations_can_be_searched(cast, sign_in):
    user = User.objects.get(pk=cast.agent.user_id)
    assert "data-switch-search" not in sign_in(cast.agent).get("/switch/").content.decode()
    for number in range(7):
        join(user, people.create_organization(slug=f"more-{number}", name=f"More {number}"))
    page = sign_in(cast.agent).get("/switch/").content.decode()
    assert "data-switch-search" in page
    assert page.count("data-words") == 8


def test_it_opens_in_a_modal(cast, sign_in):
    headers = {"HX-Request": "true", "X-Frame": "modal", "HX-Target": "modal"}
    page = sign_in(cast.agent).get("/switch/", headers=headers).content.decode()
    assert "<!doctype" not in page
    assert "tz-head" in page


def test_strangers_sign_in_first(client, db):
    assert client.get("/switch/").headers["Location"].startswith("/accounts/login/")


def test_the_operator_without_organisation_begins_in_their_area(operating):
    assert operating.get("/").headers["Location"] == "/operator/"
