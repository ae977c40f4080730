"""Roles: the list, one role, the editor. Nothing is saved here: crm.access.views.effects does."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import drafts, selectors, services
from crm.access.decorators import needs
from crm.access.drafts import NEW, RoleDraft
from crm.access.editor import SCOPES, Editor
from crm.access.modules import modules
from crm.people.enums import Scope
from crm.people.models import Role
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.asked import record_id
from crm.web.components import Action


@needs("people.edit_role")
def role_list(request: TenantRequest) -> HttpResponse:
    """Every role, who holds it and when it last changed."""
    roles = selectors.listed_roles()
    create = Action(_("New role"), reverse("access:new_role"), "plus", kind="primary", shortcut="n")
    context = {"roles": roles, "count": len(roles), "actions": [create]}
    return render(request, "access/roles.html", context)


@needs("people.edit_role")
def role_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """What a role gives, who holds it, how it came to be so."""
    role = get_object_or_404(Role.objects.all(), pk=pk)
    draft = RoleDraft.of(role)
    holders = list(selectors.holders_of(role))
    context = {
        "role": role,
        "label": draft.label,
        "modules": selectors.role_in_words(draft),
        "restrictions": selectors.restrictions_in_words(draft),
        "holders": holders,
        "count": len(holders),
        "entries": selectors.role_history(role),
        "actions": _actions(role, is_held=bool(holders)),
        "may_explain": "access.view_rights" in request.member.scopes,
    }
    return render(request, "access/role.html", context)


def _actions(role: Role, *, is_held: bool) -> list[Action]:
    args = [role.pk]
    copy = f"{reverse('access:new_role')}?copy={role.pk}"
    edit = reverse("access:edit_role", args=args)
    found = [Action(_("Edit"), edit, "pencil", kind="primary", shortcut="e")]
    found.append(Action(_("Copy"), copy, "copy"))
    if role.is_builtin:
        url = reverse("access:reset_role", args=args)
        found.append(Action(_("Reset to default"), url, "arrow-back-up", method="post"))
    else:
        held = _("Members still hold this role. Take it from them first.") if is_held else ""
        url = reverse("access:delete_role", args=args)
        question = _("Delete this role for good?")
        found.append(
            Action(_("Delete"), url, "trash", method="post", confirm=question, disabled=held)
        )
    return found


@needs("people.edit_role")
def new_role(request: TenantRequest) -> HttpResponse:
    """A role of one's own making, empty or a copy of another."""
    copied = record_id(request.GET.get("copy", ""))
    draft = drafts.kept(request, NEW) if "draft" in request.GET else None
    if draft is None:
        draft = RoleDraft(name="") if copied is None else _copy_of(copied)
    return _edit(request, draft, None)


def _copy_of(pk: int) -> RoleDraft:
    role = get_object_or_404(Role.objects.all(), pk=pk)
    draft = RoleDraft.of(role)
    name = _("Copy of %(role)s") % {"role": draft.label}
    return replace(draft, name=name[:80], role_id=NEW, version=0, code="")


@needs("people.edit_role")
def edit_role(request: TenantRequest, pk: int) -> HttpResponse:
    """The editor; `?draft` goes on with what was not saved yet."""
    role = get_object_or_404(Role.objects.all(), pk=pk)
    saved = RoleDraft.of(role)
    draft = drafts.kept(request, pk) if "draft" in request.GET else None
    if draft is not None and "rebase" in request.GET:
        draft = replace(draft, version=role.version)
    return _edit(request, draft or saved, saved)


def _edit(request: TenantRequest, draft: RoleDraft, saved: RoleDraft | None) -> HttpResponse:
    """Show the editor, or read what it sent and go on to the effect."""
    status, editor = 200, Editor(draft, saved)
    if request.method == "POST":
        draft = drafts.read_posted(request.POST, draft)
        if "set" in request.POST:
            editor = Editor(_with_module(draft, request.POST["set"]), saved)
        else:
            editor = Editor(draft, saved, check=True)
            if not editor.errors:
                drafts.keep(request, draft)
                return HttpResponseRedirect(_effect_url(draft))
            status = 422
    context = {"editor": editor, "draft": editor.draft, "saved": saved}
    return render(request, "access/editor.html", context, status=status)


def _effect_url(draft: RoleDraft) -> str:
    if draft.role_id == NEW:
        return reverse("access:new_effect")
    return reverse("access:role_effect", args=[draft.role_id])


def _with_module(draft: RoleDraft, sent: str) -> RoleDraft:
    """The draft after "set the whole module to …": "leads:3", "leads:" for nothing."""
    key, _colon, value = sent.partition(":")
    scope = Scope(int(value)) if value in {str(int(one)) for one in SCOPES} else None
    found = next((one for one in modules() if one.key == key), None)
    return drafts.with_module(draft, list(found.permissions), scope) if found else draft


@require_POST
@needs("people.edit_role")
def reset_role(request: TenantRequest, pk: int) -> HttpResponse:
    """A built-in role as it was delivered, as a draft whose effect is shown first."""
    role = get_object_or_404(Role.objects.all(), pk=pk, is_builtin=True)
    drafts.keep(request, services.default_of(role))
    return htmx.done(request, url=reverse("access:role_effect", args=[pk]))


@require_POST
@needs("people.edit_role")
def drop_draft(request: TenantRequest, pk: int) -> HttpResponseRedirect:
    """Forget what was not saved."""
    drafts.drop(request, pk)
    url = reverse("access:role", args=[pk]) if pk != NEW else reverse("access:roles")
    return HttpResponseRedirect(url)


@require_POST
@needs("people.edit_role")
def delete_role(request: TenantRequest, pk: int) -> HttpResponse:
    """Delete a role that nobody holds."""
    get_object_or_404(Role.objects.all(), pk=pk)
    try:
        services.delete_role(pk)
    except Refused as reason:
        if htmx.is_partial(request):
            return htmx.toast(HttpResponse(status=422), str(reason), tone="error")
        messages.error(request, str(reason))
        return HttpResponseRedirect(reverse("access:role", args=[pk]))
    return htmx.done(request, url=reverse("access:roles"), message=_("Role deleted."))
