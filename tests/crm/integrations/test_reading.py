"""What programs send that is no request, and how they are told."""

import pytest
from django.test import Client

from crm.integrations.reading import LARGEST_BODY
from tests.support.programs import problem_of

HALF = '{"company_name": "\\ud800"}'
UNREADABLE = [
    (" ", 400, "malformed"),
    ("{", 400, "malformed"),
    ("[]", 400, "malformed"),
    ('"text"', 400, "malformed"),
    ('{"a": 1, "a": 2}', 400, "malformed"),
    ('{"company_name": NaN}', 400, "malformed"),
    ("[" * 100_000, 400, "malformed"),
    (HALF, 400, "malformed"),
    ("上海".encode("gb18030"), 400, "malformed"),
    ("﻿{}".encode(), 400, "malformed"),
    ("x" * (LARGEST_BODY + 1), 413, "too-large"),
    ("x" * (3 * 1024 * 1024), 413, "too-large"),
    ('{"company_name": "a\\u0000b"}', 422, "invalid"),
    ('{"company_name": null}', 422, "invalid"),
    ('{"company_name": 5}', 422, "invalid"),
    ('{"company_name": ["a"]}', 422, "invalid"),
    ('{"company_name": "   "}', 422, "invalid"),
    ('{"company_name": "a", "channel": "phone"}', 422, "invalid"),
    ('{"company_name": "a", "collision": "yes"}', 422, "invalid"),
    ('{"company_name": "a", "owner_id": 1e400}', 422, "invalid"),
    ('{"company_name": "a", "owner_id": true}', 422, "invalid"),
    ('{"company_name": "a", "owner_id": "7"}', 422, "invalid"),
    ('{"company_name": "a", "owner_id": ' + "9" * 5000 + "}", 400, "malformed"),
    ('{"company_name": "a", "owner_id": 99999999999999999999}', 422, "invalid"),
]
QUERIES = [
    ("?bogus=1", 422),
    ("?limit=0", 422),
    ("?limit=1000", 422),
    ("?limit=x", 422),
    ("?cursor=x", 422),
    ("?cursor=bnVsbA", 422),
    ("?cursor=W251bGwsICIxIl0", 422),
    ("?status=nothing", 422),
    ("?owner=somebody", 422),
    ("?owner=99999999999999999999999", 422),
    ("?department=99999999999999999999999", 422),
    ("?updated_since=yesterday", 422),
    ("?updated_since=2026-11-01T00:00:00", 422),
    ("?updated_since=2026-11-01T00:00:00%2B20:00", 200),
    ("?updated_since=9999-12-31T23:59:59-12:00", 422),
    ("?updated_since=0001-01-01T00:00:00%2B12:00", 422),
    ("?search=a%00b", 400),
    ("?search=%ff", 200),
    ("?status=new&status=contacted&owner=me&search=%E5%90%8C", 200),
]


def test_what_cannot_be_read(cast, program):
    robot = program(cast.marketing)
    for body, status, name in UNREADABLE:
        answer = robot.post("/leads", body)
        assert (answer.status_code, problem_of(answer)) == (status, name), body[:40]


def test_a_number_without_end_is_told_in_our_words(cast, program):
    answer = program(cast.marketing).post("/leads", '{"owner_id": ' + "9" * 5000 + "}")
    assert answer.json()["detail"] == "A number has too many digits."


def test_fields_are_named_each_with_its_reason(cast, program):
    body = {"bogus": 1, "phone": 5, "collision": {"reason": 3}, "company_name": "甲" * 201}
    told = program(cast.agent).post("/leads", body).json()
    assert {one["field"] for one in told["errors"]} == {
        "bogus", "phone", "collision.reason", "company_name",
    }  # fmt: skip
    told = program(cast.agent).post("/leads", {"company_name": "甲", "email": "x"}).json()
    assert [one["field"] for one in told["errors"]] == ["email"]


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "x"],
)
def test_other_kinds_of_content_are_refused(cast, program, kind):
    secret = program(cast.agent).secret
    answer = Client().post(
        "/acme/api/v1/leads",
        data="{}",
        content_type=kind,
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert (answer.status_code, problem_of(answer)) == (415, "not-json")


def test_queries(cast, program):
    agent = program(cast.agent)
    for query, status in QUERIES:
        assert agent.get(f"/leads{query}").status_code == status, query


def test_methods_that_are_not_there(cast, program):
    agent = program(cast.agent)
    for method in ("delete", "put", "head", "options"):
        assert agent.send(method, "/leads").status_code == 405, method
    answer = agent.send("delete", "/leads")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


@pytest.mark.parametrize("path", ["/", "/leads/0", "/leads/99999999999999999999", "/leads/-1"])
def test_numbers_of_nobody(cast, program, path):
    assert program(cast.agent).get(path).status_code == 404
