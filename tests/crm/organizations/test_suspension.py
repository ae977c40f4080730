"""Suspended means: nothing works, at once, and nothing is lost."""

import json

import pytest
from django.urls import reverse

from crm import jobs
from crm.audit.models import OperationLog
from crm.jobs import services as job_services
from crm.jobs.models import Job, JobState
from crm.organizations.models import OperatorAction
from crm.organizations.services import lifecycle
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.web import live


@pytest.fixture
def suspended(cast, operator):
    lifecycle.suspend(cast.organization.pk, by=operator, reason="Bill <b>unpaid</b>")
    return cast


def test_it_takes_effect_at_once_though_the_address_is_remembered(cast, operator, sign_in):
    client = sign_in(cast.agent)
    assert client.get("/acme/leads/").status_code == 200
    lifecycle.suspend(cast.organization.pk, by=operator, reason="Bill unpaid")
    page = client.get("/acme/leads/")
    assert page.status_code == 403
    assert "Bill unpaid" in page.content.decode()
    lifecycle.reactivate(cast.organization.pk, by=operator)
    assert client.get("/acme/leads/").status_code == 200


def test_members_read_why_and_strangers_learn_nothing(suspended, other_cast, sign_in, client):
    page = sign_in(suspended.agent).get("/acme/")
    assert "Bill &lt;b&gt;unpaid&lt;/b&gt;" in page.content.decode()
    assert sign_in(other_cast.owner).get("/acme/").status_code == 404
    assert client.get("/acme/").status_code == 302


def test_nothing_can_be_posted_and_no_stream_opens(suspended, sign_in):
    client = sign_in(suspended.owner)
    assert client.post("/acme/organization/", {"name": "x"}).status_code == 403
    assert client.get("/acme/live/").status_code == 403
    fragment = client.get("/acme/leads/", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/acme/"


def test_no_job_runs_until_it_is_open_again(cast, operator):
    with tenant_context(cast.organization.pk):
        job = jobs.enqueue("leads.assign_leads", lead_ids=[])
    lifecycle.suspend(cast.organization.pk, by=operator, reason="x")
    assert not job_services.run(cast.organization.pk, job.pk)
    with tenant_context(cast.organization.pk):
        Job.objects.update(run_after="2020-01-01T00:00Z")
        assert Job.objects.get().state == JobState.QUEUED
    assert job_services.sweep() == 0
    lifecycle.reactivate(cast.organization.pk, by=operator)
    assert job_services.sweep() == 1
    assert job_services.run(cast.organization.pk, job.pk)


def test_nobody_enters_through_its_sign_in_provider(cast, operator, client):
    door = reverse("signin_enter", args=["acme"])
    assert client.get(door).status_code != 404
    lifecycle.suspend(cast.organization.pk, by=operator, reason="x")
    assert client.get(door).status_code == 404
    assert client.get("/accounts/login/?next=/acme/").status_code == 200


def test_open_streams_end(cast, operator, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(live, "_send", lambda name, message: sent.append((name, message)))
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.suspend(cast.organization.pk, by=operator, reason="x")
    name, message = sent[-1]
    assert name == f"live:{cast.organization.pk}:everybody"
    assert json.loads(message)["event"] == live.END


def test_both_logs_say_so(suspended, operator):
    action = OperatorAction.objects.get()
    assert (action.by_email, action.action) == (operator.email, "organization.suspended")
    with tenant_context(suspended.organization.pk):
        assert OperationLog.objects.filter(action="organization.suspended").count() == 1


def test_twice_is_refused(suspended, operator):
    with pytest.raises(lifecycle.NotPossible):
        lifecycle.suspend(suspended.organization.pk, by=operator, reason="again")


def test_the_switcher_shows_it_and_home_avoids_it(suspended, sign_in):
    client = sign_in(suspended.agent)
    assert client.get("/").headers["Location"] == "/switch/"
    assert "Suspended" in client.get("/switch/").content.decode()
    assert Organization.objects.get().suspension_reason
