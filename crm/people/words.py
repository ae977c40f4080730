"""Words and colours that screens about people share."""

from functools import lru_cache

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
    "member.handed_over": (_("handed over what they held"), "user-share"),
    "member.hand_over_undone": (_("undid the hand-over"), "arrow-back-up"),
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
    """A built-in role's name in the reader's language, a renamed or own one's as it was given."""
    return str(RoleCode(code).label) if name in _delivered_names(code) else name


@lru_cache(maxsize=100)
def _delivered_names(code: str) -> frozenset[str]:
    """What a built-in role was called when it was delivered, in every language."""
    found = set()
    for language, _label in settings.LANGUAGES if code in RoleCode.values else ():
        with translation.override(language):
            found.add(str(RoleCode(code).label))
    return frozenset(found)


def spellings_of(role: Role) -> set[str]:
    """Every word that a file may use for a role."""
    return {role.code, role.name, *_delivered_names(role.code)}
