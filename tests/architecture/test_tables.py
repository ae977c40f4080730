"""What the database must say about every tenant's table."""

from django.apps import apps
from django.db import connection, models

from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import TenantModel
from crm.tenancy.schema import is_append_only, is_history, tenant_models, tenant_references

OUR_APPS = {"crm", "leads", "orders", "payments", "reports"}
# Tables that belong to no single organisation, and why.
SHARED = {
    "tenancy.Organization": "the tenants themselves",
    "people.User": "one person may belong to several organisations",
    "encryption.KnownKey": "names and fingerprints of the installation's keys",
    "signin.SealedSecret": "secrets of a person's second factor, for all organisations",
    "organizations.SignUp": "wishes, before there is an organisation",
    "organizations.LastVisit": "where a person was last, asked before they enter",
    "organizations.Usage": "bare sizes for the operator, who may not look inside",
    "organizations.OperatorAction": "what operators did; outlives organisations",
    "organizations.Deletion": "the request and, afterwards, the certificate of an erasure",
}


def our_models():
    return [
        m
        for m in apps.get_models(include_auto_created=True)
        if m.__module__.split(".")[0] in OUR_APPS and not m._meta.proxy
    ]


def rows(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_every_model_belongs_to_a_tenant_or_says_why_not(db):
    shared = {
        m._meta.label
        for m in our_models()
        if not issubclass(m, TenantModel) and not is_history(m) and not m._meta.auto_created
    }
    assert shared == set(SHARED)


def test_no_automatic_many_to_many_between_tenants_models():
    through = {m._meta.label for m in our_models() if m._meta.auto_created}
    assert through == {"people.User_groups", "people.User_user_permissions"}


def test_references_between_tenants_models_are_composite(db):
    known = {name for (name,) in rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    for model in tenant_models():
        if is_history(model):
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey) and issubclass(
                field.related_model, TenantModel
            ):
                assert isinstance(field, TenantForeignKey), f"{model._meta.label}.{field.name}"
        for field in tenant_references(model):
            assert f"{model._meta.db_table}_{field.column}_same_tenant"[:63] in known


def test_every_index_begins_with_the_tenant(db):
    tables = [m._meta.db_table for m in tenant_models()]
    found = rows(
        "SELECT t.relname, i.relname, a.attname FROM pg_index x"
        " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
        " WHERE t.relname = ANY(%s) AND NOT x.indisprimary",
        [tables],
    )
    others = {(table, index) for table, index, column in found if column != "organization_id"}
    assert others == {("people_member", "member_user_idx")}  # a person's own memberships


def test_the_application_cannot_rewrite_what_is_append_only(db):
    for model in tenant_models():
        if is_append_only(model):
            ((may,),) = rows(
                "SELECT has_table_privilege(current_user, %s, 'UPDATE, DELETE')",
                [f'"{model._meta.db_table}"'],
            )
            assert not may, model._meta.label


def test_constraints_and_indexes_are_named_by_hand(db):
    for model in our_models():
        for index in model._meta.indexes:
            assert not index.name.endswith(tuple("0123456789")), index.name


def test_shown_amounts_are_never_floats():
    for model in our_models():
        for field in model._meta.local_concrete_fields:
            assert not isinstance(field, models.FloatField), f"{model._meta.label}.{field.name}"
