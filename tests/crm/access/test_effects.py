"""The effect that is shown equals what really happens when the change is saved."""

import random

import pytest

from crm.access import cautions, effects, policy, services
from crm.access.counting import record_of
from crm.access.drafts import RoleDraft
from crm.access.effects import Way
from crm.access.grants import grant
from crm.access.registry import permissions
from crm.people import services as people
from crm.people.enums import Right, Scope
from crm.people.models import Member, MemberRole, Role
from leads.models import Customer, Lead, Opportunity
from tests.support.cast import add_person


def draft_of(code: str, **changes) -> RoleDraft:
    """The role as it is, some permissions changed ({} or None takes one away)."""
    role = Role.objects.get(code=code)
    draft = RoleDraft.of(role)
    grants = {name: given for name, given in {**draft.grants, **changes}.items() if given}
    return RoleDraft(**{**draft.__dict__, "grants": grants})


def customer(owner: Member | None, name: str, department=None) -> Customer:
    return Customer.objects.create(
        number=name,
        name=name,
        owner=owner,
        department=department or (owner.department if owner else None),
    )


@pytest.fixture
def customers(tenant) -> dict[str, Customer]:
    return {
        part: customer(tenant.members[part], part) for part in ("agent", "colleague", "northerner")
    }


def numbers(effect: effects.Effect, model: type) -> dict[str, tuple[int, int]]:
    """Member → (gained, lost) in the first column about this model."""
    found = {}
    for group in effect.groups:
        for index, column in enumerate(group.columns):
            if column.model is model:
                for row in group.rows:
                    number = row.numbers[index]
                    found.setdefault(row.member.name, (number.gained, number.lost))
                break
    return found


def test_a_wider_scope_gains_the_departments_records(tenant, customers):
    effect = effects.role_effect_on_holders(
        draft_of("rep", **{"leads.view_customer": int(Scope.DEPARTMENT)})
    )
    assert numbers(effect, Customer) == {"王磊": (1, 0), "李娜": (1, 0), "赵北": (0, 0)}
    (group,) = effect.groups
    assert [change.way for change in group.permissions] == [Way.WIDENED]
    assert effect.unchanged == 0


def test_a_lost_permission_loses_ones_own_records_too(tenant, customers):
    effect = effects.role_effect_on_holders(draft_of("rep", **{"leads.view_customer": None}))
    assert numbers(effect, Customer) == {"王磊": (0, 1), "李娜": (0, 1), "赵北": (0, 1)}


def test_another_role_of_the_member_keeps_what_this_one_loses(tenant, customers):
    MemberRole.objects.create(member=tenant.agent, role=Role.objects.get(code="manager"))
    effect = effects.role_effect_on_holders(draft_of("rep", **{"leads.view_customer": None}))
    assert numbers(effect, Customer) == {"李娜": (0, 1), "赵北": (0, 1)}
    assert effect.unchanged == 1


def test_shared_records_are_not_gained_twice(tenant, customers):
    grant(tenant.agent, "view", customers["northerner"])
    grant(tenant.departments["east"], "view", customers["northerner"])
    effect = effects.role_effect_on_holders(
        draft_of("rep", **{"leads.view_customer": int(Scope.ALL)})
    )
    assert numbers(effect, Customer) == {"王磊": (1, 0), "李娜": (1, 0), "赵北": (2, 0)}


def test_the_preview_for_one_member_names_what_a_new_role_adds(tenant, customers):
    finance = Role.objects.get(code="finance")
    rep = Role.objects.get(code="rep")
    member = Member.objects.select_related("department").get(pk=tenant.agent.pk)
    effect = effects.role_effect(member, [rep.pk, finance.pk])
    assert numbers(effect, Customer) == {"王磊": (2, 0)}
    ways = {one.permission.name: one.way for one in effect.groups[0].permissions}
    assert ways["payments.post"] == Way.GAINED
    assert Way.LOST not in ways.values()


def reached(member_id: int) -> dict[tuple[str, str], set[int]]:
    """What a member really reaches, by every scoped permission, read anew."""
    member = Member.objects.select_related("department").get(pk=member_id)
    return {
        (one.name, model._meta.label): set(
            policy.visible(member, model._default_manager.order_by(), one.name).values_list(
                "pk", flat=True
            )
        )
        for one in permissions()
        if (model := record_of(one)) is not None
    }


