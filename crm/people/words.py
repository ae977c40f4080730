"""Words and colours that screens about people share."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crm.people.enums import RoleCode
from crm.people.models import InvitationState, Role

INVITATION_COLOURS = {
    InvitationState.OPEN.value: "blue",
    InvitationState.ACCEPTED.value: "green",
    InvitationState.REVOKED.value: "grey",
}
# What the history calls an operation, and its icon.
OPERATIONS = {
    "member.joined": (_("joined"), "user-plus"),
    "member.roles_changed": (_("changed the roles"), "shield"),
    "member.deactivated": (_("deactivated the member"), "user-x"),
    "member.reactivated": (_("reactivated the member"), "user-check"),
    "member.absence_recorded": (_("recorded an absence"), "calendar-plus"),
    "member.absence_changed": (_("changed an absence"), "calendar-event"),
    "member.absence_removed": (_("removed an absence"), "calendar"),
    "member.hours_changed": (_("changed the working hours"), "clock"),
    "leads.assigned": (_("assigned leads"), "user-share"),
}
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def role_name(code: str, name: str) -> str:
    """A built-in role's name in the reader's language, another's as it was given."""
    return str(RoleCode(code).label) if code in RoleCode.values else name


def spellings_of(role: Role) -> set[str]:
    """Every word that a file may use for a role."""
    found = {role.code, role.name}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            found.add(role_name(role.code, role.name))
    return found
