"""What one member may do, and who reaches one record."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import explaining, policy
from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.people.models import Member
from crm.tenancy.http import TenantRequest
from crm.web.components import Action


@needs(ANY_MEMBER)
def member_rights(request: TenantRequest, pk: int) -> HttpResponse:
    """What a member may do and why; everybody may ask it of themselves."""
    if pk != request.member.pk and not policy.allowed(request.member, "access.view_rights"):
        raise Http404
    people = Member.objects.select_related("department", "user")
    member = get_object_or_404(people, pk=pk)
    roles = explaining.roles_of(member)
    context = {
        "subject": member,
        "is_self": pk == request.member.pk,
        "roles": roles,
        "may_edit_roles": policy.allowed(request.member, "people.edit_role"),
        "modules": explaining.held_permissions(member, roles),
        "fields": explaining.held_fields(member, roles),
        "shares": explaining.shares_with(member, request.member),
        "actions": _actions(request, member),
    }
    return render(request, "access/rights.html", context)


def _actions(request: TenantRequest, member: Member) -> list[Action]:
    may = policy.allowed(request.member, "access.see_as")
    if not may or member.pk == request.member.pk or not member.is_active:
        return []
    url = reverse("access:see_as", args=[member.pk])
    return [Action(_("See as %(name)s") % {"name": member.name}, url, "eye", frame="modal")]


@needs("access.view_rights")
def who_can_see(request: TenantRequest, kind: str, pk: int) -> HttpResponse:
    """Every member who sees a record, with the reason; only of records one sees oneself."""
    model = explaining.explainable(kind)
    if model is None:
        raise Http404
    permission = f"{model._meta.app_label}.view_{model._meta.model_name}"
    rows = model._default_manager.select_related("department")
    record = policy.get_or_404(request.member, rows, permission, pk)
    viewers = explaining.RecordAccess(record).viewers()
    context = {"record": record, "viewers": viewers, "count": len(viewers)}
    return render(request, "access/who_can_see.html", context)