def a_world(cast, chance: random.Random) -> None:
    """Departments, people with several roles, records and shares at random."""
    for number in range(4):
        parent = chance.choice(list(cast.departments.values()))
        cast.departments[f"d{number}"] = people.create_department(name=f"d{number}", parent=parent)
    for number in range(6):
        place = chance.choice(list(cast.departments))
        add_person(cast, f"p{number}", department=place, role=chance.choice(["rep", "manager"]))
    everybody = list(cast.members.values())
    for member in chance.sample(everybody, 5):
        role = Role.objects.get(code=chance.choice(["finance", "service", "marketing"]))
        MemberRole.objects.get_or_create(member=member, role=role)
    places = [*cast.departments.values(), None]
    for number in range(25):
        owner = chance.choice([*everybody, None])
        row = customer(owner, f"c{number}", chance.choice(places))
        Lead.objects.create(
            number=f"l{number}", company_name="x", owner=owner, department=chance.choice(places)
        )
        if chance.random() < 0.3:
            receiver = chance.choice([*everybody, *cast.departments.values()])
            grant(receiver, chance.choice(["view", "edit"]), row)


def a_stored_scope(chance: random.Random, departments) -> object:
    scope = chance.choice([None, 1, 2, 3, 4, 5])
    if scope == 5:
        chosen = chance.sample(sorted(one.pk for one in departments), 2)
        return {"scope": 5, "departments": chosen}
    return scope


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_counts_equal_what_saving_really_changes(tenant, seed):
    chance = random.Random(seed)
    a_world(tenant, chance)
    code = chance.choice(["rep", "manager", "marketing"])
    names = [one.name for one in permissions() if record_of(one) is not None]
    changes = {
        name: a_stored_scope(chance, tenant.departments.values())
        for name in chance.sample(names, 9)
    }
    draft = draft_of(code, **changes)
    holders = MemberRole.objects.filter(role__code=code).values_list("member_id", flat=True)
    before = {pk: reached(pk) for pk in holders}

    effect = effects.role_effect_on_holders(draft)
    role = Role.objects.get(code=code)
    role.grants = dict(draft.grants)
    role.save(update_fields=["grants"])

    told = {
        (row.member.pk, permission.name): (number.gained, number.lost)
        for group in effect.groups
        for row in group.rows
        for column, number in zip(group.columns, row.numbers, strict=True)
        for permission in column.permissions
    }
    for pk in holders:
        after = reached(pk)
        for key, rows in before[pk].items():
            real = (len(after[key] - rows), len(rows - after[key]))
            assert told.get((pk, key[0]), (0, 0)) == real, (pk, key)


@pytest.mark.slow
def test_forty_members_cost_as_many_queries_as_four(tenant, django_assert_max_num_queries):
    for number in range(40):
        add_person(tenant, f"x{number}", department="east", role="rep")
    draft = draft_of(
        "rep",
        **{
            "leads.view_customer": int(Scope.TREE),
            "leads.edit_customer": int(Scope.TREE),
            "leads.view_opportunity": int(Scope.ALL),
        },
    )
    with django_assert_max_num_queries(40):
        effect = effects.role_effect_on_holders(draft)
    assert effect.touched == 43
    assert {column.model for column in effect.groups[0].columns} == {Customer, Opportunity}


def test_the_last_who_may_edit_roles_is_kept(tenant):
    draft = draft_of("administrator", **{"people.edit_role": None})
    assert [one.blocks for one in cautions.cautions_about(draft)][0]
    with pytest.raises(services.Refused):
        services.save_role(draft)
    assert "people.edit_role" in Role.objects.get(code="administrator").grants


def test_it_is_said_when_nobody_may_post_any_more(tenant):
    for code in ("administrator", "finance"):
        role = Role.objects.get(code=code)
        role.grants.pop("payments.post") if code == "administrator" else None
        role.save(update_fields=["grants"])
    found = cautions.cautions_about(draft_of("finance", **{"payments.post": None}))
    assert len(found) == 1
    assert not found[0].blocks


def test_it_is_said_when_a_field_is_shown_that_others_mask(tenant):
    Role.objects.filter(code__in=["rep", "service"]).update(
        field_rights={"leads.customer.phone": int(Right.MASKED)}
    )
    draft = RoleDraft(**{**draft_of("service").__dict__, "field_rights": {}})
    (found,) = cautions.cautions_about(draft)
    assert str(Role.objects.get(code="rep").name) in found.text


def test_it_is_said_when_a_mask_is_escaped_through_another_role(tenant):
    MemberRole.objects.create(member=tenant.agent, role=Role.objects.get(code="service"))
    rights = {"leads.customer.phone": int(Right.MASKED)}
    draft = RoleDraft(**{**draft_of("rep").__dict__, "field_rights": rights})
    (found,) = cautions.cautions_about(draft)
    assert Role.objects.get(code="service").name in found.text
    effect = effects.role_effect_on_holders(draft)
    assert effect.unchanged == 1
    assert {row.member.name for row in effect.groups[0].rows} == {"李娜", "赵北"}
