from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

declare(
    "signin.edit_policy",
    _("Set how members sign in, and connect identity providers"),
    whole=True,
    administrator=Scope.ALL,
)
declare(
    "signin.help_member",
    _("Unlock members, end their sessions and remove a lost second factor"),
    whole=True,
    administrator=Scope.ALL,
)
