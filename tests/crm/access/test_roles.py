"""Roles: the editor, its effect, saving, what is refused."""

import pytest

from crm.access import services
from crm.access.drafts import RoleDraft, departments_field, permission_field, right_field
from crm.access.selectors import differences
from crm.audit.models import OperationLog
from crm.people.enums import Right, Scope
from crm.people.models import MemberRole, Role
from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from leads.models import Customer


@pytest.fixture
def owner(cast, sign_in):
    return sign_in(cast.owner)


@pytest.fixture
def role(cast):
    with tenant_context(cast.organization.id):
        return Role.objects.get(code="rep")


def base(role: Role) -> dict[str, str | list[str]]:
    """What the editor sends when nothing was touched."""
    draft = RoleDraft.of(role)
    sent: dict[str, str | list[str]] = {
        "name": role.name,
        "description": role.description,
        "version": str(role.version),
    }
    for name in draft.grants:
        reach = draft.reach_of(name)
        sent[permission_field(name)] = str(int(reach.widest))
    return sent


def address(cast, role, page=""):
    return f"/{cast.organization.slug}/roles/{role.pk}/{page}"


def saved(cast, role) -> Role:
    with tenant_context(cast.organization.id):
        return Role.objects.get(pk=role.pk)


def confirm(owner, cast, role):
    page = owner.get(address(cast, role, "effect/"))
    assert page.status_code == 200
    return owner.post(address(cast, role, "save/"), {"digest": page.context["draft"].digest})


def test_the_list_names_everybody_and_opens_them(owner, cast):
    page = owner.get(f"/{cast.organization.slug}/roles/").content.decode()
    assert "Sales rep" in page or "销售代表" in page
    assert "3 members" in page


def test_a_change_is_saved_only_after_its_effect_was_shown(owner, cast, role):
    sent = base(role) | {permission_field("leads.view_customer"): str(int(Scope.TREE))}
    answer = owner.post(address(cast, role, "edit/"), sent)
    assert answer.headers["Location"] == address(cast, role, "effect/")
    assert saved(cast, role).grants["leads.view_customer"] == Scope.OWN
    page = owner.get(address(cast, role, "effect/")).content.decode()
    assert "王磊" in page
    assert confirm(owner, cast, role).headers["Location"] == address(cast, role)
    after = saved(cast, role)
    assert after.grants["leads.view_customer"] == Scope.TREE
    assert after.version == role.version + 1
    with tenant_context(cast.organization.id):
        log = OperationLog.objects.get(action="role.changed")
        assert log.member_id == cast.owner.pk
        assert log.details["grants"] == {"leads.view_customer": [1, 3]}
    page = owner.get(address(cast, role)).content.decode()
    assert "周总" in page
    assert "Department tree" in page


def test_untouched_nothing_changes(owner, cast, role):
    owner.post(address(cast, role, "edit/"), base(role))
    page = owner.get(address(cast, role, "effect/"))
    assert page.context["changes"] == []
    confirm(owner, cast, role)
    assert saved(cast, role).version == role.version


def test_chosen_departments_and_field_rights_are_kept(owner, cast, role):
    north = cast.departments["north"].pk
    sent = base(role) | {
        permission_field("leads.view_lead"): "5",
        departments_field("leads.view_lead"): [str(north)],
        right_field("leads.customer.phone"): str(int(Right.MASKED)),
        right_field("leads.lead.phone"): str(int(Right.WRITE)),
    }
    owner.post(address(cast, role, "edit/"), sent)
    confirm(owner, cast, role)
    after = saved(cast, role)
    assert after.grants["leads.view_lead"] == {"scope": 5, "departments": [north]}
    assert after.field_rights == {"leads.customer.phone": 1}
    page = owner.get(address(cast, role, "edit/")).content.decode()
    assert f'value="{north}" data-depth="1" checked' in page


