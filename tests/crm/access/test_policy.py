"""Role, scope, grant: the list filter and the single decision always agree."""

import pytest
from django.db.models import Q
from django.http import Http404

from crm.access import policy
from crm.access.grants import grant, revoke
from crm.people.models import Member, MemberRole, Role
from crm.tenancy.links import tenant_url
from leads.models import Contact, Customer


@pytest.fixture
def customers(tenant) -> dict[str, Customer]:
    """One customer per rep, named after its owner."""
    found = {}
    for part in ("agent", "colleague", "northerner"):
        owner = getattr(tenant, part)
        found[part] = Customer.objects.create(
            number=part, name=part, owner=owner, department=owner.department
        )
    return found


def names(member: Member, permission: str = "leads.view_customer") -> set[str]:
    rows = policy.visible(member, Customer.objects.all(), permission)
    return set(rows.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        ("agent", {"agent"}),
        ("manager", {"agent", "colleague"}),
        ("finance", {"agent", "colleague", "northerner"}),
        ("owner", {"agent", "colleague", "northerner"}),
    ],
)
def test_scope_decides_what_is_seen(tenant, customers, part, seen):
    member = getattr(tenant, part)
    assert names(member) == seen
    for name, customer in customers.items():
        assert policy.allowed(member, "leads.view_customer", customer) == (name in seen)


def test_everything_stays_everything_beside_another_condition(tenant, customers):
    found = policy.reach_filter(tenant.owner, "leads.view_customer", Customer)
    assert Customer.objects.filter(found | Q(name="agent")).count() == 3
    assert "WHERE" not in str(Customer.every.filter(found).query)


def test_without_the_permission_nothing_is_seen(tenant, customers):
    assert names(tenant.service, "leads.edit_customer") == set()
    assert not policy.allowed(tenant.service, "leads.edit_customer", customers["agent"])


def test_the_widest_of_several_roles_counts(tenant, customers):
    agent = Member.objects.get(pk=tenant.agent.pk)
    MemberRole.objects.create(member=agent, role=Role.objects.get(code="finance"))
    assert agent.scopes["leads.view_customer"].is_all
    assert len(names(agent)) == 3


def test_a_department_sees_its_branches(tenant, customers):
    """The office stands above both regions."""
    office = tenant.departments["office"]
    head = Member.objects.get(pk=tenant.owner.pk)
    MemberRole.objects.filter(member=head).update(role=Role.objects.get(code="manager"))
    assert head.department_id == office.pk
    assert names(head) == {"agent", "colleague", "northerner"}


def test_a_grant_opens_one_record_for_one_action(tenant, customers):
    agent, shared = tenant.agent, customers["northerner"]
    grant(agent, "view", shared)
    assert names(agent) == {"agent", "northerner"}
    assert policy.allowed(agent, "leads.view_customer", shared)
    assert not policy.allowed(agent, "leads.edit_customer", shared)
    assert names(tenant.colleague) == {"colleague"}
    revoke(agent, "view", shared)
    assert names(agent) == {"agent"}


def test_children_follow_their_parent(tenant, customers):
    contact = Contact.objects.create(customer=customers["colleague"], name="x")
    assert policy.allowed(tenant.colleague, "leads.view_customer", contact)
    assert not policy.allowed(tenant.agent, "leads.view_customer", contact)


def test_out_of_reach_is_not_found(tenant, customers):
    with pytest.raises(Http404):
        policy.get_or_404(
            tenant.agent, Customer.objects, "leads.view_customer", customers["colleague"].pk
        )


def test_a_misspelt_permission_is_an_error_not_an_answer(tenant):
    with pytest.raises(policy.UnknownPermission):
        policy.allowed(tenant.owner, "leads.view_costumer")


def test_many_shares_are_asked_for_row_by_row_and_few_by_their_ids(tenant, customers, monkeypatch):
    """Both ways find the same; the property test runs the one for few."""
    from crm.access import grants as grants_module

    for name in ("colleague", "northerner"):
        grant(tenant.agent, "view", customers[name])
    by_ids = names(Member.objects.get(pk=tenant.agent.pk))
    monkeypatch.setattr(grants_module, "FEW", 1)
    assert names(Member.objects.get(pk=tenant.agent.pk)) == by_ids
    assert by_ids == {"agent", "colleague", "northerner"}


@pytest.mark.parametrize(
    "damaged", [None, "all", 99, [], {}, {"scope": None}, {"scope": 5, "departments": 7}]
)
def test_a_damaged_scope_gives_nothing_and_leaves_the_rest(tenant, sign_in, damaged):
    role = Role.objects.get(code="rep")
    Role.objects.filter(pk=role.pk).update(grants=role.grants | {"leads.view_lead": damaged})
    home = sign_in(tenant.agent).get(tenant_url(tenant.organization, "leads:customers"))
    assert home.status_code == 200
    leads = sign_in(tenant.agent).get(tenant_url(tenant.organization, "leads:list"))
    assert leads.status_code in (403, 404)
