"""Forms in our face: choices rebound to the present tenant, Tabler markup, errors at the field.

A class-level ModelChoiceField keeps the queryset it was imported with, also when that was another
tenant's. `rebind` gives every such field a fresh queryset of the present tenant in `__init__`.
"""

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.utils import ErrorList
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.access import fields
from crm.access.viewer import current_viewer
from crm.money import LARGEST
from crm.people import selectors as people
from crm.people.enums import Right
from crm.people.models import Department, Member
from crm.web import markup
from crm.web.components import Label
from crm.web.widgets import DateInput, DateTimeInput, FileDrop, MoneyInput, PhoneInput

__all__ = [
    "DateField",
    "DateTimeField",
    "DepartmentField",
    "FileField",
    "MemberField",
    "MoneyField",
    "PhoneField",
    "TenantForm",
    "TenantModelForm",
]
CONTROL_CLASSES = (
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)
FIRST_YEAR, LAST_YEAR = 1900, 2199
OWN_PICKERS: dict[type[forms.Widget], Any] = {
    forms.DateInput: DateInput,
    forms.DateTimeInput: DateTimeInput,
}


class FieldErrors(ErrorList):
    """Errors of one field, under it."""

    def as_ul(self) -> SafeString:
        errors: list[Any] = list(self)
        lines = "".join(f"<div>{conditional_escape(error)}</div>" for error in errors)
        return markup.safe(f'<div class="invalid-feedback">{lines}</div>' if lines else "")

    def __str__(self) -> SafeString:
        return self.as_ul()


class FaceMixin:
    """What every form here shares: rebinding, classes, labels above, help below."""

    fields: dict[str, forms.Field]
    draft_key = ""
    wide: tuple[str, ...] = ()
    # a long form in parts: a heading, what the part is about, the names of its fields
    parts: tuple[tuple[Label, Label, tuple[str, ...]], ...] = ()

    def prepare(self) -> None:
        """Rebind choices and dress the widgets."""
        for name, field in self.fields.items():
            rebind(field)
            bound(field)
            dress(field, wide=name in self.wide)

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django does, and colour the control."""
        super().add_error(field, error)  # type: ignore[misc]
        mark_errors(cast("forms.BaseForm", self))

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The parts with those of their fields that the viewer has."""
        form = cast("forms.BaseForm", self)
        found = [
            {"title": title, "about": about, "fields": [form[n] for n in names if n in form.fields]}
            for title, about, names in self.parts
        ]
        return [one for one in found if one["fields"]]

    @property
    def element_id(self) -> str:
        """The id of the form element, which the 422 answer replaces."""
        return f"form-{type(self).__name__.lower()}"

    @property
    def is_multipart_form(self) -> bool:
        return cast("forms.BaseForm", self).is_multipart()


class TenantForm(FaceMixin, forms.Form):
    """A form without a model."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("error_class", FieldErrors)
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.prepare()


class TenantModelForm(FaceMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A form over a tenant's model; it validates shape, the service decides legality."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("error_class", FieldErrors)
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.withhold()
        self.prepare()

    def withhold(self) -> None:
        """Leave out the fields that the viewer may not change; they keep their values.

        What one may not read afterwards may still be filled in once, when the record is made.
        """
        least = Right.WRITE if self.instance.pk else Right.MASKED
        for name in list(self.fields):
            if fields.right(current_viewer(), self._meta.model, name) < least:
                del self.fields[name]


def rebind(field: forms.Field) -> None:
    """Give a choice of records the present tenant's queryset."""
    if isinstance(field, forms.ModelChoiceField):
        fresh = getattr(field, "fresh_queryset", None)
        old = cast("QuerySet[Any]", field.queryset)
        field.queryset = fresh() if fresh else old.model._default_manager.all()


def bound(field: forms.Field) -> None:
    """Keep years that nobody means (0002, typed halfway) out: some cannot be read back."""
    if isinstance(field, forms.DateField | forms.DateTimeField) and not field.disabled:
        field.validators = [*field.validators, check_year]


def check_year(value: date) -> None:
    """A year that people live in."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Choose a date between the years %(first)s and %(last)s."),
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


def dress(field: forms.Field, *, wide: bool = False) -> None:
    """Put Bootstrap's class on the control and say what assistive technology needs."""
    if type(field.widget) in OWN_PICKERS:
        field.widget = OWN_PICKERS[type(field.widget)](field.widget.attrs)
    widget = field.widget
    for kind, css in CONTROL_CLASSES:
        if isinstance(widget, kind):
            known = widget.attrs.get("class", "")
            widget.attrs["class"] = f"{css} {known}".strip()
            break
    if wide or isinstance(widget, forms.Textarea | forms.CheckboxSelectMultiple | FileDrop):
        field.wide = True  # type: ignore[attr-defined]
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", "3")
        widget.attrs["data-grow"] = ""


def mark_errors(form: forms.BaseForm) -> None:
    """Colour the controls that have errors, once the form was sent."""
    found: dict[str, Any] = getattr(form, "_errors", None) or {}
    for name in found:
        if name in form.fields:
            attrs = form.fields[name].widget.attrs
            css = attrs.get("class", "").replace("is-invalid", "").strip()
            attrs |= {"class": f"{css} is-invalid", "aria-invalid": "true"}


class MoneyField(forms.DecimalField):
    """An amount with two places; takes ¥, commas and 万."""

    widget = MoneyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Read ¥1,234.50 and 1.5万 as people write them."""
        if isinstance(value, str):
            text = value.strip().replace(",", "").replace("，", "").lstrip("¥￥").strip()
            if text.endswith("万"):
                base = super().to_python(text[:-1].strip() or "-")
                if base is not None and not (base.is_finite() and abs(base) <= LARGEST):
                    raise ValidationError(self.error_messages["invalid"], code="invalid")
                return None if base is None else base * 10_000
            value = text
        return super().to_python(value)


class PhoneField(forms.CharField):
    """A telephone number: digits, spaces, + and extension."""

    widget = PhoneInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        super().__init__(**kwargs)


class DateField(forms.DateField):
    """A calendar date with the browser's own picker."""

    widget = DateInput


class DateTimeField(forms.DateTimeField):
    """A moment in the reader's time zone."""

    widget = DateTimeInput


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A picker of active members, by Chinese reading order, searchable as one types."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Member.objects.none(), **kwargs)
        self.widget.attrs["data-picker"] = ""

    def fresh_queryset(self) -> QuerySet[Member]:
        return people.active_members()


class DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A picker of departments, indented as a tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Department.objects.none(), **kwargs)
        self.widget.attrs["data-picker"] = ""

    def fresh_queryset(self) -> QuerySet[Department]:
        return people.departments()

    def label_from_instance(self, obj: Any) -> str:
        depth = max(len(obj.path) - 1, 0)
        return f"{'　' * depth}{obj.name}"


class FileField(forms.FileField):
    """One file, dropped or chosen."""

    widget = FileDrop
