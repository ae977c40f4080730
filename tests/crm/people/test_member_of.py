"""The signed-in person's membership, read together with its roles."""

from crm.people import selectors
from crm.people.models import Member, MemberRole, User
from crm.tenancy.context import tenant_context


def test_one_query_brings_the_member_and_what_the_roles_allow(cast, django_assert_num_queries):
    user = User.objects.get(pk=cast.agent.user_id)
    with tenant_context(cast.organization.id), django_assert_num_queries(1):
        member = selectors.member_of(user)
        assert member == cast.agent
        assert member.role_codes == {"rep"}
        assert "leads.view_lead" in member.scopes


def test_roles_read_with_the_member_are_those_read_later(tenant):
    MemberRole.objects.create(
        member=tenant.agent, role=MemberRole.objects.get(member=tenant.manager).role
    )
    found = selectors.member_of(User.objects.get(pk=tenant.agent.user_id))
    assert found.role_codes == {"rep", "manager"}
    assert found.scopes == Member.objects.get(pk=found.pk).scopes


def test_a_member_without_a_role_is_still_a_member(tenant):
    MemberRole.objects.filter(member=tenant.agent).delete()
    found = selectors.member_of(User.objects.get(pk=tenant.agent.user_id))
    assert (found, found.scopes) == (tenant.agent, {})


def test_a_member_who_left_is_none(tenant):
    Member.objects.filter(pk=tenant.agent.pk).update(is_active=False)
    assert selectors.member_of(User.objects.get(pk=tenant.agent.user_id)) is None


def test_a_member_elsewhere_is_none(other_cast, tenant):
    assert selectors.member_of(User.objects.get(pk=other_cast.agent.user_id)) is None
