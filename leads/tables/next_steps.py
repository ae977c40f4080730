"""What to do next where a list about collisions is empty, as far as the reader may."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from crm.web.components import Action


def first_possible(member: Member, *steps: tuple[str, Action]) -> Action | None:
    """The first of the steps that the member holds the permission for."""
    return next((step for permission, step in steps if policy.allowed(member, permission)), None)


def to_rules() -> tuple[str, Action]:
    """How collisions are noticed: who may set it up looks there."""
    url = reverse("leads:collision_rules")
    return "leads.edit_collision_rules", Action(_("Look at the rules"), url, "adjustments")


def to_customers() -> tuple[str, Action]:
    """A collision is reported on the page of a client."""
    url = reverse("leads:customers")
    return "leads.view_customer", Action(_("To the customers"), url, "building")


def add_customer() -> tuple[str, Action]:
    url = reverse("leads:create_customer")
    step = Action(_("Add a customer"), url, "plus", frame="drawer")
    return "leads.create_customer", step


def add_lead() -> tuple[str, Action]:
    """While a company is typed, others' clients show and can be asked for."""
    url = reverse("leads:create")
    return "leads.create_lead", Action(_("Enter a lead"), url, "plus", frame="drawer")
