"""The effect of a change of roles, before it is saved; and the saving."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import cautions, drafts, effects, policy, selectors, services
from crm.access.counting import exclusive, record_of
from crm.access.decorators import needs
from crm.access.drafts import NEW, RoleDraft
from crm.access.effect_words import in_words
from crm.access.effects import Trial, with_roles
from crm.access.registry import is_declared, permissions
from crm.people.models import Member, Role
from crm.people.models.holding import HeldRole
from crm.people.selectors import active_members
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.asked import record_id, record_ids

MOST_ROWS = 100


@needs("people.edit_role")
def new_effect(request: TenantRequest) -> HttpResponse:
    """What a new role would be; nobody holds it yet."""
    draft = drafts.kept(request, NEW)
    if draft is None:
        return HttpResponseRedirect(reverse("access:new_role"))
    return _effect_page(request, draft, None)


@needs("people.edit_role")
def role_effect(request: TenantRequest, pk: int) -> HttpResponse:
    """Who gains and loses what when the draft is saved."""
    role = get_object_or_404(Role.objects.all(), pk=pk)
    draft = drafts.kept(request, pk)
    if draft is None:
        return HttpResponseRedirect(reverse("access:edit_role", args=[pk]))
    if draft.version != role.version:
        return _stale_page(request, draft, role)
    return _effect_page(request, draft, role)


def _effect_page(
    request: TenantRequest, draft: RoleDraft, role: Role | None, error: str = ""
) -> HttpResponse:
    before = RoleDraft.of(role) if role else RoleDraft(name="")
    effect = effects.role_effect_on_holders(draft)
    found = cautions.cautions_about(draft)
    rows_url = reverse("access:role_rows", args=[role.pk]) if role else ""
    context = {
        "draft": draft,
        "role": role,
        "error": error,
        "changes": selectors.differences(before, draft),
        "effect": in_words(effect, rows_url),
        "cautions": found,
        "is_blocked": any(one.blocks for one in found),
        "inactive": selectors.holders_of(role).filter(is_active=False).count() if role else 0,
        **_addresses(role),
    }
    return render(request, "access/effect.html", context, status=422 if error else 200)


def _addresses(role: Role | None) -> dict[str, str]:
    """Where the buttons of the effect page lead."""
    if role is None:
        return {
            "save_url": reverse("access:create_role"),
            "edit_url": f"{reverse('access:new_role')}?draft=1",
            "drop_url": reverse("access:drop_draft", args=[NEW]),
        }
    return {
        "save_url": reverse("access:save_role", args=[role.pk]),
        "edit_url": f"{reverse('access:edit_role', args=[role.pk])}?draft=1",
        "drop_url": reverse("access:drop_draft", args=[role.pk]),
    }


def _stale_page(request: TenantRequest, draft: RoleDraft, current: Role) -> HttpResponse:
    """Somebody saved meanwhile: both versions, and the ways on."""
    theirs = RoleDraft.of(current)
    edit = reverse("access:edit_role", args=[current.pk])
    context = {
        "draft": draft,
        "role": current,
        "changes": selectors.differences(theirs, draft),
        "last": next(iter(selectors.role_history(current)), None),
        "mine_url": f"{edit}?draft=1&rebase=1",
        "theirs_url": edit,
    }
    return render(request, "access/stale.html", context, status=409)


@require_POST
@needs("people.edit_role")
def create(request: TenantRequest) -> HttpResponse:
    """Save a new role, as its effect page showed it."""
    draft = drafts.kept(request, NEW)
    if draft is None or draft.digest != request.POST.get("digest"):
        return HttpResponseRedirect(reverse("access:new_effect"))
    try:
        role = services.create_role(draft)
    except Refused as reason:
        return _effect_page(request, draft, None, str(reason))
    drafts.drop(request, NEW)
    url = reverse("access:role", args=[role.pk])
    return htmx.done(request, url=url, message=_("Role created."))


@require_POST
@needs("people.edit_role")
def save(request: TenantRequest, pk: int) -> HttpResponse:
    """Save the draft whose effect was shown; another one is shown first."""
    role = get_object_or_404(Role.objects.all(), pk=pk)
    draft = drafts.kept(request, pk)
    if draft is None or draft.digest != request.POST.get("digest"):
        return HttpResponseRedirect(reverse("access:role_effect", args=[pk]))
    try:
        services.save_role(draft)
    except services.StaleRole as stale:
        return _stale_page(request, draft, stale.current)
    except Refused as reason:
        return _effect_page(request, draft, role, str(reason))
    drafts.drop(request, pk)
    return htmx.done(request, url=reverse("access:role", args=[pk]), message=_("Role saved."))


@needs("people.edit_role")
def role_rows(request: TenantRequest, pk: int) -> HttpResponse:
    """The records behind one number of a role's effect."""
    draft = drafts.kept(request, pk)
    role = get_object_or_404(Role.objects.all(), pk=pk)
    member = _asked_member(request)
    if draft is None:
        raise Http404
    held = Role.objects.filter(member_roles__member=member).order_by("pk")
    wished = HeldRole(role.code, draft.grants, draft.field_rights)
    before = tuple(effects.as_held(one) for one in held)
    after = tuple(wished if one.pk == pk else effects.as_held(one) for one in held)
    return _rows_page(request, Trial(member, before, after))


