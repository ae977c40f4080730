"""Idempotency keys: a request that is sent again acts once and is answered alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from crm.integrations.models import StoredAnswer
from crm.integrations.repeats import sweep_all
from crm.tenancy.context import tenant_context
from leads.models import CollisionCase, Lead, Touch
from tests.support.at_once import wait_until_alone
from tests.support.programs import problem_of, program_of

LEAD = {"company_name": "上海华信科技有限公司", "phone": "13800138000"}
OTHER = {"company_name": "杭州云帆软件有限公司"}


def count(cast, model=Lead):
    with tenant_context(cast.organization.id):
        return model.objects.count()


def test_the_same_request_gets_the_same_answer(cast, program):
    agent = program(cast.agent)
    first = agent.post("/leads", LEAD, idempotency_key="a")
    again = agent.post("/leads", LEAD, idempotency_key="a")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert count(cast) == 1
    assert count(cast, Touch) == 1


def test_without_a_key_every_request_acts(cast, program):
    agent = program(cast.agent)
    assert agent.post("/leads", LEAD).status_code == 201
    assert agent.post("/leads", LEAD).status_code == 409


def test_another_request_under_the_key_is_refused(cast, program):
    agent = program(cast.agent)
    agent.post("/leads", LEAD, idempotency_key="a")
    for path, body in (("/leads", OTHER), ("/customers", {"name": "杭州云帆软件有限公司"})):
        answer = agent.post(path, body, idempotency_key="a")
        assert (answer.status_code, problem_of(answer)) == (422, "key-reused")
    assert count(cast) == 1


def test_keys_are_each_tokens_own(cast, program):
    program(cast.agent).post("/leads", LEAD, idempotency_key="a")
    assert program(cast.agent).post("/leads", OTHER, idempotency_key="a").status_code == 201


def test_a_refused_form_may_be_sent_again_corrected(cast, program):
    agent = program(cast.agent)
    assert agent.post("/leads", {"email": "x"}, idempotency_key="a").status_code == 422
    assert count(cast, StoredAnswer) == 0
    assert agent.post("/leads", LEAD, idempotency_key="a").status_code == 201


def test_a_collision_is_an_answer_like_any_other(cast, program):
    program(cast.colleague).post("/leads", LEAD)
    agent = program(cast.agent)
    first = agent.post("/leads", LEAD, idempotency_key="a")
    again = agent.post("/leads", LEAD, idempotency_key="a")
    assert first.status_code == again.status_code == 409
    assert first.content == again.content
    assert again.headers["Content-Type"] == "application/problem+json"


def test_what_is_kept_cannot_be_read_in_the_database(cast, program):
    program(cast.agent).post("/leads", LEAD, idempotency_key="a")
    with tenant_context(cast.organization.id), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM integrations_storedanswer")
        assert "华信" not in str(cursor.fetchall())


def test_keys_that_are_none(cast, program):
    agent = program(cast.agent)
    for key in ("", " ", "x" * 256, "密钥", "a\tb"):
        answer = agent.post("/leads", LEAD, idempotency_key=key)
        assert (answer.status_code, problem_of(answer)) == (400, "bad-key")


def test_answers_are_forgotten_after_a_day(cast, program):
    agent = program(cast.agent)
    agent.post("/leads", LEAD, idempotency_key="a")
    assert sweep_all() == 0
    with tenant_context(cast.organization.id):
        StoredAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert agent.post("/leads", OTHER, idempotency_key="a").status_code == 201
    with tenant_context(cast.organization.id):
        StoredAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert sweep_all() == 1


@pytest.mark.slow
def test_of_two_at_once_one_acts(cast_committed):
    cast, barrier = cast_committed, Barrier(4)
    programs = [program_of(cast, cast.agent)] * 4

    def send(program):
        try:
            barrier.wait()
            return program.post("/leads", LEAD, idempotency_key="a")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, programs))
    wait_until_alone()
    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.content for one in answers}) == 1
    assert count(cast) == 1
    assert count(cast, CollisionCase) == 0
