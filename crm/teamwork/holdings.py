from django.utils.translation import gettext_lazy as _

from crm.people.holdings import ColumnMover, Holding, address, register
from crm.people.models import Member
from crm.teamwork.models import Task
from crm.teamwork.selectors import open_tasks_of


def page(member: Member) -> str:
    return f"{address('teamwork:tasks')}?owner={member.pk}&state=open"


register(
    Holding(
        key="teamwork.task",
        label=_("Open tasks"),
        icon="checkbox",
        order=50,
        of=open_tasks_of,
        url=page,
        mover=ColumnMover(model=Task, is_versioned=False),
        permission="teamwork.view_task",
        can_split=True,
        goes_with=("subject_id", "subject_kind"),
    )
)
