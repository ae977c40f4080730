"""Every page, for everybody: anonymous, stranger, a member without and one with the permission."""

import pytest
from django.conf import settings

from crm.access.registry import ANY_MEMBER, is_declared, permissions
from crm.people.enums import RoleCode
from crm.people.models import Role
from crm.tenancy.context import tenant_context
from tests.support.addresses import tenant_addresses
from tests.support.cast import add_person

ADDRESSES = tenant_addresses()
ANSWERS_OF_A_SAMPLE = {200, 204, 302, 303, 308, 400, 404, 405, 409, 422, 429}


def test_every_page_declares_a_permission():
    undeclared = [
        a.name for a in ADDRESSES if a.needs != ANY_MEMBER and not is_declared(a.needs or "")
    ]
    assert undeclared == []


def test_names_are_unique():
    names = [a.name for a in ADDRESSES]
    assert sorted(names) == sorted(set(names))


def test_every_permission_belongs_to_a_role():
    assert [p.name for p in permissions() if not p.roles] == []
    assert {role for p in permissions() for role in p.roles} == set(RoleCode.values)


@pytest.fixture
def powerless(cast):
    """A member whose only role grants nothing."""
    with tenant_context(cast.organization.id):
        Role.objects.create(code="none", name="Nothing", grants={})
        return add_person(cast, "powerless", department="east", role="none")


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda a: a.name)
def test_access(address, cast, other_cast, powerless, client, sign_in):
    path = f"/{cast.organization.slug}/{address.path}"
    stranger, nobody = sign_in(other_cast.owner), sign_in(powerless)
    refused = set()

    for method in ("get", "post"):
        anonymous = getattr(client, method)(path)
        assert anonymous.status_code == 302
        assert anonymous.headers["Location"].startswith(settings.LOGIN_URL)
        assert getattr(stranger, method)(path).status_code == 404
        refused.add(getattr(nobody, method)(path).status_code)

    if address.needs == ANY_MEMBER:
        assert refused <= ANSWERS_OF_A_SAMPLE
    else:
        assert 403 in refused
        assert refused <= {403, 405}
    assert sign_in(cast.owner).get(path).status_code in ANSWERS_OF_A_SAMPLE
