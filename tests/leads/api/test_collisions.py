"""A known client entered by program: the same check, the same cards, the same case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.tenancy.context import acting_as, tenant_context
from leads.models import (
    CollisionCase,
    CollisionRecord,
    CollisionRule,
    CollisionSettings,
    Lead,
    Touch,
)
from leads.services.customers import create_customer
from leads.services.protection import protect_customer
from tests.leads.records.conftest import COMPANY, SECRETS
from tests.support.at_once import wait_until_alone
from tests.support.programs import problem_of, program_of

SAME = {"company_name": COMPANY}
REASON = {"collision": {"reason": "展会上认识，客户找我"}}
HTMX = {"HX-Request": "true"}


def cases(cast):
    with tenant_context(cast.organization.id):
        return list(CollisionCase.objects.order_by("pk"))


def test_a_colleagues_client_is_refused_without_a_reason(cast, program, known):
    answer = program(cast.northerner).post("/leads", SAME)
    assert (answer.status_code, problem_of(answer)) == (409, "known-client")
    told = answer.json()
    assert told["asks"] == "reason"
    (card,) = told["cards"]
    assert (card["owner"], card["is_visible"], card["id"], card["url"]) == ("王磊", False, None, "")
    assert cases(cast) == []
    with tenant_context(cast.organization.id):
        assert Lead.objects.count() == 1
        touch = Touch.objects.get(channel="api")
        assert (touch.outcome, touch.outcome_reason) == ("rejected", "known")


def test_a_reason_opens_the_case_and_says_which(cast, program, known):
    answer = program(cast.northerner).post("/leads", SAME | REASON)
    assert answer.status_code == 201
    (case,) = cases(cast)
    told = answer.json()["collision_case"]
    assert told["number"] == case.number
    assert told["url"].endswith(f"/acme/collisions/{case.pk}/")
    assert case.origin == "api"
    with tenant_context(cast.organization.id):
        record = CollisionRecord.objects.get(case=case, is_held=False)
        assert (record.origin, record.record_id) == ("api", answer.json()["id"])
        assert Touch.objects.filter(channel="api", outcome="collided").count() == 1


def test_the_next_one_joins_it(cast, program, known):
    program(cast.northerner).post("/leads", SAME | REASON)
    told = program(cast.colleague).post("/leads", SAME | REASON).json()
    (case,) = cases(cast)
    assert told["collision_case"]["number"] == case.number


def test_ones_own_client_asks_to_look_and_confirm(cast, program, known):
    agent = program(cast.agent)
    told = agent.post("/leads", SAME).json()
    assert (told["asks"], told["is_own"]) == ("confirmation", True)
    assert told["cards"][0]["id"] == known.pk
    wrong = agent.post("/leads", SAME | {"collision": {"confirmed": ["0" * 20]}})
    assert wrong.status_code == 409
    going_on = {"collision": {"confirmed": told["confirm"]}}
    answer = agent.post("/leads", SAME | going_on)
    assert answer.status_code == 201
    assert answer.json()["collision_case"] is None


def test_marks_are_each_members_own(cast, program, known):
    with tenant_context(cast.organization.id):
        CollisionRule.objects.create(
            name="ask", position=0, effect="warn",
            conditions=[{"field": "company", "op": "exact"}],
        )  # fmt: skip
    first = program(cast.northerner).post("/leads", SAME).json()
    assert first["asks"] == "confirmation"
    going_on = SAME | {"collision": {"confirmed": first["confirm"]}}
    assert program(cast.colleague).post("/leads", going_on).status_code == 409
    assert program(cast.northerner).post("/leads", going_on).status_code == 201


@pytest.mark.parametrize(("channels", "status"), [(["api"], 409), (["phone"], 201)])
def test_rules_for_the_channel_hold(cast, program, known, channels, status):
    with tenant_context(cast.organization.id):
        CollisionRule.objects.create(
            name="never", position=0, effect="refuse", channels=channels,
            conditions=[{"field": "company", "op": "exact"}],
        )  # fmt: skip
    answer = program(cast.northerner).post("/leads", SAME | REASON)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["asks"] == "nothing"
        assert "never" in answer.json()["detail"]


def form_card(cast, sign_in, typed):
    """What the form shows for the same, as a person reads it."""
    cache.clear()
    page = sign_in(cast.northerner).post("/acme/leads/new/", typed | {"channel": "phone"})
    html = page.content.decode()
    return html[html.index("tz-similar-cards") :].partition("</ul>")[0]


@pytest.mark.parametrize(
    "typed",
    [
        {"company_name": COMPANY},
        {"company_name": "同光精密"},
        {"company_name": "别的公司", "phone": SECRETS["phone"]},
        {"company_name": "别的公司", "email": SECRETS["email"]},
        {"company_name": "别的公司", "credit_code": SECRETS["credit_code"]},
    ],
)
@pytest.mark.parametrize("way", ["/leads", "/identity/check"])
def test_the_cards_say_what_the_forms_say_and_nothing_more(
    cast, sign_in, program, known, typed, way
):
    answer = program(cast.northerner).post(way, typed)
    cards = answer.json().get("cards", [])
    if not cards:
        pytest.skip("no collision by this alone")
    (card,) = cards
    text = answer.content.decode()
    for secret in ("李敏", known.number, *SECRETS.values()):
        assert secret not in text.replace(card["ask"], "")
    assert f"/leads/{known.pk}" not in text
    html = form_card(cast, sign_in, typed) if way == "/leads" else ""
    for name in ("title", "owner", "status", "band") if html else ():
        assert card[name] in html, name
    assert (not html) or all(words in html for words in card["reasons"])
    hidden = {"id": None, "number": "", "url": "", "is_visible": False}
    assert {name: card[name] for name in hidden} == hidden
    assert set(card) == {
        "kind", "title", "owner", "has_owner", "status", "band", "last_contact", "verdict",
        "reasons", "is_visible", "mark", "ask", "id", "number", "url",
    }  # fmt: skip


def test_what_a_card_may_not_show_a_program_is_not_told(cast, program, known):
    with tenant_context(cast.organization.id):
        CollisionSettings.objects.create(card_shows=[])
    (card,) = program(cast.northerner).post("/leads", SAME).json()["cards"]
    assert (card["owner"], card["status"], card["band"]) == ("", "", "")
    assert card["last_contact"] is None
    assert card["has_owner"] is True


def test_look_ups_are_counted_with_those_of_the_form(cast, sign_in, program, known):
    with tenant_context(cast.organization.id):
        CollisionSettings.objects.create(lookups_per_minute=2)
    form, robot = sign_in(cast.northerner), program(cast.northerner)
    form.post("/acme/leads/similar/", SAME, headers=HTMX)
    assert robot.post("/identity/check", SAME).status_code == 200
    answer = robot.post("/identity/check", SAME)
    assert (answer.status_code, problem_of(answer)) == (429, "too-many-lookups")
    assert int(answer.headers["Retry-After"]) == 60
    refused = robot.post("/leads", SAME)
    assert (refused.status_code, refused.json()["cards"]) == (409, [])
    assert refused.json()["is_paused"] is True
    other = program_of(cast, cast.northerner)
    assert other.post("/identity/check", SAME).status_code == 429


def test_a_days_look_ups_end_at_midnight(cast, program, known):
    with tenant_context(cast.organization.id):
        CollisionSettings.objects.create(lookups_per_day=1, lookups_per_minute=60)
    robot = program(cast.northerner)
    robot.post("/identity/check", SAME)
    answer = robot.post("/identity/check", SAME)
    assert answer.status_code == 429
    assert 60 < int(answer.headers["Retry-After"]) <= 86_400


def test_who_was_shown_is_logged_never_what_was_typed(cast, program, known):
    program(cast.northerner).post("/identity/check", SAME | {"phone": SECRETS["phone"]})
    with tenant_context(cast.organization.id):
        line = OperationLog.objects.get(action="identity.looked_up")
        assert line.details["hidden"] == [["lead", known.pk]]
        assert "token" in line.details
        assert COMPANY not in str(line.details)


def test_that_a_code_is_taken_counts_and_is_logged_as_a_look_up(cast, program):
    """Sent with a reason it shows no cards; it says that a hidden client is here all the same."""
    code = "91320594MA1MABCD49"
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        held = create_customer(by=cast.agent, name=COMPANY, credit_code=code)
        CollisionSettings.objects.create(lookups_per_minute=1)
    robot = program(cast.northerner)
    answer = robot.post("/customers", {"name": "完全不同的公司", "credit_code": code} | REASON)
    assert (answer.status_code, problem_of(answer)) == (409, "refused")
    with tenant_context(cast.organization.id):
        line = OperationLog.objects.get(action="identity.looked_up")
    assert line.details["hidden"] == [["customer", held.pk]]
    assert robot.post("/identity/check", SAME).status_code == 429


def test_the_record_being_edited_is_left_out_only_if_one_sees_it(cast, program, known):
    own = {**SAME, "leaving_out": f"lead:{known.pk}"}
    assert program(cast.agent).post("/identity/check", own).json()["cards"] == []
    assert len(program(cast.northerner).post("/identity/check", own).json()["cards"]) == 1


def test_the_owner_behind_a_card_can_be_asked(cast, program, known):
    robot = program(cast.northerner)
    (card,) = robot.post("/identity/check", SAME).json()["cards"]
    answer = robot.post("/identity/ask", {"ask": card["ask"]})
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    assert robot.post("/identity/ask", {"ask": card["ask"]}).json()["id"] == answer.json()["id"]
    assert program(cast.colleague).post("/identity/ask", {"ask": card["ask"]}).status_code == 404
    assert robot.post("/identity/ask", {"ask": "x"}).status_code == 404


def test_asking_needs_what_a_share_would_open(cast, program, known):
    (card,) = program(cast.northerner).post("/identity/check", SAME).json()["cards"]
    narrow = program(cast.northerner, permissions=["leads.create_lead"])
    assert narrow.post("/identity/check", SAME).json()["cards"][0]["ask"] == ""
    answer = narrow.post("/identity/ask", {"ask": card["ask"]})
    assert (answer.status_code, problem_of(answer)) == (403, "not-allowed")
    assert answer.json()["permission"] == "leads.view_lead"


def test_asking_counts_with_the_look_ups_of_the_pages(cast, program, known):
    robot = program(cast.northerner)
    (card,) = robot.post("/identity/check", SAME).json()["cards"]
    with tenant_context(cast.organization.id):
        CollisionSettings.objects.update_or_create(defaults={"lookups_per_minute": 2})
    assert robot.post("/identity/ask", {"ask": card["ask"]}).status_code == 201
    answer = robot.post("/identity/ask", {"ask": card["ask"]})
    assert (answer.status_code, problem_of(answer)) == (429, "too-many-lookups")


def test_a_telling_change_asks_like_an_entry(cast, program, known):
    robot = program(cast.northerner)
    mine = robot.post("/leads", {"company_name": "北京别家贸易有限公司"}).json()
    change = {"version": 1, "company_name": COMPANY}
    answer = robot.patch(f"/leads/{mine['id']}", change)
    assert (answer.status_code, problem_of(answer)) == (409, "known-client")
    told = robot.patch(f"/leads/{mine['id']}", change | REASON).json()
    assert told["collision_case"]["number"] == cases(cast)[0].number


def test_customers_are_checked_the_same_way(cast, program, known):
    robot = program(cast.northerner)
    answer = robot.post("/customers", {"name": COMPANY})
    assert (answer.status_code, answer.json()["asks"]) == (409, "reason")
    told = robot.post("/customers", {"name": COMPANY} | REASON).json()
    assert told["collision_case"]["number"] == cases(cast)[0].number
    assert cases(cast)[0].origin == "api"


def test_a_protected_customers_duplicate_is_locked(cast, program):
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        held = create_customer(by=cast.agent, name=COMPANY)
    robot = program(cast.northerner)
    mine = robot.post("/customers", {"name": COMPANY} | REASON).json()
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        until = timezone.localdate() + timedelta(days=9)
        protect_customer(customer_id=held.pk, by=cast.agent, until=until, reason="框架")
    change = robot.patch(f"/customers/{mine['id']}", {"version": 1, "city": "x"})
    assert (change.status_code, problem_of(change)) == (409, "protected-client")
    follow = robot.post(f"/customers/{mine['id']}/follow-ups", {"content": "x"})
    assert (follow.status_code, problem_of(follow)) == (409, "protected-client")
    assert change.json()["case_url"].endswith(f"/collisions/{cases(cast)[0].pk}/")


@pytest.mark.slow
def test_several_at_once_come_out_as_one_owner_and_one_case(cast_committed):
    cast = cast_committed
    members = [cast.agent, cast.colleague, cast.northerner, cast.manager]
    programs = [program_of(cast, member) for member in members]
    barrier = Barrier(4)

    def send(program):
        try:
            barrier.wait()
            return program.post("/leads", SAME | REASON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, programs))
    wait_until_alone()
    assert [one.status_code for one in answers] == [201] * 4
    told = [one.json()["collision_case"] for one in answers]
    assert sum(one is None for one in told) == 1
    assert len({one["number"] for one in told if one}) == 1
    assert len(cases(cast)) == 1
