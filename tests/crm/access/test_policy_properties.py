"""Whatever the departments, roles, grants and records: every reader agrees with the rule.

The rule is written once more below, in plain Python over sets, as docs/permissions.md tells it.
"""

import contextlib
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from crm.access import grants, policy
from crm.people import services as people
from crm.people.enums import Scope
from crm.people.models import Department, Member, MemberRole, Role, User
from crm.tenancy.context import tenant_context
from crm.tenancy.links import inside
from crm.web import search
from leads.models import Contact, Customer, Lead, Opportunity, Stage
from leads.tables.customers import CustomerTable
from orders.models import Order, Quote
from tests.crm.access.other_readers import add_warnings, check_other_readers

# a counterexample is small enough as it is found: shrinking it in the database takes minutes
PHASES = (Phase.explicit, Phase.generate)
SCOPES = [Scope.OWN, Scope.DEPARTMENT, Scope.TREE, Scope.CHOSEN, Scope.ALL]
RULES = {
    "leads.view_lead": Lead,
    "leads.edit_lead": Lead,
    "leads.view_customer": Customer,
    "leads.edit_customer": Customer,
    "leads.export_customer": Customer,
    "leads.merge_customer": Customer,
    "leads.share_customer": Customer,
    "leads.view_opportunity": Opportunity,
    "leads.edit_opportunity": Opportunity,
    "orders.view_quote": Quote,
    "orders.view_order": Order,
    "orders.edit_order": Order,
}
NOUNS = {
    Lead: "lead",
    Customer: "customer",
    Opportunity: "opportunity",
    Quote: "quote",
    Order: "order",
}

role_plans = st.lists(
    st.dictionaries(
        st.sampled_from([*sorted(RULES), "leads.view_case"]),
        st.tuples(st.sampled_from(SCOPES), st.sets(st.integers(0, 5), max_size=2)),
        min_size=2,
        max_size=8,
    ),
    min_size=1,
    max_size=3,
)
plans = st.fixed_dictionaries(
    {
        "parents": st.lists(st.integers(-1, 4), min_size=2, max_size=6),
        "roles": role_plans,
        "members": st.lists(
            st.tuples(st.integers(-1, 5), st.sets(st.integers(0, 2), max_size=2)),
            min_size=3,
            max_size=4,
        ),
        "records": st.lists(
            st.tuples(st.integers(-1, 3), st.integers(-1, 5)), min_size=2, max_size=5
        ),
        "grants": st.lists(
            st.tuples(
                st.booleans(),  # to a department
                st.integers(0, 5),
                st.sampled_from([grants.VIEW, grants.EDIT]),
                st.sampled_from(sorted(NOUNS.values())),
                st.integers(0, 4),
                st.sampled_from([None, -1, 1]),  # hours until it ends
            ),
            min_size=3,
            max_size=9,
        ),
    }
)


@dataclass
class Company:
    """What a plan makes, in the database and as plain facts."""

    departments: list[Department] = field(default_factory=list)
    roles: list[dict[str, tuple[Scope, set[int]]]] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    held: list[set[int]] = field(default_factory=list)
    records: dict[str, list] = field(default_factory=lambda: {n: [] for n in NOUNS.values()})
    grants: dict[tuple, tuple] = field(default_factory=dict)

    def path(self, number: int) -> list[int]:
        return self.departments[number].path

    def below(self, department: Department) -> set[int]:
        return {one.id for one in self.departments if department.id in one.path}

    def may(self, number: int, permission: str, record) -> bool:
        """The rule, in words of sets."""
        member, found = self.members[number], False
        for role in sorted(self.held[number]):
            if permission not in self.roles[role]:
                continue
            found = True
            scope, chosen = self.roles[role][permission]
            if scope == Scope.ALL or record.owner_id == member.pk:
                return True
            reached: set[int] = set()
            if member.department_id and scope == Scope.DEPARTMENT:
                reached = {member.department_id}
            elif member.department_id and scope == Scope.TREE:
                reached = self.below(member.department)
            elif scope == Scope.CHOSEN:
                reached = set().union(*(self.below(self.departments[one]) for one in chosen))
            if record.department_id in reached:
                return True
        return found and self.granted(member, permission, record)

    def granted(self, member: Member, permission: str, record) -> bool:
        verb = permission.partition(".")[2].partition("_")[0]
        carried = {"view": {grants.VIEW, grants.EDIT}, "edit": {grants.EDIT}}.get(verb, set())
        return any(
            target == record and action in carried and is_valid and member.pk in receivers
            for target, action, receivers, is_valid in self.grants.values()
        )


def build(plan: dict) -> Company:
    company = Company()
    for number, parent in enumerate(plan["parents"]):
        above = company.departments[parent] if 0 <= parent < number else None
        company.departments.append(people.create_department(name=f"部门{number}", parent=above))
    count = len(company.departments)
    for number, wanted in enumerate(plan["roles"]):
        add_role(company, number, wanted)
    for number, (place, roles) in enumerate(plan["members"]):
        department = company.departments[place % count] if place >= 0 else None
        user = User.objects.create(email=f"p{number}@plan.test", name=f"甲{number}")
        member = people.add_member(user=user, department=department, roles=[])
        company.members.append(member)
        company.held.append({role % len(company.roles) for role in roles})
        for role in company.held[-1]:
            MemberRole.objects.create(member=member, role=Role.objects.get(code=f"plan{role}"))
    for number, (owner, place) in enumerate(plan["records"]):
        add_records(company, number, owner, place)
    for one in plan["grants"]:
        add_grant(company, *one)
    add_warnings(company)
    return company


