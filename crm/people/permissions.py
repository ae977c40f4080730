from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

OWN, TREE, ALL = Scope.OWN, Scope.TREE, Scope.ALL

declare(
    "people.view_directory",
    _("See the directory: names, departments, job titles and who is away"),
    whole=True,
    rep=ALL,
    manager=ALL,
    finance=ALL,
    legal=ALL,
    marketing=ALL,
    service=ALL,
    administrator=ALL,
)
declare(
    "people.view_member",
    _("See members' e-mail, phone, roles, working hours, skills and history"),
    rep=OWN,
    manager=TREE,
    finance=OWN,
    legal=OWN,
    marketing=OWN,
    service=OWN,
    administrator=ALL,
)
declare(
    "people.record_absence",
    _("Record absences"),
    rep=OWN,
    manager=TREE,
    finance=OWN,
    legal=OWN,
    marketing=OWN,
    service=OWN,
    administrator=ALL,
)
declare("people.edit_member", _("Change members"), administrator=ALL)
declare(
    "people.edit_role",
    _("Edit roles; whoever may do this may get every other permission"),
    whole=True,
    administrator=ALL,
)
declare("people.deactivate_member", _("Deactivate and reactivate members"), administrator=ALL)
declare(
    "people.assign_role",
    _("Give and take roles; whoever may do this may get every other permission"),
    whole=True,
    administrator=ALL,
)
declare("people.invite_member", _("Invite and import members"), whole=True, administrator=ALL)
declare("people.export_member", _("Export members"), whole=True, administrator=ALL)
declare("people.edit_department", _("Change departments"), whole=True, administrator=ALL)
declare("people.edit_calendar", _("Change the working calendar"), whole=True, administrator=ALL)
