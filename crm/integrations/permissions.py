from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

# Reading through the API is as good as an export: those have it who may export.
declare(
    "integrations.create_token",
    _("Make access tokens of one's own for the API"),
    whole=True,
    manager=Scope.TREE,
    marketing=Scope.ALL,
    administrator=Scope.ALL,
)
declare(
    "integrations.manage_tokens",
    _("See and revoke everybody's access tokens"),
    whole=True,
    administrator=Scope.ALL,
)
