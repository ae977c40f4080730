"""What a role hides stays hidden on every page, in every file, search and history."""

import random
from urllib.parse import quote

import pytest
from django.utils import timezone

from crm.access import fields
from crm.access.masks import mask_all, mask_email, mask_end, mask_phone
from crm.access.viewer import viewing_as
from crm.people.enums import Right
from crm.people.models import Member, MemberRole, Role
from crm.tenancy.context import acting_as, tenant_context
from leads.models import CollisionRisk, Contact, Customer, Lead, ShareRequest
from leads.services.contacts import create_contact
from leads.services.forewarning import look_at
from leads.services.merging import merge
from leads.views.metrics import ROWS
from orders.models import Product
from tests.architecture.test_query_counts import visited
from tests.support.exports import exported
from tests.support.growth import World

PHONE, NEW_PHONE, MAIL, WECHAT = "13912345678", "13912340000", "geheim@kunde.example", "wx_geheim"
CODE, COST, COST_SHOWN = "91320594MA1MCBUX6T", "7431.55", "7,431.55"
FILES = ("leads/?export=csv", "customers/?export=csv", "products/?export=csv")


def restrict(right: Right, *, role: str = "administrator") -> None:
    """Give every guarded field this right in the role."""
    rights = {one.key: int(right) for one in fields.guarded_fields()}
    Role.objects.filter(code=role).update(field_rights=rights)


@pytest.fixture
def world(cast):
    """Every guarded field of some record holds a value that stands nowhere else."""
    with tenant_context(cast.organization.id):
        found = World(cast)
        found.grow(2)
        with acting_as(cast.agent.pk):
            contact = Contact.objects.filter(customer=found.customer).first()
            for record in (found.lead, found.customer, contact):
                fill(record)
                type(record).objects.filter(pk=record.pk).update(phone=NEW_PHONE)
                type(record).objects.filter(pk=record.pk).update(phone=PHONE)
        Product.objects.update(cost=COST)
        found.paths = [*visited(found), *FILES]
    return found


@pytest.fixture
def collided(world, cast):
    """The same, and its records beside others."""
    with tenant_context(cast.organization.id):
        world.paths += collisions_of(world)
    return world


def collisions_of(world: World) -> list[str]:
    """The pages on which a record stands beside another one: merges, warnings, figures, cases."""
    twin = world.new_customer(30_000)
    second, third = world.new_customer(30_001), world.new_customer(30_002)
    for one in (twin, second, third):
        Customer.objects.filter(pk=one.pk).update(phone=PHONE, phone_key=f"+86{PHONE}")
        one.refresh_from_db()
    with acting_as(world.cast.owner.pk):
        done = merge(kept=third, gone=second, by=world.cast.owner, reason="同一家")
        create_contact(customer_id=twin.pk, by=world.cast.owner, name="李密", phone=PHONE)
    pairs = [("customer", world.customer.pk), ("customer", twin.pk), ("lead", world.lead.pk)]
    look_at(pairs)
    request = ShareRequest.objects.create(
        asker=world.cast.colleague, record_kind="customer", record_id=twin.pk, reason="合作"
    )
    risks = CollisionRisk.objects.values_list("pk", flat=True)
    month = f"{timezone.localdate():%Y-%m}"
    rows = [f"collisions/metrics/rows/{kind}/?month={month}" for kind in ROWS]
    return [
        f"merges/customer/{world.customer.pk}/{twin.pk}/",
        f"merges/customer/{twin.pk}/{world.customer.pk}/",
        f"merges/attach/{twin.pk}/{world.lead.pk}/",
        f"merges/{done.pk}/",
        f"merges/with/customer/{twin.pk}/?q={quote('杭州')}",
        f"merges/with/lead/{world.lead.pk}/",
        *(f"collisions/risks/{pk}/" for pk in risks),
        f"collisions/requests/{request.pk}/",
        f"leads/{world.lead.pk}/collision/",
        f"customers/{twin.pk}/protect/",
        f"customers/{third.pk}/",
        f"leads/{world.lead.pk}/convert/",
        f"leads/{world.lead.pk}/edit/",
        f"customers/{twin.pk}/edit/",
        *rows,
    ]


