"""Addresses, strangers, transactions: what a request may meet."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.people.models import Department, Member, User
from crm.people.selectors import organizations_of
from crm.people.services import AddressTaken, create_organization
from crm.tenancy.context import tenant_context
from crm.tenancy.links import global_url, tenant_url
from crm.tenancy.middleware import TenantMiddleware, split_path


@needs(ANY_MEMBER)
def write_and_crash(request):
    Department.objects.create(name="half-done")
    raise RuntimeError("crash")


def plain_error(request):
    return HttpResponse("sorry", status=500)


@needs(ANY_MEMBER)
def write(request):
    Department.objects.create(name="done")
    return HttpResponse("ok")


urlpatterns = [path("crash/", write_and_crash), path("write/", write)]
handler500 = "tests.crm.tenancy.test_middleware.plain_error"


@pytest.mark.parametrize(
    ("given", "split"),
    [
        ("/acme/leads/", ("acme", "/leads/")),
        ("/acme/", ("acme", "/")),
        ("/acme", ("acme", "")),
        ("/accounts/login/", ("", "/accounts/login/")),
        ("/static/x.css", ("", "/static/x.css")),
        ("/", ("", "/")),
    ],
)
def test_the_first_segment_is_the_organisation(given, split):
    assert split_path(given) == split


def test_anonymous_people_sign_in_first_and_come_back(cast, client):
    response = client.get("/acme/tasks/?state=open")
    assert response.headers["Location"] == "/accounts/login/?next=/acme/tasks/%3Fstate%3Dopen"


def test_a_fragment_is_not_replaced_by_the_sign_in_page(cast, client):
    response = client.get("/acme/tasks/", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/accounts/login/"


def test_whoever_signs_in_again_is_back_on_the_page_of_the_fragment(cast, client):
    page = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/acme/leads/?q=a"}
    response = client.post("/acme/leads/", **page)
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/acme/leads/%3Fq%3Da"
    elsewhere = page | {"HTTP_HX_CURRENT_URL": "https://evil.example/acme/"}
    response = client.post("/acme/leads/", **elsewhere)
    assert response.headers["HX-Redirect"] == "/accounts/login/"


def test_strangers_and_unknown_organisations_look_alike(cast, other_cast, sign_in):
    client = sign_in(other_cast.owner)
    known, unknown = client.get("/acme/tasks/"), client.get("/nobody/tasks/")
    assert known.status_code == unknown.status_code == 404
    token = re.compile(rb"[A-Za-z0-9]{64}|/(acme|nobody)/")
    assert token.sub(b"", known.content) == token.sub(b"", unknown.content)


def test_a_member_who_left_is_a_stranger(cast, sign_in):
    client = sign_in(cast.agent)
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(is_active=False)
    assert client.get("/acme/tasks/").status_code == 404


def test_a_crashed_view_leaves_nothing_behind(cast, sign_in, settings):
    settings.TENANT_URLCONF = __name__
    client = sign_in(cast.agent)
    client.raise_request_exception = False
    assert client.get("/acme/crash/").status_code == 500
    assert client.get("/acme/write/").status_code == 200
    with tenant_context(cast.organization.id):
        names = set(Department.objects.values_list("name", flat=True))
    assert "done" in names
    assert "half-done" not in names


@pytest.mark.slow
def test_an_open_stream_holds_no_connection(cast_committed):
    async def events():
        yield "data: x\n\n"

    def answer(request):
        assert connection.connection is not None
        return StreamingHttpResponse(events(), content_type="text/event-stream")

    request = RequestFactory().get("/acme/live/")
    request.user = User.objects.get(pk=cast_committed.agent.user_id)
    request.session = {}
    TenantMiddleware(answer)(request)
    assert connection.connection is None


def test_addresses_inside_and_outside_a_tenant(cast):
    assert tenant_url(cast.organization, "teamwork:tasks") == "/acme/tasks/"
    with tenant_context(cast.organization.id):
        assert global_url("account_login") == "/accounts/login/"


def test_a_person_finds_their_own_organisations_and_no_others(cast, other_cast):
    user = User.objects.get(pk=cast.agent.user_id)
    assert organizations_of(user) == [cast.organization]


@pytest.mark.parametrize("slug", ["accounts", "static", "acme"])
def test_reserved_and_taken_addresses_are_refused(cast, slug):
    with pytest.raises(AddressTaken):
        create_organization(slug=slug, name="x")


def test_signing_in_leads_to_the_only_organisation(cast):
    client = Client()
    response = client.post(
        "/accounts/login/", {"login": "agent@acme.test", "password": "long-enough-to-pass-9"}
    )
    assert response.headers["Location"] == "/acme/"


def test_signing_in_never_leads_elsewhere(cast):
    client = Client()
    response = client.post(
        "/accounts/login/?next=https://evil.example/",
        {"login": "agent@acme.test", "password": "long-enough-to-pass-9", "next": "//evil.example"},
    )
    assert response.headers["Location"] == "/acme/"


def test_the_language_choice_never_leads_elsewhere(cast, sign_in):
    response = sign_in(cast.agent).post(
        "/i18n/language/", {"language": "zh-hans", "next": "https://evil.example/"}
    )
    assert response.headers["Location"] == "/"
    assert User.objects.get(pk=cast.agent.user_id).language == "zh-hans"


def test_nobody_signs_up_uninvited(db, client):
    response = client.post(
        "/accounts/signup/",
        {"email": "x@x.test", "password1": "long-enough-9", "password2": "long-enough-9"},
    )
    assert response.status_code == 200
    assert not User.objects.filter(email="x@x.test").exists()


def test_pages_speak_the_persons_language(cast, sign_in):
    client = sign_in(cast.agent, language="zh-hans")
    response = client.get("/acme/tasks/")
    assert response.headers["Content-Language"] == "zh-hans"
    assert "任务" in response.content.decode()


def test_the_security_policy_allows_no_inline_script(cast, sign_in):
    policy = sign_in(cast.agent).get("/acme/tasks/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
