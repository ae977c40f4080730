"""What somebody may do, and who sees a record: the explanation agrees with the policy."""

import pytest
from django.utils import timezone

from crm.access import policy
from crm.access.explaining import RecordAccess, held_fields, held_permissions, roles_of
from crm.access.grants import grant
from crm.people.enums import Right
from crm.people.models import Member, MemberRole, Role
from crm.people.selectors import active_members
from crm.tenancy.context import tenant_context
from leads.models import Customer


@pytest.fixture
def record(tenant) -> Customer:
    row = Customer.objects.create(
        number="c", name="甲乙", owner=tenant.agent, department=tenant.departments["east"]
    )
    north = tenant.departments["north"].pk
    legal = Role.objects.get(code="legal")
    legal.grants["leads.view_customer"] = {"scope": 5, "departments": [north]}
    legal.save(update_fields=["grants"])
    grant(tenant.northerner, "edit", row, until=timezone.now() + timezone.timedelta(days=1))
    grant(tenant.departments["office"], "view", row)
    Member.objects.filter(pk=tenant.marketing.pk).update(is_active=False)
    return row


def test_the_viewers_are_those_whom_the_policy_lets(tenant, record):
    shown = {one.member.pk: one for one in RecordAccess(record).viewers()}
    for member in active_members().select_related("department"):
        assert (member.pk in shown) == policy.allowed(member, "leads.view_customer", record)
        may_edit = policy.allowed(member, "leads.edit_customer", record)
        assert (member.pk in shown and shown[member.pk].may_edit) == may_edit, member.name
    assert shown[tenant.agent.pk].reasons[0] == "owner" or shown[tenant.agent.pk].reasons


def test_a_share_is_nothing_without_the_permission(tenant, record):
    role = Role.objects.create(code="none", name="none")
    MemberRole.objects.filter(member=tenant.northerner).update(role=role)
    shown = {one.member.pk for one in RecordAccess(record).viewers()}
    assert tenant.northerner.pk not in shown


def test_every_permission_says_where_it_comes_from(tenant):
    MemberRole.objects.create(member=tenant.agent, role=Role.objects.get(code="finance"))
    member = Member.objects.get(pk=tenant.agent.pk)
    held = {
        one.permission.name: one
        for _module, rows in held_permissions(member, roles_of(member))
        for one in rows
    }
    assert set(held) == set(member.scopes)
    assert len(held["leads.view_customer"].sources) == 2
    assert len(held["payments.post"].sources) == 1


def test_fields_say_what_each_role_says(tenant):
    Role.objects.filter(code="rep").update(field_rights={"leads.customer.phone": 0})
    MemberRole.objects.create(member=tenant.agent, role=Role.objects.get(code="service"))
    member = Member.objects.get(pk=tenant.agent.pk)
    found = {one.field.key: one for one in held_fields(member, roles_of(member))}
    assert found["leads.customer.phone"].right == Right.WRITE
    assert [one.words for one in found["leads.customer.phone"].sources].count("Hidden") <= 1


def test_everybody_may_ask_it_of_themselves(cast, sign_in):
    url = f"/{cast.organization.slug}/members/{{}}/rights/"
    agent = sign_in(cast.agent)
    assert agent.get(url.format(cast.agent.pk)).status_code == 200
    assert agent.get(url.format(cast.colleague.pk)).status_code == 404
    page = sign_in(cast.owner).get(url.format(cast.agent.pk)).content.decode()
    assert "What may 王磊 do?" in page
    assert "See as 王磊" in page


def test_shares_name_only_what_the_reader_sees(cast, sign_in):
    with tenant_context(cast.organization.id):
        row = Customer.objects.create(
            number="c", name="甲乙", owner=cast.northerner, department=cast.departments["north"]
        )
        grant(cast.agent, "view", row)
        grant(cast.departments["east"], "edit", row)
        role = Role.objects.create(code="r", name="r", grants={"access.view_rights": 4})
        MemberRole.objects.create(member=cast.service, role=role)
        MemberRole.objects.filter(member=cast.service).exclude(role=role).delete()
    url = f"/{cast.organization.slug}/members/{cast.agent.pk}/rights/"
    assert "甲乙" in sign_in(cast.owner).get(url).content.decode()
    blind = sign_in(cast.service).get(url).content.decode()
    assert "甲乙" not in blind
    assert "2 that you may not see yourself" in blind


def test_who_can_see_is_asked_of_records_one_sees(cast, sign_in):
    with tenant_context(cast.organization.id):
        row = Customer.objects.create(
            number="c", name="甲乙", owner=cast.agent, department=cast.departments["east"]
        )
    url = f"/{cast.organization.slug}/who-can-see/leads.customer/{row.pk}/"
    owner = sign_in(cast.owner)
    page = owner.get(url).content.decode()
    assert "王磊" in page
    assert "Department tree, by the role" in page
    assert sign_in(cast.agent).get(url).status_code == 403
    for kind in ("people.user", "leads.contact", "nonsense", "leads.nonsense", "sessions.session"):
        assert owner.get(url.replace("leads.customer", kind)).status_code == 404
    assert owner.get(url.replace(f"/{row.pk}/", "/99999999/")).status_code == 404
