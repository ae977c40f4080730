import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.industries import Industry
from crm.people.models import Department, Member, Role
from crm.people.widgets import Ticks
from crm.people.words import role_name
from crm.places import Province
from crm.web.forms import DepartmentField, MemberField, PhoneField, TenantForm

LIST_SIGNS = re.compile(r"[,，、;；\n]")
MOST_SKILLS = 30


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Roles to tick."""

    widget = Ticks

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Role.objects.none(), **kwargs)

    def fresh_queryset(self) -> QuerySet[Role]:
        return Role.objects.order_by("-is_builtin", "id")

    def label_from_instance(self, obj: Any) -> str:
        return role_name(obj.code, obj.name)


class TagsField(forms.CharField):
    """Words with commas between them, as a list without repetitions."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        words = (" ".join(word.split()) for word in LIST_SIGNS.split(value or ""))
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > MOST_SKILLS or any(len(word) > 40 for word in found):
            raise forms.ValidationError(
                _("At most %(count)s skills, each with at most 40 characters.")
                % {"count": MOST_SKILLS}
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"])

    def run_validators(self, value: Any) -> None:
        """A list has no length of text to check."""


class ServedMixin(forms.Form):
    """Provinces and industries that a member or a department serves."""

    provinces = forms.MultipleChoiceField(
        label=gettext_lazy("Provinces served"),
        choices=Province.choices,
        required=False,
        widget=Ticks,
    )
    industries = forms.MultipleChoiceField(
        label=gettext_lazy("Industries served"),
        choices=Industry.choices,
        required=False,
        widget=Ticks,
    )


class MemberForm(ServedMixin, TenantForm):
    """A member's facts; the roles only for those who may give them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    department = DepartmentField(label=gettext_lazy("Department"), required=False)
    title = forms.CharField(label=gettext_lazy("Job title"), max_length=80, required=False)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    superior = MemberField(
        label=gettext_lazy("Superior"),
        required=False,
        help_text=gettext_lazy("Empty: the head of the department."),
    )
    deputy = MemberField(
        label=gettext_lazy("Standing deputy"),
        required=False,
        help_text=gettext_lazy("Stands in whenever an absence names nobody else."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Most open leads"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("0: no limit."),
    )
    skills = TagsField(
        label=gettext_lazy("Skills"),
        required=False,
        help_text=gettext_lazy("With commas between them, such as: English, laser cutting"),
    )
    is_receiving_leads = forms.BooleanField(label=gettext_lazy("Takes new leads"), required=False)
    roles = RolesField(label=gettext_lazy("Roles"))
    field_order = (
        "name", "department", "title", "phone", "superior", "deputy", "capacity", "skills",
        "is_receiving_leads", "roles", "provinces", "industries",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        member: Member,
        may_give_roles: bool,
        departments: QuerySet[Department],
        **kwargs: Any,
    ) -> None:
        initial = {name: getattr(member, name) for name in self.base_fields if name != "roles"}
        for name in ("department", "superior", "deputy"):
            initial[name] = getattr(member, f"{name}_id")
        initial["roles"] = list(member.member_roles.values_list("role_id", flat=True))
        super().__init__(*args, initial=initial, **kwargs)
        for name in ("superior", "deputy"):
            field: Any = self.fields[name]
            field.queryset = field.queryset.exclude(pk=member.pk)
        within: Any = self.fields["department"]
        within.queryset = departments
        if not may_give_roles:
            del self.fields["roles"]

    def clean_capacity(self) -> int:
        return self.cleaned_data["capacity"] or 0

    @property
    def facts(self) -> dict[str, Any]:
        """Everything but the roles."""
        return {name: value for name, value in self.cleaned_data.items() if name != "roles"}


class BulkDepartmentForm(TenantForm):
    """Where the ticked members belong from now on."""

    department = DepartmentField(label=gettext_lazy("Department"))

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within: Any = self.fields["department"]
        within.queryset = departments
        # a small modal has no room for the picker's list
        within.widget.attrs.pop("data-picker")


class OneRoleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One role."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Role.objects.none(), **kwargs)

    def fresh_queryset(self) -> QuerySet[Role]:
        return Role.objects.order_by("-is_builtin", "id")

    def label_from_instance(self, obj: Any) -> str:
        return role_name(obj.code, obj.name)


class BulkRoleForm(TenantForm):
    """The role that the ticked members get besides their own."""

    role = OneRoleField(label=gettext_lazy("Role"))


class DeactivateForm(TenantForm):
    """Why a member leaves."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
