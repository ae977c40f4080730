from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.web.forms import DateTimeField, MemberField, TenantForm


class TaskForm(TenantForm):
    """What is to be done, by whom and when."""

    title = forms.CharField(label=_("Task"), max_length=200)
    owner = MemberField(label=_("Assigned to"))
    due_at = DateTimeField(label=_("Due"), required=False)

    wide = ("title",)
    draft_key = "task-new"

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        kwargs["initial"] = {"owner": member.pk} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
