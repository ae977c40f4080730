"""A copied cast is the cast that was built, row for row."""

import pytest
from django.db import connection, transaction

from crm.people.models import Member
from crm.tenancy.context import tenant_context
from tests.support.cast import Cast, build_cast
from tests.support.copies import TABLES, copy_of

pytestmark = pytest.mark.django_db


def counted(cast: Cast) -> dict[str, int]:
    """How many rows the organisation has in each table."""
    found = {}
    with tenant_context(cast.organization.pk), connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, columns in cursor.fetchall():
            if "organization_id" in columns:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[table] = cursor.fetchone()[0]
    return {table: count for table, count in found.items() if count}


def people(cast: Cast) -> list[tuple[object, ...]]:
    with tenant_context(cast.organization.pk):
        facts = ("name", "sort_key", "department__name", "member_roles__role__code")
        return list(Member.objects.order_by("pk").values_list(*facts))


def test_a_copy_has_every_row():
    with transaction.atomic():
        copy_of("acme", build_cast)
        transaction.set_rollback(True)
    copied, built = copy_of("acme", build_cast), build_cast("initech")

    assert counted(copied) == counted(built)
    assert people(copied) == people(built)
    assert copied.members.keys() == built.members.keys()


def test_its_objects_are_the_rows(cast):
    with tenant_context(cast.organization.pk):
        for part, member in cast.members.items():
            assert member.user.email == f"{part}@acme.test"
            assert Member.objects.get(pk=member.pk).user == member.user
        assert cast.departments["east"].head == cast.manager


def test_two_casts_are_apart(cast, other_cast):
    assert cast.organization != other_cast.organization
    with tenant_context(cast.organization.pk):
        assert not Member.objects.filter(pk=other_cast.agent.pk).exists()
