from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

OWN, ALL = Scope.OWN, Scope.ALL

# Deciding needs no permission of its own: whoever the flow asks may decide, and nobody else.
declare(
    "approvals.view_run",
    _("See approvals one takes part in; with the scope “all”, every approval"),
    rep=OWN,
    manager=OWN,
    finance=OWN,
    legal=OWN,
    marketing=OWN,
    service=OWN,
    administrator=ALL,
)
declare(
    "approvals.unblock_run",
    _("Send blocked approvals on their way again"),
    whole=True,
    administrator=ALL,
)
