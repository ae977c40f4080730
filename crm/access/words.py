"""Reaches and rights as people say them."""

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access.fields import GuardedField, is_guarded
from crm.access.fields import masked as masked_value
from crm.access.reach import Reach
from crm.people.enums import Right, Scope
from crm.people.models import Department

ORDER = (Scope.ALL, Scope.CHOSEN, Scope.TREE, Scope.DEPARTMENT, Scope.OWN)
# What a value of each kind looks like, to show what its mask leaves of it.
SAMPLES = {
    "phone": "13800138000",
    "email": "limin@example.com",
    "wechat": "limin_88",
    "credit_code": "91320594MA1XYZ1234",
}
SAMPLE = "8860.00"


def department_names() -> dict[int, str]:
    """Every department's name."""
    return dict(Department.objects.values_list("id", "name"))


def reach_words(reach: Reach | None, names: Mapping[int, str], *, whole: bool = False) -> str:
    """How far a permission carries: "department tree", "chosen departments: East, North"."""
    if reach is None:
        return pgettext("data scope", "None")
    if whole:
        return pgettext("permission", "Yes")
    if reach.is_all:
        return str(Scope.ALL.label)
    wider = reach.scopes - {Scope.OWN} or {Scope.OWN}
    return " + ".join(_scope_words(scope, reach, names) for scope in ORDER if scope in wider)


def _scope_words(scope: Scope, reach: Reach, names: Mapping[int, str]) -> str:
    if scope != Scope.CHOSEN:
        return str(scope.label)
    gone = pgettext("department", "deleted")
    chosen = _(", ").join(names.get(one, gone) for one in sorted(reach.chosen))
    return _("%(scope)s: %(departments)s") % {"scope": scope.label, "departments": chosen}


def right_words(right: Right) -> str:
    return str(right.label)


def field_label(field: GuardedField) -> str:
    """ "Customers: phone", for lists in which fields of several records stand together."""
    return _("%(record)s: %(field)s") % {"record": capfirst(field.group), "field": field.label}


def sample_of(field: GuardedField) -> tuple[str, str]:
    """A value of this kind in full, and as those see it for whom it is masked."""
    value = SAMPLES.get(field.name, SAMPLE)
    return value, masked_value(field.key, value) if is_guarded(field.key) else value
