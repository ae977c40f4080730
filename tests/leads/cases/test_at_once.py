"""Two act on one client in the same moment: one owner, one case, nothing lost, nobody stuck."""

from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from threading import Event
from time import sleep
from typing import Any

import pytest

from crm.refusals import Refused
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as, tenant_context
from leads.enums import CaseState, CollisionOutcome, LeadStatus
from leads.models import (
    CollisionCase,
    CollisionDecision,
    CollisionRecord,
    CollisionSettings,
    Contact,
    Customer,
    CustomerProtection,
    Lead,
    Merge,
    Opportunity,
)
from leads.selectors.entering import collision_settings
from leads.services import case_decisions, collisions, merging
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.completion import complete_customer
from leads.services.contacts import create_contact, update_contact
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer, update_customer
from leads.services.follow_ups import log_follow_up
from leads.services.identity import index
from leads.services.leads import create_lead, invalidate_lead, reopen_lead, update_lead
from leads.services.opportunities import create_opportunity
from leads.services.protection import protect_customer
from leads.services.stages import ensure_default_stages
from tests.leads.merging.world import Graph
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once
from tests.support.cast import Cast

pytestmark = pytest.mark.slow
PHONE = "13812345678"


@pytest.fixture
def cast(cast_committed: Cast) -> Cast:
    return cast_committed


def committed(cast: Cast, call: Callable[[], Any]) -> Any:
    with tenant_context(cast.organization.id):
        return call()


def by(member: Any, call: Callable[[], Any]) -> Callable[[], Any]:
    def act() -> Any:
        with acting_as(member.pk):
            return call()

    return act


def unasked(cast: Cast, name: str, owner: Any, number: int) -> Customer:
    """A customer that came in without the check."""
    place = {"owner": owner, "department_id": owner.department_id}
    customer = Customer(name=name, number=f"C26-{number:06d}", **place)
    complete_customer(customer)
    customer.save()
    index(customer)
    return customer


def together(cast: Cast) -> list[int]:
    with tenant_context(cast.organization.id):
        (case,) = CollisionCase.objects.all()
        return sorted(CollisionRecord.objects.filter(case=case).values_list("record_id", flat=True))


def test_two_who_open_deals_with_each_others_client(cast: Cast) -> None:
    committed(cast, ensure_default_stages)
    mine = committed(cast, lambda: unasked(cast, COMPANY, cast.agent, 1))
    theirs = committed(cast, lambda: unasked(cast, COMPANY, cast.colleague, 2))

    def deal(customer: Customer, rep: Any) -> Callable[[], Any]:
        return by(rep, lambda: create_opportunity(customer_id=customer.pk, by=rep, name="x"))

    made = at_once(cast, [deal(mine, cast.agent), deal(theirs, cast.colleague)])
    assert all(isinstance(one, Opportunity) for one in made)
    assert together(cast) == [mine.pk, theirs.pk]


def test_two_deals_and_two_calls_on_one_customer(cast: Cast) -> None:
    committed(cast, ensure_default_stages)
    customer = committed(cast, lambda: unasked(cast, COMPANY, cast.agent, 1))

    def deal(rep: Any) -> Callable[[], Any]:
        return by(rep, lambda: create_opportunity(customer_id=customer.pk, by=rep, name="x"))

    def call(rep: Any) -> Callable[[], Any]:
        facts = {"kind": "call", "content": "x", "outcome": "interested"}
        return by(rep, lambda: log_follow_up(subject=customer, by=rep, **facts))

    reps = (cast.agent, cast.colleague)
    made = at_once(cast, list(chain.from_iterable((deal(rep), call(rep)) for rep in reps)))
    assert len(made) == 4
    numbers = committed(cast, lambda: list(Opportunity.objects.values_list("number", flat=True)))
    assert len(set(numbers)) == 2


