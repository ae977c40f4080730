"""What the database itself refuses, whatever Python does."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from crm.people.models import Department, Member
from crm.tenancy.context import NoTenant, OtherTenant, tenant_context
from crm.tenancy.schema import tenant_models
from leads.models import Lead


def count_rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


def test_no_tenant_means_no_rows_even_in_raw_sql(cast):
    assert count_rows("people_member") == 0


def test_each_tenant_counts_its_own_rows(cast, other_cast):
    with tenant_context(cast.organization.id):
        assert count_rows("people_member") == len(cast.members)
        assert Member.objects.count() == len(cast.members)


def test_a_foreign_row_cannot_be_inserted(cast, other_cast):
    with (
        tenant_context(cast.organization.id),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Department.objects.create(organization=other_cast.organization, name="x")


def test_a_row_cannot_be_moved_to_another_tenant(cast, other_cast):
    with (
        tenant_context(cast.organization.id),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Department.objects.update(organization=other_cast.organization)


def test_a_reference_to_another_tenants_row_is_refused(cast, other_cast):
    foreign = other_cast.agent
    with tenant_context(cast.organization.id), connection.cursor() as cursor:
        Lead.objects.create(number="L1", company_name="x", owner_id=foreign.pk)
        with pytest.raises(IntegrityError, match="same_tenant"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_history_belongs_to_the_tenant_and_cannot_be_rewritten(cast, other_cast):
    with tenant_context(cast.organization.id, member_id=cast.owner.pk, reason="renamed"):
        east = cast.departments["east"]
        east.name = "华东大区"
        east.save(update_fields=["name"])
        event = east.history.get(pgh_context__reason="renamed")
        assert (event.name, event.pgh_context["member"]) == ("华东", cast.owner.pk)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            east.history.update(name="?")
    with tenant_context(other_cast.organization.id):
        assert not Department.history.rel.related_model.objects.filter(name="华东大区").exists()
        assert count_rows("people_departmentevent") == 4  # what building the cast changed


@pytest.mark.parametrize(
    "use",
    [
        lambda: Member.objects.count(),
        lambda: Member.objects.exists(),
        lambda: list(Member.objects.all()),
        lambda: Member.objects.filter(pk=1).update(name="x"),
        lambda: Member.objects.filter(pk=1).delete(),
        lambda: Member.objects.bulk_create([Member(organization_id=1, name="x")]),
        lambda: Member(organization_id=1, name="x", user_id=1).save(),
        lambda: Member.objects.explain(),
        lambda: Department(name="x"),
    ],
)
def test_without_a_tenant_python_raises(db, use):
    with pytest.raises(NoTenant):
        use()


def test_one_tenant_cannot_be_opened_inside_another(cast, other_cast):
    with (
        tenant_context(cast.organization.id),
        pytest.raises(OtherTenant),
        tenant_context(other_cast.organization.id),
    ):
        pass


def test_every_tenant_table_is_secured(db):
    """Policy, FORCE and a tenant-first unique key on every table with an organisation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,"
            " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant')"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " AND a.attname = 'organization_id' WHERE c.relkind IN ('r', 'p', 'm')"
        )
        tables = {name: (forced, policies) for name, forced, policies in cursor.fetchall()}
    assert {model._meta.db_table for model in tenant_models()} == set(tables)
    assert all(state == (True, 1) for state in tables.values()), tables
