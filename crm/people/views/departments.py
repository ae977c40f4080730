"""Departments: the tree, and what can be done with each."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.directory import department_tree
from crm.people.forms.departments import DepartmentForm, MoveForm, NewDepartmentForm
from crm.people.models import Department
from crm.people.services import departments as services
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, refused
from crm.web.asked import record_id
from crm.web.components import Action

EVENT = "department-changed"


@needs("people.view_directory")
def department_list(request: TenantRequest) -> HttpResponse:
    """The whole tree, each department with its head and how many belong to it."""
    may_edit = policy.allowed(request.member, "people.edit_department")
    actions = [Action(_("Members"), reverse("people:members"), "users")]
    if may_edit:
        url = reverse("people:create_department")
        actions.append(
            Action(_("New department"), url, "plus", kind="primary", frame="drawer", shortcut="n")
        )
    nodes = department_tree()
    context = {
        "title": _("Departments"),
        "actions": actions,
        "nodes": nodes,
        "may_edit": may_edit,
        "may_drag": len(nodes) > 1 or any(node.children for node in nodes),
        "count": sum(node.total for node in nodes),
    }
    part = "#tree" if htmx.target_of(request) == "departments" else ""
    return render(request, f"people/departments.html{part}", context)


@needs("people.edit_department")
def create_department(request: TenantRequest) -> HttpResponse:
    """A new department, below another or at the top."""
    below = record_id(request.GET.get("below", ""))
    form = NewDepartmentForm(request.POST or None, initial={"parent": below})
    if request.method == "POST" and form.is_valid():
        try:
            services.create_department(**form.cleaned_data)
        except Refused as reason:
            form.add_error("name", str(reason))
        else:
            return _saved(request, _("Department added."))
    context = {"form": form, "title": _("New department"), "submit": _("Add department")}
    return htmx.form_page(request, "web/form.html", context)


@needs("people.edit_department")
def edit_department(request: TenantRequest, pk: int) -> HttpResponse:
    """Name, head, what it serves."""
    department = get_object_or_404(Department.objects.all(), pk=pk)
    form = DepartmentForm(request.POST or None, department=department)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_department(department_id=pk, **form.cleaned_data)
        except Refused as reason:
            form.add_error("name", str(reason))
        else:
            return _saved(request, _("Saved."))
    context = {"form": form, "title": department.name, "submit": _("Save")}
    return htmx.form_page(request, "web/form.html", context)


@needs("people.edit_department")
def move_department(request: TenantRequest, pk: int) -> HttpResponse:
    """Elsewhere in the tree, with everything below."""
    department = get_object_or_404(Department.objects.all(), pk=pk)
    form = MoveForm(request.POST or None, department=department)
    if request.method == "POST" and form.is_valid():
        try:
            before = services.move_department(department_id=pk, parent=form.cleaned_data["parent"])
        except Refused as reason:
            form.add_error("parent", str(reason))
        else:
            return _saved(request, _moved(department), undo=_back(department, before))
    context = {
        "form": form,
        "title": _("Move “%(name)s”") % {"name": department.name},
        "submit": _("Move"),
        "hint": _("Everything below moves along. Who sees which records follows the tree at once."),
    }
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("people.edit_department")
def put_department(request: TenantRequest, pk: int) -> HttpResponse:
    """Dragged below another department, or to the top; its undo is the same, the other way."""
    department = get_object_or_404(Department.objects.all(), pk=pk)
    below = request.GET.get("below", "")
    parent = get_object_or_404(Department.objects.all(), pk=record_id(below)) if below else None
    url = reverse("people:departments")
    try:
        before = services.move_department(department_id=pk, parent=parent)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    undo = _back(department, before)
    return acted(request, url=url, message=_moved(department), trigger=EVENT, undo=undo)


def _moved(department: Department) -> str:
    words = _("“%(name)s” and everything below it has been moved.")
    return words % {"name": department.name}


def _back(department: Department, before: Department | None) -> str:
    """The address that puts it where it was."""
    url = reverse("people:put_department", args=[department.pk])
    return f"{url}?below={before.pk}" if before else url


@require_POST
@needs("people.edit_department")
def delete_department(request: TenantRequest, pk: int) -> HttpResponse:
    """Remove an empty department."""
    department = get_object_or_404(Department.objects.all(), pk=pk)
    url = reverse("people:departments")
    try:
        services.delete_department(department_id=pk)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    words = _("“%(name)s” has been removed.") % {"name": department.name}
    return acted(request, url=url, message=words, trigger=EVENT)


def _saved(request: TenantRequest, message: str, undo: str = "") -> HttpResponse:
    url = reverse("people:departments")
    return htmx.done(request, url=url, message=message, trigger=EVENT, undo=undo)
