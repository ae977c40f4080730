"""The operator's area: for operators alone, and blind to what is inside an organisation."""

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from crm.organizations.models import Deletion, OperatorAction, SignUp, Usage
from crm.organizations.services import deletion, founding, measuring
from crm.people.models import Member
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.tenancy.schema import tenant_models
from tests.crm.organizations.conftest import operate
from tests.support.addresses import walk
from tests.support.growth import World

RESOLVER = get_resolver("crm.organizations.operator_urls")
ADDRESSES = list(walk(RESOLVER.url_patterns))
PATHS = [address.path for address in ADDRESSES]


def test_every_page_is_guarded():
    assert [a.name for a in ADDRESSES if not getattr(a.view, "operator_only", False)] == []
    assert len(ADDRESSES) >= 10


@pytest.mark.parametrize("path", PATHS)
def test_access(path, cast, operator, operating, client, sign_in):
    address = f"/operator/{path}"
    for method in ("get", "post"):
        anonymous = getattr(client, method)(address)
        late = getattr(operate(operator, seconds_ago=31 * 60), method)(address)
        unproved = Client()
        unproved.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
        asked = [late, getattr(unproved, method)(address)]
        if anonymous.status_code == 405:
            assert {one.status_code for one in asked} == {405}
            continue
        assert anonymous.status_code == 302
        assert anonymous.headers["Location"].startswith(django_settings.LOGIN_URL)
        assert getattr(sign_in(cast.agent), method)(address).status_code == 404
        assert getattr(sign_in(cast.owner), method)(address).status_code == 404
        for one in asked:
            assert one.status_code == 302
            assert one.headers["Location"].startswith("/accounts/reauthenticate/?next=%2Foperator")
    assert operating.get(address).status_code in {200, 404, 405}
    assert operating.post(address).status_code in {302, 404, 405, 422}


def test_a_staff_user_gains_nothing_inside_an_organisation(cast, operating):
    assert operating.get("/acme/").status_code == 404
    assert operating.get("/acme/organization/exports/").status_code == 404


@pytest.fixture
def waiting(cast, other_cast, operator):
    """Two organisations, one of which shall be deleted, and the wish for a third."""
    founding.ask_to_sign_up(
        company="Wish Ltd", slug="wish", name="W", email="w@x.example", password="long-enough-9x",
        language="en",
    )  # fmt: skip
    deletion.request_deletion(other_cast.organization.pk, by="G <g***@x>", days=30)
    return cast


@pytest.fixture
def busy(waiting):
    """The same with everything in the first, measured."""
    with tenant_context(waiting.organization.pk):
        World(waiting).grow(2)
    measuring.measure_all()
    return waiting


def test_no_page_reads_a_table_of_a_tenant(busy, operating):
    tables = {f'"{model._meta.db_table}"' for model in tenant_models()}
    pages = [
        "", "?q=acme&state=active", "deletions/", "sign-ups/", "health/", "log/",
        f"organizations/{busy.organization.pk}/",
    ]  # fmt: skip
    seen = []
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            answer = operating.get(f"/operator/{page}")
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "王磊" not in text
        assert "agent@acme.test" not in text
        seen += [query["sql"] for query in queries.captured_queries]
    assert seen
    assert [sql for sql in seen if any(table in sql for table in tables)] == []


def test_posting_shows_nothing_of_a_tenant_either(busy, operating):
    path = f"/operator/organizations/{busy.organization.pk}/"
    first = operating.post(f"{path}suspend/", {"reason": "Unpaid"}, follow=True)
    again = operating.post(f"{path}reactivate/", follow=True)
    for answer in (first, again):
        assert answer.status_code == 200
        assert "王磊" not in answer.content.decode()
    assert list(OperatorAction.objects.order_by("id").values_list("action", flat=True)) == [
        "organization.suspended",
        "organization.reactivated",
    ]


def test_the_list_shows_sizes_and_state(busy, operating):
    page = operating.get("/operator/").content.decode()
    usage = Usage.objects.get(number=busy.organization.pk)
    with tenant_context(busy.organization.pk):
        assert usage.members == Member.objects.filter(is_active=True).count()
    assert usage.row_count > 100
    assert "Acme" in page
    assert "Will be deleted" in page


def test_a_suspension_needs_a_reason(cast, operating):
    answer = operating.post(f"/operator/organizations/{cast.organization.pk}/suspend/", {})
    assert answer.status_code == 422
    assert Organization.objects.get().suspended_at is None


def test_the_operator_can_keep_an_organisation(waiting, other_cast, operating):
    operating.post(f"/operator/organizations/{other_cast.organization.pk}/keep/")
    assert Organization.objects.get(pk=other_cast.organization.pk).is_open
    assert Deletion.objects.get().cancelled_by.startswith("Operator <operator@")


def test_a_sign_up_can_be_dropped(waiting, operating):
    operating.post(f"/operator/sign-ups/{SignUp.objects.get().pk}/drop/")
    assert not SignUp.objects.exists()
    assert OperatorAction.objects.get().details["email"] == "w@x.example"


def test_the_application_cannot_rewrite_what_operators_did(waiting, operating):
    operating.post(f"/operator/organizations/{waiting.organization.pk}/suspend/", {"reason": "x"})
    for change in (
        lambda: OperatorAction.objects.update(by_email="somebody"),
        lambda: OperatorAction.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_without_a_token_nothing_is_done(cast, operator):
    client = Client(enforce_csrf_checks=True)
    client.cookies = operate(operator).cookies
    answer = client.post(
        f"/operator/organizations/{cast.organization.pk}/suspend/", {"reason": "x"}
    )
    assert answer.status_code == 403
    assert Organization.objects.get().is_open


def test_health_says_when_nothing_works(operating, settings):
    settings.LIVE_REDIS_URL = "redis://127.0.0.1:1"
    page = operating.get("/operator/health/").content.decode()
    assert "does not answer" in page
    assert "not heard of yet" in page
