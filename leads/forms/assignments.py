from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people import selectors as people
from crm.people.enums import RoleCode
from crm.people.models import Department, Member
from crm.places import Province
from crm.web.forms import TenantForm
from crm.web.widgets import OwnTemplate
from leads.enums import Channel, Industry
from leads.models import AssignmentRule
from leads.models.assignments import Strategy

LISTS = {"province": "provinces", "industry": "industries", "channel": "channels"}


class DepartmentsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Departments to tick, in the order of the tree."""

    def fresh_queryset(self) -> Any:
        return people.departments()


class RepsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Active sales reps to tick."""

    def fresh_queryset(self) -> Any:
        return people.active_members().filter(member_roles__role__code=RoleCode.REP)


LONG_LABEL = 26


class Ticks(OwnTemplate, forms.CheckboxSelectMultiple):
    """Choices to tick in columns, wide ones for long labels; a very long list scrolls."""

    template_name = "leads/rules/_ticks.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        widest = max((_width(str(label)) for _value, label in self.choices), default=0)
        return super().get_context(name, value, attrs) | {"is_wide": widest > LONG_LABEL}


def _width(label: str) -> int:
    """In Latin letters: a Chinese sign takes the room of two."""
    return sum(1 if sign.isascii() else 2 for sign in label)


class RuleForm(TenantForm):
    """One assignment rule: which leads, which reps, whose turn."""

    name = forms.CharField(label=gettext_lazy("Name of the rule"), max_length=120)
    strategy = forms.ChoiceField(label=gettext_lazy("Turns"), choices=Strategy.choices)
    provinces = forms.MultipleChoiceField(
        label=gettext_lazy("Leads from these provinces"),
        choices=Province.choices,
        required=False,
        widget=Ticks,
    )
    industries = forms.MultipleChoiceField(
        label=gettext_lazy("of these industries"),
        choices=Industry.choices,
        required=False,
        widget=Ticks,
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("from these sources"),
        choices=Channel.choices,
        required=False,
        widget=Ticks,
    )
    city = forms.CharField(label=gettext_lazy("whose city contains"), max_length=60, required=False)
    departments = DepartmentsField(
        Department.objects.none(),
        label=gettext_lazy("Reps of these departments"),
        required=False,
        widget=Ticks,
    )
    members = RepsField(
        Member.objects.none(),
        label=gettext_lazy("or only these reps"),
        required=False,
        widget=Ticks,
    )
    is_final = forms.BooleanField(
        label=gettext_lazy("If nobody of them can take it, let the lead wait"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("departments") and not cleaned.get("members"):
            self.add_error("departments", _("Choose at least one department or rep."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """The rule's columns as its service takes them."""
        data = self.cleaned_data
        conditions = [
            {"field": field, "op": "in", "value": list(data[name])}
            for field, name in LISTS.items()
            if data[name]
        ]
        if data["city"]:
            conditions.append({"field": "city", "op": "contains", "value": data["city"]})
        return {
            "name": data["name"],
            "strategy": data["strategy"],
            "is_final": data["is_final"],
            "conditions": conditions,
            "pool": {name: ids for name in ("departments", "members") if (ids := _ids(data[name]))},
        }


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]


def initial_of(rule: AssignmentRule) -> dict[str, Any]:
    """A stored rule as the form shows it."""
    values = {one["field"]: one["value"] for one in rule.conditions}
    return {
        "name": rule.name,
        "strategy": rule.strategy,
        "is_final": rule.is_final,
        "city": values.get("city", ""),
        "departments": rule.pool.get("departments", []),
        "members": rule.pool.get("members", []),
        **{name: values.get(field, []) for field, name in LISTS.items()},
    }