def test_choosing_no_department_shows_the_tree_and_why(owner, cast, role):
    sent = base(role) | {permission_field("leads.view_lead"): "5"}
    answer = owner.post(address(cast, role, "edit/"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose at least one department" in page
    assert f'name="{departments_field("leads.view_lead")}"' in page


def test_a_department_of_another_organisation_is_refused(owner, cast, other_cast, role):
    sent = base(role) | {
        permission_field("leads.view_lead"): "5",
        departments_field("leads.view_lead"): [str(other_cast.departments["east"].pk)],
    }
    assert owner.post(address(cast, role, "edit/"), sent).status_code == 422


def test_a_whole_module_is_set_without_script(owner, cast, role):
    answer = owner.post(address(cast, role, "edit/"), base(role) | {"set": "orders:3"})
    assert answer.status_code == 200
    draft = answer.context["draft"]
    given = {name: value for name, value in draft.grants.items() if name.startswith("orders.")}
    assert given["orders.view_order"] == Scope.TREE
    assert given["orders.edit_product"] == Scope.ALL
    answer = owner.post(address(cast, role, "edit/"), base(role) | {"set": "orders:"})
    assert not [name for name in answer.context["draft"].grants if name.startswith("orders.")]


def test_nonsense_gives_nothing(owner, cast, role):
    sent = base(role) | {
        permission_field("leads.view_lead"): "99",
        "p-no.such_permission": "4",
        "f-no.such.field": "0",
        right_field("leads.customer.phone"): "x",
        "grants": '{"people.edit_role": 4}',
        "is_builtin": "",
        "code": "administrator",
    }
    owner.post(address(cast, role, "edit/"), sent)
    confirm(owner, cast, role)
    after = saved(cast, role)
    assert "leads.view_lead" not in after.grants
    assert "no.such_permission" not in after.grants
    assert "people.edit_role" not in after.grants
    assert after.field_rights == {}
    assert after.is_builtin
    assert after.code == "rep"


def test_what_was_not_shown_is_not_saved(owner, cast, role):
    changed = {permission_field("leads.view_customer"): str(int(Scope.ALL))}
    owner.post(address(cast, role, "edit/"), base(role) | changed)
    answer = owner.post(address(cast, role, "save/"), {"digest": "0" * 16})
    assert answer.headers["Location"] == address(cast, role, "effect/")
    assert saved(cast, role).grants["leads.view_customer"] == Scope.OWN


def test_a_stale_save_is_refused_with_both_versions(owner, cast, role):
    changed = {permission_field("leads.view_customer"): str(int(Scope.ALL))}
    owner.post(address(cast, role, "edit/"), base(role) | changed)
    page = owner.get(address(cast, role, "effect/"))
    with tenant_context(cast.organization.id, member_id=cast.manager.pk):
        theirs = RoleDraft.of(role)
        services.save_role(RoleDraft(**{**theirs.__dict__, "description": "new words"}))
    answer = owner.post(address(cast, role, "save/"), {"digest": page.context["draft"].digest})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "new words" in text
    assert "马经理" in text
    assert "See customers" in text
    assert saved(cast, role).grants["leads.view_customer"] == Scope.OWN
    mine = owner.get(answer.context["mine_url"])
    assert mine.context["draft"].version == role.version + 1


def test_a_new_role_is_a_copy_until_it_is_saved(owner, cast, role):
    new = f"/{cast.organization.slug}/roles/new/"
    page = owner.get(f"{new}?copy={role.pk}")
    assert page.context["draft"].grants == role.grants
    sent = base(role) | {"name": "Trainee", "version": "0"}
    assert owner.post(new, sent).headers["Location"] == f"{new}effect/"
    shown = owner.get(f"{new}effect/")
    answer = owner.post(f"{new}save/", {"digest": shown.context["draft"].digest})
    assert answer.status_code == 302
    with tenant_context(cast.organization.id):
        trainee = Role.objects.get(name="Trainee")
        assert set(trainee.grants) == set(role.grants)
        same = RoleDraft.of(trainee), RoleDraft.of(role)
        assert not differences(*same)[1:]
        assert not trainee.is_builtin


def test_a_name_is_taken_once(owner, cast, role):
    new = f"/{cast.organization.slug}/roles/new/"
    owner.post(new, base(role) | {"version": "0"})
    shown = owner.get(f"{new}effect/")
    answer = owner.post(f"{new}save/", {"digest": shown.context["draft"].digest})
    assert answer.status_code == 422
    assert "Another role has this name" in answer.content.decode()


def test_a_builtin_role_is_reset_by_way_of_its_effect(owner, cast, role):
    with tenant_context(cast.organization.id):
        Role.objects.filter(pk=role.pk).update(grants={}, field_rights={"leads.lead.phone": 0})
    answer = owner.post(address(cast, role, "reset/"))
    assert answer.headers["Location"] == address(cast, role, "effect/")
    confirm(owner, cast, role)
    assert saved(cast, role).grants == role.grants
    assert saved(cast, role).field_rights == {}


def test_only_an_own_role_that_nobody_holds_is_deleted(tenant):
    with pytest.raises(Refused):
        services.delete_role(Role.objects.get(code="rep").pk)
    mine = services.create_role(RoleDraft(name="Mine"))
    held = MemberRole.objects.create(member=tenant.agent, role=mine)
    with pytest.raises(Refused):
        services.delete_role(mine.pk)
    held.delete()
    services.delete_role(mine.pk)
    assert not Role.objects.filter(name="Mine").exists()
    assert OperationLog.objects.filter(action="role.deleted").exists()


def test_deleting_says_why_not(owner, cast, role):
    answer = owner.post(address(cast, role, "delete/"), headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "tz:toast" in answer.headers["HX-Trigger"]


def test_the_rows_behind_a_number(owner, cast, role):
    from leads.models import Customer

    with tenant_context(cast.organization.id):
        Customer.objects.create(
            number="c", name="甲乙", owner=cast.colleague, department=cast.departments["east"]
        )
    changed = {permission_field("leads.view_customer"): str(int(Scope.TREE))}
    owner.post(address(cast, role, "edit/"), base(role) | changed)
    query = f"?member={cast.agent.pk}&permission=leads.view_customer&way=gained"
    page = owner.get(address(cast, role, f"effect/rows/{query}"))
    assert page.status_code == 200
    assert "甲乙" in page.content.decode()
    lost = owner.get(address(cast, role, f"effect/rows/{query.replace('gained', 'lost')}"))
    assert "甲乙" not in lost.content.decode()
    for bad in ("permission=nonsense", "permission=people.edit_role", "member=x", "way=up"):
        assert owner.get(address(cast, role, f"effect/rows/{query}&{bad}")).status_code == 404


def test_rows_are_named_only_to_those_who_see_them(cast, role, sign_in):
    """Somebody who edits roles but sees no customers learns a number, no name."""
    from leads.models import Customer

    with tenant_context(cast.organization.id):
        editing = Role.objects.create(code="x", name="x", grants={"people.edit_role": 4})
        MemberRole.objects.filter(member=cast.legal).delete()
        MemberRole.objects.create(member=cast.legal, role=editing)
        Customer.objects.create(
            number="c", name="甲乙", owner=cast.colleague, department=cast.departments["east"]
        )
    browser = sign_in(cast.legal)
    changed = {permission_field("leads.view_customer"): str(int(Scope.TREE))}
    browser.post(address(cast, role, "edit/"), base(role) | changed)
    query = f"?member={cast.agent.pk}&permission=leads.view_customer&way=gained"
    text = browser.get(address(cast, role, f"effect/rows/{query}")).content.decode()
    assert "甲乙" not in text
    assert "1 that you may not see yourself" in text


def test_the_preview_for_the_members_form(owner, cast, role):
    with tenant_context(cast.organization.id):
        finance = Role.objects.get(code="finance")
    url = f"/{cast.organization.slug}/members/{cast.agent.pk}/roles/effect/"
    page = owner.get(url, {"roles": [role.pk, finance.pk]}).content.decode()
    assert "Match and post bank lines" in page
    none = owner.get(f"/{cast.organization.slug}/members/{cast.owner.pk}/roles/effect/")
    assert "Nobody would be left" in none.content.decode()


def test_a_draft_belongs_to_one_organisation(owner, cast, other_cast, role, sign_in):
    changed = {permission_field("leads.view_customer"): str(int(Scope.ALL))}
    owner.post(address(cast, role, "edit/"), base(role) | changed)
    stranger = sign_in(other_cast.owner)
    assert stranger.get(address(cast, role, "effect/")).status_code == 404
    assert owner.get(f"/{other_cast.organization.slug}/roles/{role.pk}/").status_code == 404


@pytest.mark.slow
def test_two_at_once_cannot_take_the_last_who_may(cast_committed):
    """Each alone would leave the other; together they would leave nobody."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    cast = cast_committed
    with tenant_context(cast.organization.id):
        second = Role.objects.create(
            code="y", name="y", grants={"people.edit_role": 4, "people.assign_role": 4}
        )
        MemberRole.objects.create(member=cast.legal, role=second)
        drafts = []
        for role in (Role.objects.get(code="administrator"), second):
            draft = RoleDraft.of(role)
            grants = {k: v for k, v in draft.grants.items() if k != "people.edit_role"}
            drafts.append(RoleDraft(**{**draft.__dict__, "grants": grants}))
    barrier = Barrier(2)

    def take(draft: RoleDraft) -> bool:
        try:
            barrier.wait(120)
            with tenant_context(cast.organization.id):
                services.save_role(draft)
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, drafts)) == [False, True]


DAMAGED = [
    7, "masked", [], [["leads.customer.phone", 1]],
    {"leads.customer.phone": None}, {"leads.customer.phone": "write"},
    {"leads.customer.phone": True}, {"leads.customer.phone": 99},
    {"leads.customer.phone": {"right": 3}}, {"leads.customer.phone": 2.5},
]  # fmt: skip


def test_damaged_field_rights_show_nothing_and_break_no_page(cast, role, owner, sign_in):
    with tenant_context(cast.organization.id):
        customer = Customer.objects.create(
            number="C1", name="同光", owner=cast.agent, phone="13912345678"
        )
        Customer.objects.filter(pk=customer.pk).update(phone="13912340000")
    here, rep = f"/{cast.organization.slug}/", sign_in(cast.agent)
    theirs = (f"customers/{customer.pk}/", "customers/", f"customers/{customer.pk}/edit/",
              "search/?q=139", "customers/?export=csv", "customers/?q=139")  # fmt: skip
    admins = (f"roles/{role.pk}/", f"roles/{role.pk}/edit/", "roles/", "roles/new/",
              f"members/{cast.agent.pk}/rights/", f"who-can-see/customer/{customer.pk}/",
              f"members/{cast.agent.pk}/roles/effect/?roles={role.pk}")  # fmt: skip
    for number, damaged in enumerate(DAMAGED):
        with tenant_context(cast.organization.id):
            Role.objects.filter(pk=role.pk).update(field_rights=damaged)
        # the record's own page and its role's each time, the others in turn
        for page in {theirs[0], theirs[number % len(theirs)]}:
            answer = rep.get(here + page)
            assert answer.status_code < 500, (damaged, page)
            assert b"1391234" not in answer.content, (damaged, page)
        assert owner.get(here + admins[number % len(admins)]).status_code in (200, 404), damaged
    assert owner.post(address(cast, role, "edit/"), base(role)).status_code in (200, 302)
    assert owner.get(address(cast, role, "effect/")).status_code == 200


def test_unknown_fields_and_damaged_permissions_give_nothing(cast, role, owner, sign_in):
    with tenant_context(cast.organization.id):
        unknown = {"leads.customer.nickname": 0, "nonsense": []}
        Role.objects.filter(pk=role.pk).update(field_rights=unknown)
    assert sign_in(cast.agent).get(f"/{cast.organization.slug}/customers/").status_code == 200
    with tenant_context(cast.organization.id):
        Role.objects.filter(pk=role.pk).update(grants=["leads.view_customer"])
    assert sign_in(cast.agent).get(f"/{cast.organization.slug}/customers/").status_code != 200
    assert owner.get(address(cast, role, "edit/")).status_code == 200
