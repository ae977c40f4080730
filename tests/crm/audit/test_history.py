"""Who, when, why, from what to what: also for bulk updates and raw SQL."""

from django.db import connection

from crm.access.fields import guarded_fields
from crm.access.viewer import viewing_as
from crm.audit import services as audit
from crm.audit.selectors import changes_of, operations_on
from crm.people.enums import Right
from crm.people.models import Member, Role
from crm.tenancy.context import tenant_context
from leads.models import Contact, Customer


def make_customer(cast) -> Customer:
    return Customer.objects.create(
        number="C1", name="甲", owner=cast.agent, department=cast.agent.department
    )


def test_changes_tell_the_whole_story_newest_first(cast):
    organization_id = cast.organization.id
    with tenant_context(organization_id, member_id=cast.agent.pk):
        customer = make_customer(cast)
    with tenant_context(organization_id, member_id=cast.agent.pk, reason="typo"):
        customer.name = "乙"
        customer.save(update_fields=["name"])
    with tenant_context(organization_id, member_id=cast.manager.pk, reason="bulk"):
        Customer.objects.update(city="苏州", name="丙")
        customer.refresh_from_db()
        newest, oldest = changes_of(customer)
    assert (newest.member_id, newest.reason) == (cast.manager.pk, "bulk")
    assert {(f.field, f.before, f.after) for f in newest.fields} == {
        ("name", "乙", "丙"),
        ("city", "", "苏州"),
    }
    assert (oldest.member_id, oldest.reason) == (cast.agent.pk, "typo")
    assert [(f.field, f.before, f.after) for f in oldest.fields] == [("name", "甲", "乙")]


def test_raw_sql_leaves_a_trace_too(cast):
    with tenant_context(cast.organization.id, member_id=cast.owner.pk, reason="repair"):
        customer = make_customer(cast)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE leads_customer SET city = '无锡' WHERE id = %s", [customer.pk])
        customer.refresh_from_db()
        (change,) = changes_of(customer)
        assert (change.member_id, change.reason) == (cast.owner.pk, "repair")


def test_an_update_that_changes_nothing_leaves_no_trace(cast):
    with tenant_context(cast.organization.id):
        customer = make_customer(cast)
        Customer.objects.filter(pk=customer.pk).update(name="甲")
        assert changes_of(customer) == []


def test_a_deleted_row_is_kept_in_history(cast):
    with tenant_context(cast.organization.id, member_id=cast.owner.pk):
        customer = make_customer(cast)
        events = customer.history.model
        pk = customer.pk
        customer.delete()
        event = events.objects.get(pgh_obj_id=pk)
        assert (event.pgh_label, event.name) == ("delete", "甲")


def test_operations_name_the_acting_member(cast):
    with tenant_context(cast.organization.id, member_id=cast.manager.pk):
        customer = make_customer(cast)
        audit.record("customer.greeted", target=customer, how="warmly")
        (operation,) = operations_on(customer)
    assert (operation.member_id, operation.details) == (cast.manager.pk, {"how": "warmly"})


def test_a_masked_field_is_masked_in_the_history_of_its_viewer(tenant, as_member):
    with as_member(tenant.agent):
        customer = Customer.objects.create(
            name="苏州同光精密", owner=tenant.agent, department=tenant.agent.department
        )
        contact = Contact.objects.create(customer=customer, name="李敏", phone="13800001111")
        contact.phone = "13900002222"
        contact.save(update_fields=["phone"])
    guarded = next(one for one in guarded_fields() if one.key == "leads.contact.phone")
    Role.objects.filter(code="rep").update(field_rights={guarded.key: int(Right.MASKED)})
    reader = Member.objects.get(pk=tenant.agent.pk)

    assert phones(contact) == ("13800001111", "13900002222")
    with viewing_as(reader):
        assert "0000" not in "".join(phones(contact))
        assert all("*" in phone for phone in phones(contact))


def phones(contact: Contact) -> tuple[str, str]:
    (change,) = changes_of(contact)
    (field,) = [one for one in change.fields if one.field == "phone"]
    return field.before, field.after
