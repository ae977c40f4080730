"""The cast every tenant test can call on: people of one organisation and a stranger.

owner → the administrator   manager → head of East   agent → a rep in East
colleague → another rep in East   northerner → a rep in North   stranger → another company
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client

from crm.people import services as people
from crm.people.models import Department, Member, User
from crm.tenancy.context import acting_as, tenant_context
from crm.tenancy.models import Organization
from tests.support.copies import copy_of

PASSWORD = "long-enough-to-pass-9"


@dataclass
class Cast:
    """One organisation and its people by part."""

    organization: Organization
    departments: dict[str, Department] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def __getattr__(self, part: str) -> Member:
        try:
            return self.__dict__["members"][part]
        except KeyError:
            raise AttributeError(part) from None


def add_person(cast: Cast, part: str, *, department: str, role: str, name: str = "") -> Member:
    """Give the cast one more member; call inside the tenant."""
    user = User.objects.create_user(
        f"{part}@{cast.organization.slug}.test", PASSWORD, name=name or part.title()
    )
    member = people.add_member(user=user, department=cast.departments[department], roles=[role])
    cast.members[part] = member
    return member


def build_cast(slug: str = "acme") -> Cast:
    """An organisation with a head office and two regions, one person in each part."""
    organization = people.create_organization(slug=slug, name=f"{slug.title()} 有限公司")
    cast = Cast(organization)
    with tenant_context(organization.id):
        office = people.create_department(name="总部")
        cast.departments["office"] = office
        cast.departments["east"] = people.create_department(
            name="华东", parent=office, provinces=["31", "32", "33"]
        )
        cast.departments["north"] = people.create_department(
            name="华北", parent=office, provinces=["11", "12"]
        )
        add_person(cast, "owner", department="office", role="administrator", name="周总")
        add_person(cast, "manager", department="east", role="manager", name="马经理")
        add_person(cast, "agent", department="east", role="rep", name="王磊")
        add_person(cast, "colleague", department="east", role="rep", name="李娜")
        add_person(cast, "northerner", department="north", role="rep", name="赵北")
        add_person(cast, "finance", department="office", role="finance", name="钱会计")
        add_person(cast, "legal", department="office", role="legal", name="孙法务")
        add_person(cast, "marketing", department="office", role="marketing", name="吴市场")
        add_person(cast, "service", department="office", role="service", name="郑客服")
        east = cast.departments["east"]
        east.head = cast.members["manager"]
        east.save(update_fields=["head"])
    return cast


@pytest.fixture
def cast(db) -> Cast:
    """The organisation `acme` and its people; not inside the tenant."""
    return copy_of("acme", build_cast)


@pytest.fixture
def other_cast(db) -> Cast:
    """A second organisation in the same database."""
    return copy_of("globex", build_cast)


@pytest.fixture
def tenant(cast) -> Iterator[Cast]:
    """The test runs inside `acme`, as nobody in particular; see `as_member`."""
    with tenant_context(cast.organization.id):
        yield cast


@pytest.fixture
def as_member(tenant) -> Callable[..., object]:
    """`with as_member(tenant.agent): …` acts as that member."""
    return lambda member: acting_as(member.id)


@pytest.fixture
def sign_in() -> Callable[[Member], Client]:
    """A browser signed in as the member, by session; English unless the user says otherwise."""

    def enter(member: Member, *, language: str = "en") -> Client:
        user = User.objects.get(pk=member.user_id)
        if user.language != language:
            User.objects.filter(pk=user.pk).update(language=language)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def cast_committed(real_transactions) -> Cast:
    """The organisation `acme`, committed: for tests in which several connections meet."""
    with transaction.atomic():
        return copy_of("acme", build_cast)
