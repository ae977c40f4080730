from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

OWN, TREE, ALL = Scope.OWN, Scope.TREE, Scope.ALL

declare("sharing.view_transfer", _("See transfers"), rep=OWN, manager=TREE, administrator=ALL)
declare(
    "sharing.edit_rule", _("Decide which transfers need approval"), whole=True, administrator=ALL
)
declare(
    "sharing.hand_over",
    _("Hand over what a leaver holds, and undo it"),
    whole=True,
    administrator=ALL,
)
