from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

declare(
    "organizations.edit_settings", _("Set up the organisation"), whole=True, administrator=Scope.ALL
)
declare("organizations.export_data", _("Export all data"), whole=True, administrator=Scope.ALL)
declare("organizations.delete", _("Delete the organisation"), whole=True, administrator=Scope.ALL)
