"""Buttons that other apps' pages show."""

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from crm.web.components import Action


def who_can_see(member: Member, record: Model) -> list[Action]:
    """The button that lists who reaches a record, for those who may ask."""
    if not policy.allowed(member, "access.view_rights"):
        return []
    url = reverse("access:who_can_see", args=[record._meta.label_lower, record.pk])
    return [Action(_("Who can see this?"), url, "eye", kind="ghost", frame="modal")]
