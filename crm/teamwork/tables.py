from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.teamwork.enums import TaskState
from crm.web.components import Action
from crm.web.tables import (
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    DeadlineColumn,
    Empty,
    HtmlColumn,
    LinkColumn,
    MemberFilter,
    PersonColumn,
    QuickView,
    Reader,
    Row,
    Table,
)


def subject_link(row: Row, reader: Reader) -> SafeString:
    """The record a task is about."""
    if not row["subject_url"]:
        return format_html("{}", row["subject_title"])
    return format_html(
        '<a href="{}" data-drawer>{}</a>',
        relative_address(row["subject_url"]),
        row["subject_title"],
    )


def relative_address(path: str) -> str:
    """A path below the organisation's prefix as an address."""
    from django.urls import get_script_prefix  # noqa: PLC0415

    return f"{get_script_prefix()}{path}"


class TaskTable(Table):
    """Everything there is to do, by due time."""

    key = "tasks"
    sort = "due_at"
    columns = (
        LinkColumn("title", _("Task"), url="teamwork:edit_task"),
        HtmlColumn("about", _("About"), html=subject_link, wanted=("subject_title", "subject_url")),
        PersonColumn("owner", _("Assigned to"), "owner__name", seed="owner_id"),
        DeadlineColumn("due_at", pgettext_lazy("task", "Due"), sort="due_at", nullable=True),
        BadgeColumn(
            "state",
            _("State"),
            choices=TaskState,
            colours={"open": "blue", "done": "green", "cancelled": "grey"},
        ),
    )
    filters = (
        ChoiceFilter("state", _("State"), choices=TaskState),
        MemberFilter("owner", _("Assigned to")),
        DateFilter("due_at", pgettext_lazy("task", "Due")),
    )
    views = (
        QuickView("mine", _("Mine"), "owner=me&state=open"),
        QuickView("open", pgettext_lazy("tasks", "Open"), "state=open"),
        QuickView("all", _("All")),
    )
    search_hint = _("Task")
    refresh = ("task-changed", "tz:notification")
    empty = Empty(_("Nothing to do here."), Action(_("Add a task"), "create/", frame="drawer"))

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(title__contains=text)
