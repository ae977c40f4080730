from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

declare("audit.view_log", _("See the operation log"), whole=True, administrator=Scope.ALL)
declare("audit.export_log", _("Export the operation log"), whole=True, administrator=Scope.ALL)