@needs("people.assign_role")
def member_effect(request: TenantRequest, pk: int) -> HttpResponse:
    """What a member would gain and lose with exactly these roles: for the member's form."""
    member = get_object_or_404(Member.objects.select_related("department"), pk=pk)
    wanted = _asked_roles(request)
    query = urlencode([("roles", one) for one in sorted(wanted)])
    rows_url = f"{reverse('access:member_rows', args=[pk])}?{query}"
    context = {
        "effect": in_words(effects.role_effect(member, wanted), rows_url),
        "cautions": cautions.cautions_about_member(pk, wanted) if member.is_active else [],
    }
    return render(request, "access/_effect.html", context)


@needs("people.assign_role")
def member_rows(request: TenantRequest, pk: int) -> HttpResponse:
    """The records behind one number of that."""
    member = get_object_or_404(Member.objects.select_related("department"), pk=pk)
    return _rows_page(request, effects.trial_of(member, _asked_roles(request)))


def _asked_roles(request: TenantRequest) -> set[int]:
    return set(record_ids(request.GET.getlist("roles")))


def _asked_member(request: TenantRequest) -> Member:
    pk = record_id(request.GET.get("member", "")) or 0
    return get_object_or_404(active_members().select_related("department"), pk=pk)


@dataclass(frozen=True)
class ShownRow:
    """A record of the list, as far as the reader may see it."""

    title: str
    owner: Any
    department: Any


def _rows_page(request: TenantRequest, trial: Trial) -> HttpResponse:
    """The records that a permission opens or closes, those the reader sees by name."""
    name, way = request.GET.get("permission", ""), request.GET.get("way", "gained")
    if not is_declared(name) or way not in ("gained", "lost"):
        raise Http404
    permission = next(one for one in permissions() if one.name == name)
    model = record_of(permission)
    if model is None:
        raise Http404
    before, after = (with_roles(trial.member, roles) for roles in (trial.before, trial.after))
    pair = (after, before) if way == "gained" else (before, after)
    rows = exclusive(*pair, permission, model).order_by("-pk")
    view = f"{model._meta.app_label}.view_{permission.name.rpartition('_')[2]}"
    seen = policy.visible(request.member, rows, view) if is_declared(view) else rows.none()
    total, visible = rows.order_by().count(), seen.order_by().count()
    context = {
        "member": trial.member,
        "permission": permission,
        "way": way,
        "kind": model._meta.verbose_name_plural,
        "rows": [_shown(one) for one in seen[:MOST_ROWS]],
        "total": total,
        "more": max(visible - MOST_ROWS, 0),
        "hidden": total - visible,
    }
    return render(request, "access/effect_rows.html", context)


def _shown(record: Any) -> ShownRow:
    return ShownRow(
        str(record), getattr(record, "owner", None), getattr(record, "department", None)
    )
