from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.teamwork import selectors, services
from crm.teamwork.enums import TaskState
from crm.teamwork.forms import TaskForm
from crm.teamwork.models import Notification, Task
from crm.teamwork.tables import TaskTable, relative_address
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action


@needs("teamwork.view_task")
def task_list(request: TenantRequest) -> HttpResponseBase:
    """Tasks: mine first, the team's for those who lead one."""
    rows = policy.visible(request.member, Task.objects.all(), "teamwork.view_task")
    create = Action(
        _("New task"), reverse("teamwork:create_task"), "plus", kind="primary", frame="drawer"
    )
    return TaskTable(request, rows).respond(title=_("Tasks"), actions=[create])


@needs("teamwork.edit_task")
def create_task(request: TenantRequest) -> HttpResponse:
    """Give somebody something to do."""
    form = TaskForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        services.create_task(**form.cleaned_data)
        return htmx.done(
            request, url=reverse("teamwork:tasks"), message=_("Task added."), trigger="task-changed"
        )
    context = {"form": form, "title": _("New task"), "submit": _("Add task")}
    return htmx.form_page(request, "web/form.html", context)


@needs("teamwork.edit_task")
def edit_task(request: TenantRequest, task_id: int) -> HttpResponse:
    """Change a task, or finish it."""
    task = policy.get_or_404(request.member, Task.objects.all(), "teamwork.edit_task", task_id)
    initial = {"title": task.title, "owner": task.owner_id, "due_at": task.due_at}
    form = TaskForm(request.POST or None, member=request.member, initial=initial)
    form.draft_key = ""
    if request.method == "POST" and form.is_valid():
        services.change_task(task_id=task.pk, **form.cleaned_data)
        return htmx.done(
            request, url=reverse("teamwork:tasks"), message=_("Saved."), trigger="task-changed"
        )
    context = {
        "form": form,
        "title": task.title,
        "submit": _("Save"),
        "task": task,
        "is_open": task.state == TaskState.OPEN,
        "subject_address": relative_address(task.subject_url) if task.subject_url else "",
    }
    return htmx.form_page(request, "teamwork/task.html", context)


@require_POST
@needs("teamwork.edit_task")
def set_task_state(request: TenantRequest, task_id: int, state: str) -> HttpResponse:
    """Finish, cancel or reopen; the toast offers to undo."""
    task = policy.get_or_404(request.member, Task.objects.all(), "teamwork.edit_task", task_id)
    before = task.state
    services.set_task_state(task_id=task.pk, state=TaskState(state))
    undo = reverse("teamwork:set_task_state", args=[task.pk, before])
    return htmx.done(
        request,
        url=reverse("teamwork:tasks"),
        message=_("Task: %(state)s.") % {"state": TaskState(state).label},
        trigger="task-changed",
        undo=undo if before != state else "",
    )


@needs(ANY_MEMBER)
def notifications(request: TenantRequest) -> HttpResponse:
    """The member's inbox."""
    rows = selectors.inbox(request.member, limit=200)
    return render(request, "teamwork/notifications.html", {"notifications": rows})


@require_POST
@needs(ANY_MEMBER)
def open_notification(request: TenantRequest, notification_id: int) -> HttpResponseRedirect:
    """Mark as read and go to the record."""
    own = Notification.objects.filter(member=request.member, pk=notification_id).first()
    if own is None:
        return HttpResponseRedirect(reverse("teamwork:notifications"))
    services.mark_read(member=request.member, notification_ids=[own.pk])
    return HttpResponseRedirect(relative_address(own.path))


@require_POST
@needs(ANY_MEMBER)
def read_all_notifications(request: TenantRequest) -> HttpResponse:
    """Clear the bell."""
    services.mark_read(member=request.member)
    return htmx.done(
        request,
        url=reverse("teamwork:notifications"),
        message=_("All read."),
        trigger="notifications-read",
    )
