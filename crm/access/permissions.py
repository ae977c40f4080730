from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

declare(
    "access.view_rights",
    _("See what others may do, and who can see a record"),
    whole=True,
    administrator=Scope.ALL,
)
declare(
    "access.see_as",
    _("See the product with a member's eyes, read-only: everything they see"),
    whole=True,
    administrator=Scope.ALL,
)