def fill(record) -> None:
    known = {"phone": PHONE, "email": MAIL, "wechat": WECHAT, "credit_code": CODE}
    given = {name: value for name, value in known.items() if hasattr(record, name)}
    if hasattr(record, "phone_key"):
        given["phone_key"] = f"+86{PHONE}"
    type(record).objects.filter(pk=record.pk).update(**given)


def read(browser, path: str) -> str:
    """What the page or file says, without the signs between the digits of a number."""
    url = f"/acme/{path}"
    answer = exported(browser, url) if "export=" in path else browser.get(url)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="ignore").replace(" ", "").replace("\u00a0", "")


def leaks(browser, world) -> dict[str, list[str]]:
    found = {}
    asked = [f"search/?q={quote(word)}" for word in (PHONE, PHONE[:7], MAIL, "杭州")]
    for path in [*world.paths, *asked]:
        text = read(browser, path)
        if "search/" in path:  # the page repeats what was typed
            for again in (f'value="{PHONE}"', f'value="{MAIL}"', f'?typed={PHONE}"'):
                text = text.replace(again, "")
        secret = (PHONE, NEW_PHONE, MAIL, WECHAT, CODE, COST, COST_SHOWN)
        shown = [one for one in secret if one in text]
        if shown:
            found[path] = [
                text[max(0, text.index(one) - 160) : text.index(one) + 20] for one in shown
            ]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("right", [Right.HIDDEN, Right.MASKED])
def test_no_page_and_no_file_shows_a_restricted_value(right, collided, cast, sign_in):
    with tenant_context(cast.organization.id):
        restrict(right)
    assert leaks(sign_in(cast.owner), collided) == {}


@pytest.mark.slow
def test_without_a_restriction_each_value_is_shown_somewhere(collided, cast, sign_in):
    """The test above would find them, also where two records stand side by side."""
    found = leaks(sign_in(cast.owner), collided)
    said = str(found)
    assert any(path.startswith("merges/customer/") for path in found)
    assert any(path.startswith("merges/") and path[7].isdigit() for path in found)
    for value in (PHONE, NEW_PHONE, MAIL, WECHAT, CODE, COST):
        assert value in said or value == COST and COST_SHOWN in said, value


def value_for(number: int, key: str) -> str:
    """A value that stands in no other field."""
    kind = key.rpartition(".")[2]
    shapes = {
        "phone": f"139{71000000 + number}",
        "email": f"secret{number}@kunde.example",
        "credit_code": f"9132059{number}MA1MCBUX6T"[:18],
        "cost": f"86{number}4.37",
    }
    return shapes.get(kind, f"wx_secret_{number}")


@pytest.fixture
def told_apart(collided, world, cast):
    """Field → the value that only it holds."""
    found = {}
    with tenant_context(cast.organization.id):
        contact = Contact.objects.filter(customer=world.customer).first()
        records = {"lead": world.lead, "customer": world.customer, "contact": contact}
        for number, one in enumerate(fields.guarded_fields(), 1):
            noun, name = one.key.split(".")[1:]
            found[one.key] = value_for(number, one.key)
            rows = Product.objects if noun == "product" else type(records[noun]).objects
            rows = rows.all() if noun == "product" else rows.filter(pk=records[noun].pk)
            rows.update(**{name: found[one.key]})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_rights_of_any_two_roles_keep_what_both_keep(seed, world, told_apart, cast, sign_in):
    chosen = random.Random(seed)
    rights = [Right.HIDDEN, Right.HIDDEN, Right.MASKED, Right.MASKED, Right.READ, Right.WRITE]
    both = [{key: chosen.choice(rights) for key in told_apart} for _role in range(2)]
    with tenant_context(cast.organization.id):
        Role.objects.filter(code="administrator").update(field_rights=both[0])
        Role.objects.create(code="second", name="第二", field_rights=both[1])
        MemberRole.objects.create(member=cast.owner, role=Role.objects.get(code="second"))
    kept = {
        value for key, value in told_apart.items() if max(both[0][key], both[1][key]) < Right.READ
    }
    assert kept
    browser, shown = sign_in(cast.owner), set()
    for path in world.paths:
        text = read(browser, path).replace(",", "")
        shown |= {(path, value) for value in kept if value in text}
    assert shown == set()


