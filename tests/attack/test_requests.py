"""Addresses, dates and failures that somebody made up or that time makes."""

from datetime import datetime

import pytest
from django.db import OperationalError
from django.test import Client

from crm.tenancy.context import tenant_context
from crm.web.views import shell
from leads.models import Lead


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "///evil.example", "//acme"])
def test_the_missing_slash_is_never_added_on_another_site(path, cast, sign_in):
    answer = sign_in(cast.agent).get("/", PATH_INFO=path)
    target = answer.headers.get("Location", "/")
    assert not target.startswith(("//", "/\\", "http"))


def test_a_busy_database_is_said_to_be_busy(cast, sign_in, monkeypatch):
    def busy(member, text):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(shell.search, "find", busy)
    browser = sign_in(cast.agent)
    browser.raise_request_exception = False
    answer = browser.get("/acme/search/?q=x")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "0002-03-04T10:00", "9999-12-31T23:59"])
def test_a_year_typed_halfway_is_not_kept(typed, cast, sign_in):
    with tenant_context(cast.organization.id):
        lead = Lead.objects.create(
            number="L-1", company_name="x", owner=cast.agent, department=cast.agent.department
        )
    browser = sign_in(cast.agent)
    posted = {"version": lead.version, "next_step": "call", "next_step_at": typed}
    answer = browser.post(f"/acme/leads/{lead.pk}/edit/?only=next_step", posted)
    assert answer.status_code == 422
    posted = {"kind": "call", "content": "x", "outcome": "interested", "next_step": "y",
              "next_step_at": typed}  # fmt: skip
    assert browser.post(f"/acme/leads/{lead.pk}/follow-up/", posted).status_code == 422
    with tenant_context(cast.organization.id):
        assert not isinstance(Lead.objects.get().next_step_at, datetime)


def test_a_form_from_elsewhere_is_refused_in_our_own_words(cast):
    browser = Client(enforce_csrf_checks=True)
    user = cast.agent.user
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post("/acme/look/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "同舟".encode() in answer.content