def test_two_who_enter_a_person_with_one_phone(cast: Cast) -> None:
    a = committed(cast, lambda: unasked(cast, "苏州同光精密机械有限公司", cast.agent, 1))
    b = committed(cast, lambda: unasked(cast, "杭州云帆软件有限公司", cast.colleague, 2))

    def enter(customer: Customer, rep: Any, why: str = "") -> Callable[[], Any]:
        facts = {"name": "李敏", "phone": PHONE, "explanation": why}
        return by(rep, lambda: create_contact(customer_id=customer.pk, by=rep, **facts))

    first = at_once(cast, [enter(a, cast.agent), enter(b, cast.colleague)], refusals=Refused)
    assert sum(isinstance(one, Contact) for one in first) == 1
    told = first.index(next(one for one in first if isinstance(one, Refused)))
    customer, rep = ((a, cast.agent), (b, cast.colleague))[told]
    again = [enter(customer, rep, "老同学")] * 2
    at_once(cast, again, refusals=Refused)
    assert together(cast) == [a.pk, b.pk]


def test_two_who_give_their_people_one_phone(cast: Cast) -> None:
    a = committed(cast, lambda: unasked(cast, "苏州同光精密机械有限公司", cast.agent, 1))
    b = committed(cast, lambda: unasked(cast, "杭州云帆软件有限公司", cast.colleague, 2))
    people = [
        committed(cast, lambda one=one: create_contact(customer_id=one.pk, by=None, name="李敏"))
        for one in (a, b)
    ]

    def change(contact: Contact, rep: Any) -> Callable[[], Any]:
        facts = {"phone": PHONE, "explanation": "换号"}
        return by(rep, lambda: update_contact(contact_id=contact.pk, by=rep, **facts))

    reps = (cast.agent, cast.colleague)
    calls = [change(one, rep) for one, rep in zip(people, reps, strict=True)]
    done = at_once(cast, calls, refusals=Refused)
    assert all(isinstance(one, Contact) for one in done), done
    assert together(cast) == [a.pk, b.pk]


def test_two_who_give_their_clients_one_phone(cast: Cast) -> None:
    a = committed(cast, lambda: unasked(cast, "苏州同光精密机械有限公司", cast.agent, 1))
    b = committed(cast, lambda: unasked(cast, "苏州同光精密机械厂", cast.colleague, 2))

    def change(customer: Customer, rep: Any) -> Callable[[], Any]:
        facts = {"phone": PHONE, "explanation": "换号"}
        return by(rep, lambda: update_customer(customer_id=customer.pk, by=rep, **facts))

    calls = [change(a, cast.agent), change(b, cast.colleague)]
    done = at_once(cast, calls, refusals=Refused)
    assert all(isinstance(one, Customer) for one in done), done
    assert together(cast) == [a.pk, b.pk]


@pytest.mark.parametrize("kind", ["customer", "lead"])
@pytest.mark.parametrize("is_crossed", [False, True])
def test_a_merge_pressed_twice_or_from_both_sides(cast: Cast, kind: str, is_crossed: bool) -> None:
    graph = Graph(cast, {})
    make = graph.customer if kind == "customer" else graph.lead
    a, b = committed(cast, lambda: (make("同光精密"), make("蓝鲸科技")))
    pairs = [(a, b), (b, a) if is_crossed else (a, b)]
    calls = [
        lambda kept=kept, gone=gone: merging.merge(kept=kept, gone=gone, by=cast.manager)
        for kept, gone in pairs
    ]
    done = at_once(cast, calls, refusals=Refused)
    assert sorted(isinstance(one, Merge) for one in done) == [False, True]
    model = Customer if kind == "customer" else Lead
    assert committed(cast, lambda: model.objects.filter(pk__in=(a.pk, b.pk)).count()) == 1


def test_the_last_place_of_protection_is_taken_once(cast: Cast) -> None:
    def world() -> list[Customer]:
        collision_settings()
        CollisionSettings.objects.update_or_create(defaults={"protect_limit": 1})
        return [
            unasked(cast, name, cast.agent, n) for n, name in enumerate(("同光精密", "云帆软件"))
        ]

    found = committed(cast, world)

    def protect(customer: Customer) -> Callable[[], Any]:
        def act() -> Any:
            until = organization_today() + timedelta(days=3)
            return protect_customer(customer_id=customer.pk, by=cast.agent, reason="x", until=until)

        return by(cast.agent, act)

    done = at_once(cast, [protect(one) for one in found], refusals=Refused)
    assert sorted(isinstance(one, CustomerProtection) for one in done) == [False, True]


