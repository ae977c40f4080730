"""Between a person's organisations: which there are, which was used last."""

from dataclasses import dataclass

from crm.organizations.models import LastVisit
from crm.people.models import User
from crm.people.selectors import organizations_of
from crm.tenancy.links import global_url
from crm.tenancy.models import Organization


@dataclass(frozen=True)
class Place:
    """One line of the switcher."""

    organization: Organization
    is_last: bool


def switch_url() -> str:
    """Where a person chooses between organisations."""
    return global_url("organizations:switch")


def places_of(user: User) -> list[Place]:
    """The person's organisations, the last used first, then by name."""
    last = LastVisit.objects.filter(user_id=user.pk).values_list("number", flat=True).first()
    found = [Place(one, one.pk == last) for one in organizations_of(user)]
    return sorted(found, key=lambda place: not place.is_last)


def home_of(user: User) -> str:
    """Where a signed-in person begins: the last used organisation, or a choice."""
    places = [place for place in places_of(user) if place.organization.is_open]
    if places and (places[0].is_last or len(places) == 1):
        return places[0].organization.address
    if user.is_staff and not places:
        return global_url("operator:organizations")
    return switch_url()
