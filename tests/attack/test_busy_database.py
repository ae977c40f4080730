"""Somebody else holds what one needs: one is told, keeps what one typed, and nothing is saved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection

from crm.people.models import Member
from crm.tenancy.context import acting_as, tenant_context
from leads.models import Lead
from leads.services import entering
from leads.services.leads import create_lead
from leads.views import leads as views
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import wait_until_alone
from tests.support.cast import Cast
from tests.support.programs import program_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]
TYPED = "李经理 & 王工"


@pytest.fixture
def held(cast_committed) -> Cast:
    cast = cast_committed
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        for number in (1, 2):
            cast.members[f"lead{number}"] = create_lead(
                by=cast.agent, owner=cast.agent, company_name=f"第{number}家{COMPANY}"
            )
    return cast


@pytest.fixture
def impatient() -> Iterator[Callable[[str], None]]:
    """`impatient("lock_timeout")`: this connection waits no longer than a moment."""
    names: list[str] = []

    def wait_briefly(name: str) -> None:
        names.append(name)
        with connection.cursor() as cursor:
            cursor.execute(f"SET {name} = '200ms'")

    yield wait_briefly
    connection.close()


@contextmanager
def beside(
    cast: Cast, take: Callable[[], None], then: Callable[[], None] | None = None
) -> Iterator[None]:
    """Another connection has taken something, and keeps it until the block ends."""
    has_taken, is_over = Event(), Event()

    def hold() -> None:
        try:
            with tenant_context(cast.organization.id):
                take()
                has_taken.set()
                if then is not None:
                    then()
                is_over.wait(20)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert has_taken.wait(20)
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        wait_until_alone()


@contextmanager
def holding(cast: Cast, *records: Lead, then: Event | None = None) -> Iterator[None]:
    """Another connection locks the first; after `then` it wants the others, in their order."""

    def take(*wanted: Lead) -> None:
        for record in wanted:
            Lead.objects.select_for_update().get(pk=record.pk)

    def want_the_others(signal: Event) -> None:
        signal.wait(20)
        sleep(0.4)  # who waits first looks first whether all wait in a circle
        take(*records[1:])

    after = None if then is None else partial(want_the_others, then)
    with beside(cast, partial(take, records[0]), after):
        yield


def edited(lead: Lead, **more: str) -> dict[str, str]:
    return {"version": str(lead.version), "contact_name": TYPED, **more}


def unchanged(cast: Cast, lead: Lead) -> bool:
    with tenant_context(cast.organization.id):
        return Lead.objects.get(pk=lead.pk).contact_name == ""


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_a_form_comes_back_with_what_was_typed(held, sign_in, impatient, limit):
    lead: Lead = held.members["lead1"]
    address = f"/acme/leads/{lead.pk}/edit/?only=contact_name"
    browser = sign_in(held.agent)
    browser.raise_request_exception = False
    impatient(limit)
    with holding(held, lead):
        answer = browser.post(address, edited(lead))
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was saved" in page
    assert 'value="李经理 &amp; 王工"' in page
    assert f'action="{address}"' in page
    assert unchanged(held, lead)
    assert browser.post(address, edited(lead)).status_code == 302


def test_a_form_in_a_page_stays_and_says_why(held, sign_in, impatient):
    lead: Lead = held.members["lead1"]
    browser = sign_in(held.agent)
    browser.raise_request_exception = False
    impatient("lock_timeout")
    with holding(held, lead):
        answer = browser.post(
            f"/acme/leads/{lead.pk}/edit/?only=contact_name",
            edited(lead),
            headers={"HX-Request": "true", "HX-Target": "form-lead"},
        )
    assert answer.status_code == 503
    assert answer.content == b""
    assert "Nothing was saved" in answer.headers["HX-Trigger"]
    assert unchanged(held, lead)


def test_of_two_who_wait_for_each_other_one_is_told(held, sign_in, monkeypatch):
    first, second = held.members["lead1"], held.members["lead2"]
    has_own = Event()

    def crosswise(*, lead_id: int, by: Member, **_facts: object) -> None:
        Lead.objects.select_for_update().get(pk=second.pk)
        Lead.objects.filter(pk=second.pk).update(contact_name="half done")
        has_own.set()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
        Lead.objects.select_for_update().get(pk=first.pk)

    monkeypatch.setattr(views.services, "update_lead", crosswise)
    browser = sign_in(held.agent)
    browser.raise_request_exception = False
    with holding(held, first, second, then=has_own):
        answer = browser.post(f"/acme/leads/{first.pk}/edit/?only=contact_name", edited(first))
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.content.decode()
    assert unchanged(held, second)


def test_a_chinese_reader_is_told_in_chinese(held, sign_in, impatient):
    lead: Lead = held.members["lead1"]
    browser = sign_in(held.agent, language="zh-hans")
    browser.raise_request_exception = False
    impatient("statement_timeout")
    with holding(held, lead):
        answer = browser.post(f"/acme/leads/{lead.pk}/edit/?only=contact_name", edited(lead))
    assert "再试一次" in answer.content.decode()
    assert "Nothing" not in answer.content.decode()


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_a_program_is_told_to_come_again_under_the_same_key(held, impatient, limit):
    lead: Lead = held.members["lead1"]
    program = program_of(held, held.agent)
    change = {"contact_name": TYPED, "version": lead.version}
    impatient(limit)
    with holding(held, lead):
        answer = program.patch(f"/leads/{lead.pk}", change)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "urn:tongzhou:problem:busy"
    assert unchanged(held, lead)
    assert program.patch(f"/leads/{lead.pk}", change).status_code == 200


def test_a_program_whose_turn_does_not_come_may_use_its_key_again(held, monkeypatch):
    program = program_of(held, held.agent)
    body = {"company_name": COMPANY}
    with monkeypatch.context() as patch:
        patch.setattr(entering, "ENTRY_WAIT", "100ms")
        with beside(held, entering.hold_all_entries):
            answer = program.post("/leads", body, idempotency_key="k1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "urn:tongzhou:problem:busy"
    assert program.post("/leads", body, idempotency_key="k1").status_code in (201, 409)


def test_a_button_says_so_too(held, sign_in, impatient):
    lead: Lead = held.members["lead1"]
    browser = sign_in(held.agent)
    browser.raise_request_exception = False
    impatient("lock_timeout")
    with holding(held, lead):
        answer = browser.post(
            f"/acme/leads/{lead.pk}/mark/contacted/", headers={"HX-Request": "true"}
        )
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.headers["HX-Trigger"]
