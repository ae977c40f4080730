from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

declare("web.gallery", _("See the component gallery"), whole=True, administrator=Scope.ALL)
declare(
    "web.share_views",
    _("Share saved views with everybody"),
    whole=True,
    manager=Scope.ALL,
    finance=Scope.ALL,
    marketing=Scope.ALL,
    service=Scope.ALL,
    administrator=Scope.ALL,
)
