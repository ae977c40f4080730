"""Members: facts, roles, leaving and coming back."""

import threading

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from crm.access.administrators import LastAdministrator, administrators, is_administrator
from crm.people import services as people
from crm.people.hierarchy import superior_of
from crm.people.models import Member, Role, User
from crm.people.services.activity import deactivate_member, reactivate_member
from crm.people.services.members import (
    MayNotGiveRoles,
    add_role,
    set_department,
    set_roles,
    update_member,
)
from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from tests.support.cast import PASSWORD


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def fresh(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def test_the_superior_is_the_named_one_or_the_head_above(tenant):
    assert superior_of(tenant.agent) == tenant.manager
    update_member(member_id=tenant.agent.pk, superior=tenant.finance)
    assert superior_of(fresh(tenant.agent)) == tenant.finance
    Member.objects.filter(pk=tenant.finance.pk).update(is_active=False)
    assert superior_of(fresh(tenant.agent)) == tenant.manager
    assert superior_of(tenant.northerner) is None


def test_superiors_make_no_circle(tenant):
    update_member(member_id=tenant.agent.pk, superior=tenant.manager)
    update_member(member_id=tenant.manager.pk, superior=tenant.owner)
    for superior in (tenant.agent, tenant.owner):
        with pytest.raises(Refused):
            update_member(member_id=tenant.owner.pk, superior=superior)


def test_a_new_name_is_sorted_by_its_reading(tenant):
    update_member(member_id=tenant.agent.pk, name="张伟")
    assert fresh(tenant.agent).sort_key == "zhang wei"


def test_facts_are_a_closed_list(tenant):
    with pytest.raises(TypeError):
        update_member(member_id=tenant.agent.pk, is_active=False)
    with pytest.raises(TypeError):
        update_member(member_id=tenant.agent.pk, user=tenant.owner.user)


def test_several_roles(tenant):
    roles = [role("rep"), role("finance")]
    set_roles(member_id=tenant.agent.pk, roles=roles, by=tenant.owner)
    assert fresh(tenant.agent).role_codes == {"rep", "finance"}
    set_roles(member_id=tenant.agent.pk, roles=[role("finance")], by=tenant.owner)
    assert fresh(tenant.agent).role_codes == {"finance"}


@pytest.mark.parametrize("part", ["manager", "agent", "finance"])
def test_nobody_but_who_may_gives_roles(tenant, part):
    by = tenant.members[part]
    with pytest.raises(MayNotGiveRoles):
        set_roles(member_id=by.pk, roles=[role("administrator")], by=by)
    with pytest.raises(MayNotGiveRoles):
        add_role(member_ids=[by.pk], role=role("administrator"), by=by)


def test_the_last_administrator_stays(tenant):
    with pytest.raises(LastAdministrator):
        set_roles(member_id=tenant.owner.pk, roles=[role("rep")], by=tenant.owner)
    add_role(member_ids=[tenant.manager.pk], role=role("administrator"), by=tenant.owner)
    set_roles(member_id=tenant.owner.pk, roles=[role("rep")], by=tenant.owner)
    with pytest.raises(LastAdministrator):
        deactivate_member(member_id=tenant.manager.pk, by=fresh(tenant.owner))


@pytest.fixture
def keeper(tenant) -> Role:
    """A role of the organisation's own making, by which one administers."""
    grants = dict.fromkeys(("people.edit_role", "people.assign_role"), 3)
    return Role.objects.create(code="keeper", name="管家", grants=grants)


def test_whoever_administers_by_a_role_of_their_own_making_counts(tenant, keeper):
    add_role(member_ids=[tenant.manager.pk], role=keeper, by=tenant.owner)
    set_roles(member_id=tenant.owner.pk, roles=[role("rep")], by=tenant.owner)
    manager = fresh(tenant.manager)
    assert is_administrator(manager)
    assert list(administrators()) == [manager]


def test_the_last_who_administers_stays_whatever_the_role_is_called(tenant, keeper):
    add_role(member_ids=[tenant.manager.pk], role=keeper, by=tenant.owner)
    set_roles(member_id=tenant.owner.pk, roles=[role("rep")], by=tenant.owner)
    manager = fresh(tenant.manager)
    with pytest.raises(LastAdministrator):
        set_roles(member_id=manager.pk, roles=[role("manager")], by=manager)
    with pytest.raises(LastAdministrator):
        deactivate_member(member_id=manager.pk, by=fresh(tenant.owner))


def test_nobody_deactivates_themselves(tenant):
    add_role(member_ids=[tenant.manager.pk], role=role("administrator"), by=tenant.owner)
    with pytest.raises(Refused):
        deactivate_member(member_id=tenant.manager.pk, by=tenant.manager)


def test_bulk_changes_count_what_changed(tenant):
    ids = [tenant.agent.pk, tenant.northerner.pk]
    assert set_department(member_ids=ids, department=tenant.departments["north"]) == 1
    assert add_role(member_ids=ids, role=role("service"), by=tenant.owner) == 2
    assert add_role(member_ids=ids, role=role("service"), by=tenant.owner) == 0


def test_leaving_ends_access_at_once_and_coming_back_restores_it(tenant, sign_in):
    browser = sign_in(tenant.agent)
    home = f"/{tenant.organization.slug}/leads/"
    assert browser.get(home).status_code == 200
    deactivate_member(member_id=tenant.agent.pk, by=tenant.owner, reason="离职")
    assert browser.get(home).status_code == 404
    reactivate_member(member_id=tenant.agent.pk)
    assert fresh(tenant.agent).role_codes == {"rep"}
    assert browser.get(home).status_code == 200


def signed_in(email: str) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return browser


def test_the_last_membership_ends_with_every_session(tenant, django_capture_on_commit_callbacks):
    user = User.objects.get(pk=tenant.agent.user_id)
    browser = signed_in(user.email)
    assert UserSession.objects.filter(user=user).count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_member(member_id=tenant.agent.pk, by=tenant.owner)
    assert not UserSession.objects.filter(user=user).exists()
    assert browser.get("/").status_code == 302


def test_another_membership_keeps_the_sessions(
    cast, other_cast, django_capture_on_commit_callbacks
):
    user = User.objects.get(pk=cast.agent.user_id)
    with tenant_context(other_cast.organization.id):
        people.add_member(user=user, department=None, roles=["rep"])
    signed_in(user.email)
    with django_capture_on_commit_callbacks(execute=True), tenant_context(cast.organization.id):
        deactivate_member(member_id=cast.agent.pk, by=cast.owner)
    assert UserSession.objects.filter(user=user).count() == 1


@pytest.mark.slow
def test_two_administrators_cannot_deactivate_each_other_at_once(cast_committed):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        add_role(member_ids=[cast.manager.pk], role=role("administrator"), by=cast.owner)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def deactivate(target: Member, by: Member) -> None:
        try:
            start.wait()
            with tenant_context(cast.organization.id):
                deactivate_member(member_id=target.pk, by=by)
            outcomes.append("left")
        except LastAdministrator:
            outcomes.append("refused")
        finally:
            connection.close()

    pairs = ((cast.owner, cast.manager), (cast.manager, cast.owner))
    threads = [threading.Thread(target=deactivate, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["left", "refused"]