def test_a_reopened_lead_and_a_new_one_of_a_colleague(cast: Cast) -> None:
    def closed() -> Lead:
        lead = create_lead(by=cast.agent, owner=cast.agent, company_name=COMPANY)
        return invalidate_lead(lead_id=lead.pk, reason="no need")

    old = committed(cast, closed)
    reopen = by(cast.agent, lambda: reopen_lead(lead_id=old.pk, by=cast.agent))

    def enter() -> Lead:
        return create_lead(by=cast.colleague, owner=cast.colleague, company_name=COMPANY)

    reopened, entered = at_once(cast, [reopen, by(cast.colleague, enter)], refusals=Refused)
    with tenant_context(cast.organization.id):
        is_told = isinstance(entered, Refused) or isinstance(reopened, Refused)
        assert is_told or CollisionCase.objects.count() == 1
        assert Lead.objects.get(pk=old.pk).status != LeadStatus.INVALID


def test_a_case_decided_by_a_merge_and_by_a_ruling(cast: Cast) -> None:
    case = committed(cast, lambda: case_of_two(cast))
    first, second = committed(cast, lambda: list(Lead.objects.order_by("pk")))
    keep = Ruling(CollisionOutcome.KEEP, cast.agent, reason="先来")
    calls = [
        lambda: decide(case_id=case.pk, by=cast.manager, ruling=keep, version=case.version),
        lambda: merging.merge(kept=second, gone=first, by=cast.manager, case=case),
    ]
    done = at_once(cast, calls, refusals=Refused)
    assert sum(isinstance(one, Refused) for one in done) == 1, done
    with tenant_context(cast.organization.id):
        assert CollisionDecision.objects.count() == 1


def case_of_two(cast: Cast) -> CollisionCase:
    for rep in (cast.agent, cast.colleague):
        create_lead(by=rep, owner=rep, company_name=COMPANY, explanation="并行")
    return CollisionCase.objects.get()


def test_a_lead_changed_while_its_case_is_decided(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever decides holds the case first; a change that joins the case must not hold its lead."""
    case = committed(cast, lambda: case_of_two(cast))
    lead = committed(cast, lambda: Lead.objects.order_by("-pk")[0])
    deciding, real_enforce, real_check = Event(), case_decisions.enforce, collisions.check

    def slowly(*args: Any, **kwargs: Any) -> Any:
        deciding.set()
        sleep(0.6)
        return real_enforce(*args, **kwargs)

    def late(*args: Any, **kwargs: Any) -> Any:
        deciding.wait(20)
        return real_check(*args, **kwargs)

    monkeypatch.setattr(case_decisions, "enforce", slowly)
    monkeypatch.setattr(collisions, "check", late)
    keep = Ruling(CollisionOutcome.KEEP, cast.agent, reason="先来")
    facts = {"company_name": f"{COMPANY}一厂", "explanation": "改名"}
    calls = [
        lambda: decide(case_id=case.pk, by=cast.manager, ruling=keep),
        by(cast.colleague, lambda: update_lead(lead_id=lead.pk, by=cast.colleague, **facts)),
    ]
    decided, _changed = at_once(cast, calls, refusals=Refused)
    assert isinstance(decided, CollisionDecision)
    assert committed(cast, lambda: CollisionCase.objects.get().state) != CaseState.OPEN


def test_a_conversion_and_a_customer_of_that_name(cast: Cast) -> None:
    lead = committed(
        cast, lambda: create_lead(by=cast.agent, owner=cast.agent, company_name=COMPANY)
    )

    def customer() -> Customer:
        return create_customer(by=cast.colleague, name=COMPANY, explanation="展会")

    calls = [
        by(cast.agent, lambda: convert_lead(lead_id=lead.pk, by=cast.agent, explanation="先来")),
        by(cast.colleague, customer),
    ]
    done = at_once(cast, calls, refusals=Refused)
    assert isinstance(done[1], Customer), done
    with tenant_context(cast.organization.id):
        assert CollisionCase.objects.count() == 1
