"""Who comes in by a token, who does not, and what they are told."""

import re
import time
from datetime import timedelta
from statistics import median

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.integrations import rate, services
from crm.integrations.api_urls import api
from crm.integrations.models import AccessToken
from crm.integrations.registry import api_permissions
from crm.integrations.rest import Token
from crm.people.models import Member, Role, User
from crm.people.services.activity import deactivate_member
from crm.signin.enums import SecondFactor
from crm.signin.services import change_policy
from crm.tenancy.context import acting_as, tenant_context
from tests.support.cast import add_person
from tests.support.programs import Program, problem_of, program_of

NOBODY = "987654321"


def operations():
    """Every operation: method, path that reaches it, what it asks for."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                (method,) = operation.methods
                full = f"{router.prefix}{path}".replace("{int:", "{")
                whole = "/" + full.strip("/")
                for name in ("lead_id", "customer_id", "contact_id"):
                    whole = whole.replace(f"{{{name}}}", NOBODY)
                yield method, whole, operation.auth_callbacks[0]


OPERATIONS = list(operations())


def test_every_operation_asks_for_a_permission_that_its_area_names():
    assert len(OPERATIONS) > 15
    for method, path, auth in OPERATIONS:
        assert isinstance(auth, Token), path
        assert auth.writes or method == "GET" or path == "/identity/check", path
        assert auth.permission in {*api_permissions(), "any member"}, path


def ask(program: Program, method: str, path: str):
    body = None if method == "GET" else {}
    return program.send(method.lower(), path, body)


def test_access(cast, other_cast):
    """Anonymous, stranger, revoked, expired, powerless, narrowed, reading only, and who may."""
    with tenant_context(cast.organization.id):
        Role.objects.create(code="none", name="Nothing", grants={})
        nobody = add_person(cast, "powerless", department="east", role="none")
    stranger = program_of(other_cast, other_cast.owner)
    stranger.slug = cast.organization.slug
    powerless = program_of(cast, nobody)
    narrowed = program_of(cast, cast.owner, permissions=["audit.view_log"])
    reading = program_of(cast, cast.owner, may_write=False)
    revoked, expired = program_of(cast, cast.owner), program_of(cast, cast.owner)
    may = program_of(cast, cast.owner)
    past = timezone.now() - timedelta(days=3)
    with tenant_context(cast.organization.id), acting_as(cast.owner.pk):
        services.revoke_token(token_id=revoked.token.pk, by=cast.owner)
        AccessToken.objects.filter(pk=expired.token.pk).update(
            created_at=past, expires_at=past + timedelta(days=1)
        )
    for method, path, auth in OPERATIONS:
        place = (method, path)
        anonymous = getattr(Client(), method.lower())(f"/acme/api/v1{path}")
        assert (anonymous.status_code, problem_of(anonymous)) == (401, "token-missing"), place
        assert anonymous.headers["WWW-Authenticate"] == "Bearer"
        for shut_out in (stranger, revoked, expired):
            answer = ask(shut_out, method, path)
            assert (answer.status_code, problem_of(answer)) == (401, "token-invalid"), place
        if auth.permission != "any member":
            for held_back in (powerless, narrowed):
                answer = ask(held_back, method, path)
                assert (answer.status_code, problem_of(answer)) == (403, "not-allowed"), place
        if auth.writes:
            answer = ask(reading, method, path)
            assert (answer.status_code, problem_of(answer)) == (403, "read-only"), place
        assert ask(may, method, path).status_code in {200, 404, 422}, place


def test_an_unknown_organisation_or_address_says_as_little(cast, program):
    agent = program(cast.agent)
    there = agent.get("/leads/nothing/at/all")
    assert (there.status_code, problem_of(there)) == (404, "not-found")
    agent.slug = "nobody-here"
    assert problem_of(agent.get("/leads")) == "token-invalid"
    assert Client().get("/acme/api/v1/nothing").status_code == 401


def test_a_wrong_token_costs_the_same_work_wherever_it_is_tried(cast):
    """As many statements, and times that nobody can tell apart."""
    work: dict[str, list[str]] = {}
    times: dict[str, list[float]] = {"acme": [], "nobody-here": []}
    for slug in times:
        with CaptureQueriesContext(connection) as asked:
            assert Program(slug, "tz_wrong", None).get("/me").status_code == 401
        work[slug] = [re.sub(r"_x\d+", "", one["sql"])[:24] for one in asked]
    assert work["acme"] == work["nobody-here"]
    assert len(work["acme"]) > 2
    for _turn in range(25):
        for slug, kept in times.items():
            begun = time.thread_time()
            Program(slug, "tz_wrong", None).get("/me")
            kept.append(time.thread_time() - begun)
    known, unknown = (median(kept) for kept in times.values())
    assert 0.6 < known / unknown < 1.6


def test_a_session_opens_nothing_and_no_cookie_is_set(cast, sign_in, program):
    browser = sign_in(cast.owner)
    answer = browser.get("/acme/api/v1/leads")
    assert (answer.status_code, problem_of(answer)) == (401, "token-missing")
    answer = program(cast.agent).get("/leads")
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Location" not in answer.headers


def test_another_host_is_not_answered(cast, program, settings):
    settings.ALLOWED_HOSTS = ["crm.example"]
    asked = {"Authorization": f"Bearer {program(cast.agent).secret}"}
    assert (
        Client().get("/acme/api/v1/me", headers=asked | {"Host": "crm.example"}).status_code == 200
    )
    assert (
        Client().get("/acme/api/v1/me", headers=asked | {"Host": "evil.example"}).status_code == 400
    )


def test_a_page_does_not_take_a_token(cast, program):
    secret = program(cast.owner).secret
    answer = Client().get("/acme/leads/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "header", ["", "Basic abc", "Bearer", "Bearer tz_", "Bearer 令牌", "Bearer tz_" + "x" * 5_000]
)
def test_what_is_no_token_is_refused(cast, header):
    answer = Client().get("/acme/api/v1/leads", headers={"Authorization": header})
    assert answer.status_code == 401


def test_whoever_leaves_takes_their_programs_along(cast, program):
    manager = program(cast.manager)
    assert manager.get("/me").status_code == 200
    with tenant_context(cast.organization.id), acting_as(cast.owner.pk):
        deactivate_member(member_id=cast.manager.pk, by=cast.owner)
    assert manager.get("/me").status_code == 401


def test_a_closed_account_has_no_programs(cast, program):
    agent = program(cast.agent)
    User.objects.filter(pk=cast.agent.user_id).update(is_active=False)
    assert agent.get("/me").status_code == 401


def test_what_a_role_loses_its_programs_lose_at_once(cast, program):
    agent = program(cast.agent)
    with tenant_context(cast.organization.id):
        role = Role.objects.get(code="rep")
        role.grants = {name: far for name, far in role.grants.items() if "lead" not in name}
        role.save(update_fields=["grants"])
    assert problem_of(agent.get("/leads")) == "not-allowed"


def test_a_suspended_organisation_answers_no_program(cast, program):
    agent = program(cast.agent)
    type(cast.organization).objects.filter(pk=cast.organization.pk).update(
        suspended_at=timezone.now()
    )
    answer = agent.get("/leads")
    assert (answer.status_code, problem_of(answer)) == (403, "organization-closed")


def test_programs_wait_for_a_second_factor_that_is_due(cast, program):
    manager, agent = program(cast.manager), program(cast.agent)
    terms = {"password_minimum": 10, "role_codes": ["manager"], "sso_only": False}
    with tenant_context(cast.organization.id), acting_as(cast.owner.pk):
        change_policy(second_factor=SecondFactor.ANY, grace_days=0, **terms)
    answer = manager.get("/me")
    assert (answer.status_code, problem_of(answer)) == (403, "second-factor")
    assert agent.get("/me").status_code == 200


def test_a_token_has_its_requests_a_minute(cast, program, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    agent, other = program(cast.agent), program(cast.agent)
    left = [agent.get("/me").headers["RateLimit-Remaining"] for _time in range(3)]
    assert left == ["2", "1", "0"]
    answer = agent.get("/me")
    assert (answer.status_code, problem_of(answer)) == (429, "too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert other.get("/me").status_code == 200


def test_guessing_tokens_is_stopped(cast, settings, monkeypatch):
    settings.LIMITS_ENABLED = True
    monkeypatch.setattr(rate, "GUESSES", rate.Limit("api-token", 2, 60))
    guesser = Program("acme", "tz_guess", None)
    answers = [guesser.get("/me") for _time in range(3)]
    assert [one.status_code for one in answers] == [401, 401, 429]
    assert "Retry-After" in answers[2].headers


def test_me_says_whose_token_it_is(cast, program):
    told = program(cast.marketing, permissions=["leads.view_lead"], may_write=False).get("/me")
    told = told.json()
    assert told["member"]["name"] == "吴市场"
    assert told["permissions"] == ["leads.view_lead"]
    assert told["may_write"] is False


def test_last_use_is_written_down_once_a_minute(cast, program):
    agent = program(cast.agent)
    agent.get("/me")
    with tenant_context(cast.organization.id):
        first = AccessToken.objects.get(pk=agent.token.pk).last_used_at
    agent.get("/me")
    with tenant_context(cast.organization.id):
        assert first is not None
        assert AccessToken.objects.get(pk=agent.token.pk).last_used_at == first


def test_refusals_are_told_in_the_language_asked_for(cast, program):
    agent = program(cast.agent)
    body = {"company_name": "", "bogus": 1}
    english = agent.post("/leads", body)
    agent.language = "zh-CN,zh;q=0.9"
    chinese = agent.post("/leads", body)
    assert english.headers["Content-Language"] == "en"
    assert chinese.headers["Content-Language"] == "zh-hans"
    assert english.json()["type"] == chinese.json()["type"]
    assert english.json()["title"] != chinese.json()["title"]
    own = Client().get("/acme/api/v1/me", headers={"Authorization": f"Bearer {agent.secret}"})
    assert own.headers["Content-Language"] == "zh-hans"


def test_a_crash_is_told_without_its_reason_and_leaves_nothing(cast, program, monkeypatch):
    def explode(**_facts):
        OperationLog.objects.create(action="half.done", subject_kind="")
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("leads.services.leads.create_lead", explode)
    answer = program(cast.agent).post("/leads", {"company_name": "上海华信科技有限公司"})
    assert (answer.status_code, problem_of(answer)) == (500, "our-fault")
    assert b"secret" not in answer.content
    with tenant_context(cast.organization.id):
        assert not OperationLog.objects.filter(action="half.done").exists()


def test_histories_and_the_log_name_the_token(cast, program):
    agent = program(cast.agent)
    made = agent.post("/leads", {"company_name": "上海华信科技有限公司"}).json()
    agent.patch(f"/leads/{made['id']}", {"version": 1, "city": "上海"})
    agent.get(f"/leads/{made['id']}")
    agent.get("/leads")
    with tenant_context(cast.organization.id):
        lines = OperationLog.objects.filter(member=cast.agent).order_by("id")
        told = {line.action: line.details for line in lines}
        label = agent.token.label
        for action in ("lead.created", "record.viewed", "api.listed"):
            assert told[action]["token"] == label
        assert told["record.changed"]["reason"] == f"API · {label}"
        lead = Member._meta.apps.get_model("leads.Lead").objects.get()
        assert lead.history.latest("pgh_id").pgh_context["token"] == label
        assert lead.created_by == cast.agent