def add_role(company: Company, number: int, wanted: dict) -> None:
    count = len(company.departments)
    plain = {
        permission: (scope, {one % count for one in chosen})
        for permission, (scope, chosen) in wanted.items()
    }
    company.roles.append(plain)
    stored = {
        permission: {"scope": int(scope), "departments": [company.departments[c].id for c in ids]}
        if scope == Scope.CHOSEN
        else int(scope)
        for permission, (scope, ids) in plain.items()
    }
    Role.objects.create(code=f"plan{number}", name=f"角色{number}", grants=stored)


def add_records(company: Company, number: int, owner: int, place: int) -> None:
    facts = {
        "owner": company.members[owner % len(company.members)] if owner >= 0 else None,
        "department": company.departments[place % len(company.departments)] if place >= 0 else None,
        "number": f"N{number}",
    }
    company.records["lead"].append(
        Lead.objects.create(company_name=f"线索{number}", sort_key=f"xiansuo{number}", **facts)
    )
    customer = Customer.objects.create(name=f"客户{number}", sort_key=f"kehu{number}", **facts)
    Contact.objects.create(customer=customer, name=f"联系人{number}")
    stage = Stage.objects.order_by("position").first() or Stage.objects.create(
        name="初步", position=1, probability=10
    )
    company.records["customer"].append(customer)
    company.records["opportunity"].append(
        Opportunity.objects.create(
            name=f"商机{number}",
            customer=customer,
            stage=stage,
            stage_changed_at=timezone.now(),
            **facts,
        )
    )
    company.records["quote"].append(Quote.objects.create(customer=customer, **facts))
    company.records["order"].append(Order.objects.create(customer=customer, **facts))


def add_grant(company: Company, to_department, receiver, action, noun, record, hours) -> None:
    rows = company.records[noun]
    target = rows[record % len(rows)]
    until = None if hours is None else timezone.now() + timedelta(hours=hours)
    people_ = company.departments if to_department else company.members
    to = people_[receiver % len(people_)]
    grants.grant(to, action, target, until=until)
    receivers = {
        one.pk
        for one in company.members
        if one == to or (to_department and one.department_id and to.id in one.department.path)
    }
    # given again, a share only gets another end
    key = (to_department, to.pk, action, noun, target.pk)
    company.grants[key] = (target, action, receivers, hours is None or hours > 0)


def check(company: Company) -> None:
    for number, member in enumerate(company.members):
        for permission, model in RULES.items():
            records = company.records[NOUNS[model]]
            fresh = Member.objects.select_related("department", "user").get(pk=member.pk)
            listed = set(policy.visible(fresh, model.objects.all(), permission))
            wanted = {one for one in records if company.may(number, permission, one)}
            assert listed == wanted, (number, permission)
            for record in records:
                assert policy.allowed(fresh, permission, record) == (record in wanted)
                assert reaches(fresh, model, permission, record) == (record in wanted)
        check_readers(company, number)


def reaches(member: Member, model, permission: str, record) -> bool:
    try:
        return policy.get_or_404(member, model.objects.all(), permission, record.pk) == record
    except Http404:
        return False


def check_readers(company: Company, number: int) -> None:
    """Search, and what hangs on a record, follow the same rule."""
    member = Member.objects.get(pk=company.members[number].pk)
    for noun, permission, text in (
        ("lead", "leads.view_lead", "线索"),
        ("customer", "leads.view_customer", "客户"),
        ("opportunity", "leads.view_opportunity", "商机"),
        ("quote", "orders.view_quote", "N"),
        ("order", "orders.view_order", "N"),
    ):
        wanted = {one.pk for one in company.records[noun] if company.may(number, permission, one)}
        label = {
            "lead": "leads",
            "customer": "customers",
            "opportunity": "opportunities",
            "quote": "quotes",
            "order": "orders",
        }[noun]
        provider = search._providers[label]
        hits = (
            {int(hit.url.strip("/").rpartition("/")[2]) for hit in provider.find(member, text)}
            if permission in member.scopes
            else set()
        )
        assert hits == wanted, (number, noun)
    check_file(company, number, member)
    check_other_readers(company, number, member)
    seen = policy.visible(member, Contact.objects.all(), "leads.view_customer")
    wanted = {
        one
        for one in company.records["customer"]
        if company.may(number, "leads.view_customer", one)
    }
    assert {one.customer for one in seen} == wanted


def check_file(company: Company, number: int, member: Member) -> None:
    """A file of a list holds what the member may both see and export."""
    request = RequestFactory().get("/")
    request.member, request.organization = member, member.organization
    listed = policy.visible(member, Customer.objects.all(), "leads.view_customer")
    assert set(CustomerTable(request, listed).exported) == {
        one
        for one in company.records["customer"]
        if company.may(number, "leads.view_customer", one)
        and company.may(number, "leads.export_customer", one)
    }


# shared with a department: those in the one below it see it, nobody else does
BELOW = {
    "parents": [-1, 0, -1],
    "roles": [{"leads.view_customer": (Scope.OWN, set())}],
    "members": [(1, {0}), (2, {0}), (0, {0})],
    "records": [(-1, -1), (0, 0)],
    "grants": [(True, 0, grants.VIEW, "customer", 0, None)],
}


class Undo(Exception):
    """Ends an example's transaction."""


def try_out(organization, plan) -> None:
    """Build the company, look at everything, leave nothing behind."""
    with tenant_context(organization.id), transaction.atomic(), inside(organization):
        check(build(plan))
        raise Undo


@pytest.mark.slow
def test_every_reader_agrees_with_the_rule(cast):
    @settings(
        max_examples=60, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(plan=plans)
    @example(plan=BELOW)
    def holds(plan):
        with contextlib.suppress(Undo):
            try_out(cast.organization, plan)

    holds()
