from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.teamwork.selectors import due_tasks_of, unread_count
from crm.web import navigation
from crm.web.navigation import Create, Entry


def overdue_count(member: Member) -> int:
    """How many of the member's tasks are due."""
    return due_tasks_of(member)[:100].count()


navigation.register(
    Entry(
        "tasks",
        _("Tasks"),
        "checkbox",
        "teamwork:tasks",
        permission="teamwork.view_task",
        section="work",
        order=70,
        count=overdue_count,
    )
)
navigation.register_create(
    Create("task", _("Task"), "checkbox", "teamwork:create_task", "teamwork.edit_task", order=90)
)
navigation.register_count("notifications", unread_count)
