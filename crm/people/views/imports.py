"""A file of members: uploaded, shown row by row, applied."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.files.models import StoredFile
from crm.files.services import TABLES, FileRefused, path_of, store_upload
from crm.people.forms.invitations import ImportForm
from crm.people.models import Member
from crm.people.services.member_imports import Plan, apply_import, members_table, plan_import
from crm.people.words import role_name
from crm.refusals import Refused
from crm.tabular import UnreadableTable
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action
from crm.web.formats import listed

PERMISSION = "people.invite_member"
PURPOSE = "members"
MOST_SHOWN = 300


@needs(PERMISSION)
def upload(request: TenantRequest) -> HttpResponse:
    """Step one: the file."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        create = form.cleaned_data["create_departments"]
        try:
            stored = store_upload(form.cleaned_data["file"], purpose=PURPOSE, accept=TABLES)
            plan_of(stored, request.member, create=create)
        except (FileRefused, Refused) as reason:
            form.add_error("file", str(reason))
        except UnreadableTable:
            form.add_error(
                "file", _("This file cannot be read as a table. Save it as .xlsx or .csv.")
            )
        else:
            url = reverse("people:import_preview", args=[stored.pk])
            return htmx.done(request, url=f"{url}?create={int(create)}")
    context = {
        "form": form,
        "title": _("Import members"),
        "submit": _("Read the file"),
        "cancel_url": reverse("people:members"),
    }
    return htmx.form_page(request, "people/import.html", context)


def plan_of(stored: StoredFile, member: Member, *, create: bool) -> Plan:
    """What the file means for this member."""
    table = members_table(path_of(stored), stored.name)
    return plan_import(table, by=member, create_departments=create)


def own_file_or_404(request: TenantRequest, pk: int) -> StoredFile:
    """A file of members that this member uploaded."""
    rows = StoredFile.objects.filter(purpose=PURPOSE, uploaded_by=request.member)
    found: StoredFile = get_object_or_404(rows, pk=pk)
    return found


@needs(PERMISSION)
def preview(request: TenantRequest, pk: int) -> HttpResponse:
    """Step two: what will become of every row; nothing has been done yet."""
    stored = own_file_or_404(request, pk)
    create = request.GET.get("create") == "1"
    return _show(request, stored, create=create)


def _show(
    request: TenantRequest, stored: StoredFile, *, create: bool, error: str = ""
) -> HttpResponse:
    try:
        plan = plan_of(stored, request.member, create=create)
    except (Refused, UnreadableTable) as reason:
        return HttpResponseRedirect(f"{reverse('people:import')}?{type(reason).__name__}")
    counts = plan.counts
    ready = counts["invite"] + counts["change"]
    context: dict[str, Any] = {
        "title": stored.name,
        "rows": [shown(row) for row in plan.rows[:MOST_SHOWN]],
        "more": max(len(plan.rows) - MOST_SHOWN, 0),
        "counts": {name: counts[name] for name in ("invite", "change", "faulty")},
        "ready": ready,
        "new_departments": [" / ".join(path) for path in plan.new_paths],
        "apply_url": reverse("people:import_apply", args=[stored.pk]),
        "create": int(create),
        "error": error,
        "actions": [Action(_("Another file"), reverse("people:import"), "upload")],
    }
    return render(request, "people/import_preview.html", context, status=422 if error else 200)


def shown(row: Any) -> dict[str, Any]:
    """A row as the preview shows it."""
    words = {
        "invite": (pgettext("import", "Invite"), "blue"),
        "change": (pgettext("import", "Change"), "teal"),
        "faulty": (pgettext("import", "Faulty"), "red"),
    }
    return {
        "number": row.number,
        "name": row.get("name"),
        "email": row.get("email"),
        "department": " / ".join(row.path),
        "title": row.get("title"),
        "roles": listed(role_name(role.code, role.name) for role in row.roles),
        "superior": row.get("superior"),
        "problems": row.problems,
        "kind": words[row.kind],
    }


@require_POST
@needs(PERMISSION)
def apply(request: TenantRequest, pk: int) -> HttpResponse:
    """Step three: all rows without a problem, in one go."""
    stored = own_file_or_404(request, pk)
    create = request.POST.get("create") == "1"
    try:
        plan = plan_of(stored, request.member, create=create)
        counts = apply_import(plan, by=request.member)
    except (Refused, UnreadableTable) as reason:
        return _show(request, stored, create=create, error=str(reason))
    words = _("%(invited)s invited, %(changed)s changed, %(faulty)s rows left out.") % {
        "invited": counts["invite"],
        "changed": counts["change"],
        "faulty": counts["faulty"],
    }
    return htmx.done(request, url=reverse("people:invitations"), message=words)
