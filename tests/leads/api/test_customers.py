"""Customers and the people at them, by program."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.people.models import Role
from crm.tenancy.context import acting_as, tenant_context
from leads.models import Contact, Customer
from leads.services.contacts import create_contact
from leads.services.customers import create_customer
from tests.support.programs import problem_of


@pytest.fixture
def held(cast):
    """A customer of the agent's with one person."""
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        customer = create_customer(
            by=cast.agent, name="杭州云帆软件有限公司", phone="0571-88886666"
        )
        create_contact(customer_id=customer.pk, by=cast.agent, name="李敏", phone="13812345678")
        return customer


def make_customers(cast, count):
    with tenant_context(cast.organization.id):
        start = Customer.objects.count()
        rows = [
            Customer(
                number=f"N{start + one}", name=f"公司 {start + one}", owner=cast.agent,
                department=cast.departments["east"],
            )
            for one in range(count)
        ]  # fmt: skip
        made = Customer.objects.bulk_create(rows)
        Contact.objects.bulk_create(Contact(customer=one, name="甲") for one in made)


def test_a_customer_belongs_to_whoever_enters_it(cast, program):
    answer = program(cast.agent).post("/customers", {"name": "无锡云帆科技有限公司", "level": "a"})
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/api/v1/customers/{told['id']}")
    assert (told["owner"]["id"], told["level"], told["status"]) == (cast.agent.pk, "a", "prospect")
    assert program(cast.marketing).post("/customers", {"name": "甲"}).status_code == 403
    wrong = program(cast.agent).post("/customers", {"name": "甲公司", "level": "z"})
    assert [one["field"] for one in wrong.json()["errors"]] == ["level"]


def test_who_reads_and_changes_customers(cast, program, held):
    for member, reads, changes in (
        (cast.agent, 200, 200), (cast.manager, 200, 200), (cast.finance, 200, 403),
        (cast.colleague, 404, 404),
    ):  # fmt: skip
        robot = program(member)
        assert robot.get(f"/customers/{held.pk}").status_code == reads
        with tenant_context(cast.organization.id):
            version = Customer.objects.get(pk=held.pk).version
        body = {"version": version, "city": f"{member.pk}"}
        assert robot.patch(f"/customers/{held.pk}", body).status_code == changes


def test_a_stale_customer_is_refused(cast, program, held):
    agent = program(cast.agent)
    agent.patch(f"/customers/{held.pk}", {"version": 1, "next_step_at": "2026-12-01T01:00:00Z"})
    answer = agent.patch(f"/customers/{held.pk}", {"version": 1, "city": "x"})
    assert (answer.status_code, problem_of(answer)) == (409, "stale")
    cleared = agent.patch(f"/customers/{held.pk}", {"version": 2, "next_step_at": None})
    assert cleared.json()["next_step_at"] is None


def test_one_credit_code_is_one_customer(cast, program, held):
    code = "91320594MA1MABCD49"
    agent = program(cast.agent)
    assert (
        agent.patch(f"/customers/{held.pk}", {"version": 1, "credit_code": code}).status_code == 200
    )
    answer = agent.post("/customers", {"name": "完全不同的公司", "credit_code": code})
    assert (answer.status_code, problem_of(answer)) == (409, "refused")


def test_people_at_a_customer(cast, program, held):
    agent = program(cast.agent)
    new = {"customer_id": held.pk, "name": "王芳", "email": "wang@yunfan.cn", "is_primary": True}
    made = agent.post("/contacts", new)
    assert made.status_code == 201
    told = agent.get(f"/contacts?customer_id={held.pk}").json()["items"]
    assert [(one["name"], one["is_primary"]) for one in told] == [("王芳", True), ("李敏", False)]
    one = agent.get(f"/contacts/{made.json()['id']}").json()
    change = agent.patch(f"/contacts/{one['id']}", {"version": one["version"], "title": "采购"})
    assert (change.status_code, change.json()["title"]) == (200, "采购")
    stale = agent.patch(f"/contacts/{one['id']}", {"version": one["version"], "title": "销售"})
    assert (stale.status_code, problem_of(stale)) == (409, "stale")
    assert stale.json()["current"]["title"] == "采购"
    for member, status in ((cast.colleague, 404), (cast.finance, 403)):
        robot = program(member)
        assert robot.post("/contacts", new).status_code == status
        body = {"version": 1, "title": "x"}
        assert robot.patch(f"/contacts/{one['id']}", body).status_code == status
    assert program(cast.colleague).get(f"/contacts/{one['id']}").status_code == 404
    assert program(cast.colleague).get("/contacts").json()["items"] == []


def test_masks_hold_for_people_too(cast, program, held):
    with tenant_context(cast.organization.id):
        Role.objects.filter(code="finance").update(
            field_rights={"leads.contact.phone": 1, "leads.customer.phone": 0}
        )
    finance = program(cast.finance)
    (person,) = finance.get("/contacts").json()["items"]
    assert person["phone"] == "138****5678"
    assert finance.get(f"/customers/{held.pk}").json()["phone"] is None
    assert finance.get("/customers").json()["items"][0]["phone"] is None


@pytest.mark.parametrize("path", ["/customers", "/contacts"])
def test_thirty_rows_cost_as_many_queries_as_three(cast, program, path):
    reader, costs = program(cast.finance), []
    for more in (3, 27):
        make_customers(cast, more)
        reader.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(path).status_code == 200
        costs.append(len(queries))
    assert 5 < costs[0] == costs[1]
