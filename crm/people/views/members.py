"""Members: the directory, the record, changing, leaving and coming back."""

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.directory import departments_to_give, members_listed, sees_everybody
from crm.people.forms.calendars import MemberWeekForm
from crm.people.forms.members import (
    BulkDepartmentForm,
    BulkRoleForm,
    DeactivateForm,
    MemberForm,
)
from crm.people.holdings import holdings_of
from crm.people.models import Member
from crm.people.services import activity, calendars
from crm.people.services import members as services
from crm.people.tables import DirectoryTable, MemberTable
from crm.people.views.member_page import member_page
from crm.people.week import load_week
from crm.people.working_hours import calendar_in_use
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, carried_out
from crm.web.components import Action

EVENT = "member-changed"


@needs("people.view_directory")
def member_list(request: TenantRequest) -> HttpResponseBase:
    """Everybody; with details for those who see every member's."""
    details = sees_everybody(request.member)
    inactive = details and asks_for_inactive(request.GET)
    rows = members_listed(inactive=inactive)
    table = (MemberTable if details else DirectoryTable)(request, rows)
    return table.respond(title=_("Members"), actions=list_actions(request.member))


def asks_for_inactive(address: QueryDict) -> bool:
    """Whether the address asks for members who are gone too."""
    return "inactive" in address.getlist("state")


def list_actions(member: Member) -> list[Action]:
    """The ways on from the list."""
    found = [Action(_("Departments"), reverse("people:departments"), "sitemap")]
    if policy.allowed(member, "people.invite_member"):
        found += [
            Action(_("Invitations"), reverse("people:invitations"), "mail"),
            Action(_("Import"), reverse("people:import"), "upload"),
            Action(
                _("Invite"),
                reverse("people:invite"),
                "user-plus",
                kind="primary",
                frame="drawer",
                shortcut="n",
            ),
        ]
    return found


@needs("people.view_directory")
def member_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One member; strangers to the details see what the directory says."""
    member = get_object_or_404(members_listed(inactive=True).select_related("user"), pk=pk)
    return render(request, "people/member.html", member_page(request.member, member))


@needs("people.edit_member")
def edit_member(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a member's facts, and the roles if one may give them."""
    member = policy.get_or_404(request.member, Member.objects.all(), "people.edit_member", pk)
    may_give = policy.allowed(request.member, "people.assign_role")
    form = MemberForm(
        request.POST or None,
        member=member,
        may_give_roles=may_give,
        departments=departments_to_give(request.member, member),
    )

    def save() -> None:
        roles = form.cleaned_data.get("roles")
        services.save_member(member_id=pk, facts=form.facts, roles=roles, by=request.member)

    if carried_out(form, save):
        url = reverse("people:member", args=[pk])
        return htmx.done(request, url=url, message=_("Saved."), trigger=EVENT)
    effect_url = reverse("access:member_effect", args=[pk]) if may_give else ""
    context = {
        "form": form,
        "title": _("Edit member"),
        "submit": _("Save"),
        "effect_url": effect_url,
    }
    return htmx.form_page(request, "people/edit_member.html", context)


@needs("people.edit_member")
def edit_hours(request: TenantRequest, pk: int) -> HttpResponse:
    """A member's own working hours."""
    member = policy.get_or_404(request.member, Member.objects.all(), "people.edit_member", pk)
    own = member.working_week
    week = load_week(calendar_in_use().week if own is None else own)
    form = MemberWeekForm(request.POST or None, week=week, initial={"uses_own": own is not None})
    if request.method == "POST" and form.is_valid():
        wanted = form.week if form.cleaned_data["uses_own"] else None
        calendars.set_member_week(member_id=pk, week=wanted)
        url = reverse("people:member", args=[pk])
        return htmx.done(request, url=url, message=_("Saved."), trigger=EVENT)
    title = _("Working hours of %(name)s") % {"name": member.name}
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Save")}
    )


@needs("people.deactivate_member")
def deactivate(request: TenantRequest, pk: int) -> HttpResponse:
    """End a member's access, after saying what they still hold."""
    member = policy.get_or_404(request.member, Member.objects.all(), "people.deactivate_member", pk)
    form = DeactivateForm(request.POST or None)

    def deactivate() -> None:
        reason = form.cleaned_data["reason"]
        activity.deactivate_member(member_id=pk, by=request.member, reason=reason)

    if carried_out(form, deactivate):
        return htmx.done(
            request,
            url=reverse("people:member", args=[pk]),
            message=_("%(name)s can no longer sign in here.") % {"name": member.name},
            trigger=EVENT,
            undo=reverse("people:reactivate", args=[pk]),
        )
    context = {
        "form": form,
        "title": _("Deactivate %(name)s") % {"name": member.name},
        "submit": _("Deactivate"),
        "danger": True,
        "holdings": holdings_of(member),
        "handover_url": reverse("people:handover", args=[pk]),
    }
    return htmx.form_page(request, "people/deactivate.html", context)


@require_POST
@needs("people.deactivate_member")
def reactivate(request: TenantRequest, pk: int) -> HttpResponse:
    """Let a member in again."""
    member = policy.get_or_404(request.member, Member.objects.all(), "people.deactivate_member", pk)
    activity.reactivate_member(member_id=pk)
    return acted(
        request,
        url=reverse("people:member", args=[pk]),
        message=_("%(name)s can sign in again.") % {"name": member.name},
        trigger=EVENT,
    )


def picked_ids(request: TenantRequest, permission: str) -> list[int]:
    """The ticked members within reach, or all that the list was showing."""
    inactive = asks_for_inactive(QueryDict(request.POST.get("query", "")))
    rows = members_listed(inactive=inactive or not request.POST.get("all"))
    table = MemberTable(request, policy.visible(request.member, rows, permission))
    return list(table.picked.order_by("pk").values_list("pk", flat=True))


@require_POST
@needs("people.edit_member")
def bulk_department(request: TenantRequest) -> HttpResponse:
    """Put the ticked members into a department."""
    ids = picked_ids(request, "people.edit_member")
    form = BulkDepartmentForm(
        request.POST if "go" in request.POST else None,
        departments=departments_to_give(request.member),
    )
    if "go" in request.POST and form.is_valid():
        department = form.cleaned_data["department"]
        count = services.set_department(member_ids=ids, department=department)
        return _changed(request, count)
    title = ngettext(
        "Department of %(count)s member", "Department of %(count)s members", len(ids)
    ) % {"count": len(ids)}
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Set department")}
    )


@require_POST
@needs("people.assign_role")
def bulk_role(request: TenantRequest) -> HttpResponse:
    """Give the ticked members one more role."""
    ids = picked_ids(request, "people.view_member")
    form = BulkRoleForm(request.POST if "go" in request.POST else None)
    if "go" in request.POST and form.is_valid():
        role = form.cleaned_data["role"]
        return _changed(request, services.add_role(member_ids=ids, role=role, by=request.member))
    title = ngettext("A role for %(count)s member", "A role for %(count)s members", len(ids)) % {
        "count": len(ids)
    }
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Add role")}
    )


def _changed(request: TenantRequest, count: int) -> HttpResponse:
    words = ngettext("%(count)s member changed.", "%(count)s members changed.", count)
    return htmx.done(
        request,
        url=reverse("people:members"),
        message=words % {"count": count},
        trigger=EVENT,
    )