def test_of_several_roles_the_widest_right_counts():
    masked, read_only = {"leads.lead.phone": 1}, {"leads.lead.phone": 2, "leads.lead.email": 0}
    assert fields.combined([masked]) == {"leads.lead.phone": Right.MASKED}
    assert fields.combined([masked, read_only]) == {"leads.lead.phone": Right.READ}
    assert fields.combined([masked, {}]) == {}
    assert fields.combined([{"no.such.field": 0}]) == {}
    assert set(fields.combined([]).values()) == {Right.HIDDEN}


def test_a_restricted_field_is_not_changed_by_a_forged_form(world, cast, sign_in):
    with tenant_context(cast.organization.id):
        restrict(Right.READ)
        lead = Lead.objects.get(pk=world.lead.pk)
    browser = sign_in(cast.owner)
    form = {"company_name": lead.company_name, "channel": "manual", "version": lead.version}
    browser.post(f"/acme/leads/{lead.pk}/edit/", form | {"phone": NEW_PHONE, "city": "昆山"})
    with tenant_context(cast.organization.id):
        lead = Lead.objects.get(pk=lead.pk)
    assert (lead.phone, lead.city) == (PHONE, "昆山")


def test_converting_keeps_the_number_that_one_may_not_see(world, cast, sign_in):
    with tenant_context(cast.organization.id):
        restrict(Right.MASKED, role="rep")
        fill(world.lead)
    page = sign_in(cast.agent).get(f"/acme/leads/{world.lead.pk}/convert/").content.decode()
    assert PHONE not in page.replace(" ", "")


def test_a_list_does_not_betray_a_masked_value_by_order_or_filter(world, cast, sign_in):
    with tenant_context(cast.organization.id):
        restrict(Right.MASKED)
        other = Customer.objects.exclude(pk=world.customer.pk).first()
    browser = sign_in(cast.owner)
    whole = read(browser, f"customers/?q={PHONE}")
    part = read(browser, f"customers/?q={PHONE[:8]}")
    assert f'data-id="{world.customer.pk}"'.replace(" ", "") in whole
    assert f'data-id="{world.customer.pk}"' not in part
    assert f'data-id="{other.pk}"' not in whole


def test_search_finds_nothing_by_a_hidden_value(world, cast):
    from leads.selectors.matching_text import narrow_customers

    with tenant_context(cast.organization.id):
        member = Member.objects.get(pk=cast.owner.pk)
        with viewing_as(member):
            assert narrow_customers(Customer.objects.all(), PHONE).exists()
        restrict(Right.HIDDEN)
        member = Member.objects.get(pk=cast.owner.pk)
        with viewing_as(member):
            assert not narrow_customers(Customer.objects.all(), PHONE).exists()


@pytest.mark.parametrize(
    ("mask", "value", "seen"),
    [
        (mask_phone, "13800138000", "138****8000"),
        (mask_phone, "+86 138 0013 8000", "+86138****8000"),
        (mask_phone, "0512-62880000", "0512****0000"),
        (mask_phone, "88888", "****88"),
        (mask_phone, "110", "****"),
        (mask_email, "li.na@example.com", "l****@example.com"),
        (mask_email, "nonsense", "****"),
        (mask_end, "6222 0210 0101 2345 678", "**** 5678"),
        (mask_end, "1234", "****"),
        (mask_all, "anything", "****"),
    ],
)
def test_a_mask_leaves_what_tells_two_apart_and_no_more(mask, value, seen):
    assert mask(value) == seen
