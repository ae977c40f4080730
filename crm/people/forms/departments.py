from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.people.forms.members import ServedMixin
from crm.people.models import Department
from crm.web.forms import DepartmentField, MemberField, TenantForm


class DepartmentForm(ServedMixin, TenantForm):
    """Name, head and what the department serves."""

    name = forms.CharField(label=pgettext_lazy("department", "Name"), max_length=80)
    head = MemberField(
        label=gettext_lazy("Head"),
        required=False,
        help_text=gettext_lazy("The superior of everybody in it, unless another is named."),
    )
    field_order: Any = ("name", "head", "provinces", "industries")

    def __init__(self, *args: Any, department: Department | None = None, **kwargs: Any) -> None:
        if department is not None:
            kwargs["initial"] = {
                "name": department.name,
                "head": department.head_id,
                "provinces": department.provinces,
                "industries": department.industries,
            }
        super().__init__(*args, **kwargs)


class NewDepartmentForm(DepartmentForm):
    """The same, and where it is put."""

    parent = DepartmentField(
        label=gettext_lazy("Below"),
        required=False,
        empty_label=gettext_lazy("At the top"),
    )
    field_order = ("name", "parent", "head", "provinces", "industries")


class MoveForm(TenantForm):
    """Where a department and everything below it goes."""

    parent = DepartmentField(
        label=gettext_lazy("Below"),
        required=False,
        empty_label=gettext_lazy("At the top"),
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, initial={"parent": department.parent_id}, **kwargs)
        field: Any = self.fields["parent"]
        # a small modal has no room for the picker's list
        field.widget.attrs.pop("data-picker")
        # not below itself; whoever sends it nevertheless is refused by the service
        field.queryset = field.queryset.exclude(path__contains=[department.pk])
