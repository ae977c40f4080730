from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import RoleCode, Scope

_wide_roles = {"manager", "administrator"}
_own: dict[str, Any] = {code: Scope.OWN for code in RoleCode.values if code not in _wide_roles}
_wide: dict[str, Any] = {"manager": Scope.TREE, "administrator": Scope.ALL}

declare("teamwork.view_task", _("See tasks"), **_own, **_wide)
declare("teamwork.edit_task", _("Create and finish tasks"), **_own, **_wide)
