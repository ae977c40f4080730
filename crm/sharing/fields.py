"""Choosing several people or departments at once."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from crm.people import selectors as people
from crm.people.models import Department, Member


class MembersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several active members, searchable as one types."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Member.objects.none(), **kwargs)
        self.widget.attrs |= {"data-many": "", "size": "6"}

    def fresh_queryset(self) -> QuerySet[Member]:
        return people.active_members()


class DepartmentsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several departments, indented as a tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Department.objects.none(), **kwargs)
        self.widget.attrs |= {"data-many": "", "size": "6"}

    def fresh_queryset(self) -> QuerySet[Department]:
        return people.departments()

    def label_from_instance(self, obj: Any) -> str:
        return f"{'　' * max(len(obj.path) - 1, 0)}{obj.name}"
