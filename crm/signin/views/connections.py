"""Connecting identity providers, in the browser."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.access.decorators import needs
from crm.signin import connections
from crm.signin.connection_forms import form_for
from crm.signin.enums import ConnectionKind, Joining
from crm.signin.models import SsoConnection
from crm.signin.sso.flow import callback_address
from crm.signin.sso.words import words_for
from crm.tenancy.http import TenantRequest
from crm.tenancy.links import global_url
from crm.web import htmx
from crm.web.components import Action, Fact


@needs("signin.edit_policy")
def connection(request: TenantRequest, connection_id: int) -> HttpResponse:
    """One provider: what is set, what to enter there, whether it works."""
    found = get_object_or_404(SsoConnection, pk=connection_id)
    slug = request.organization.slug
    context = {
        "connection": found,
        "facts": facts_of(found),
        "callback": callback_address(slug, found.pk),
        "door": request.build_absolute_uri(global_url("signin_enter", slug)),
        "problem": words_for(found.check_problem),
        "actions": actions_of(found),
    }
    return render(request, "signin/connection.html", context)


def actions_of(found: SsoConnection) -> list[Action]:
    """Test, change, remove."""
    key = [found.pk]
    return [
        Action(
            _("Test the connection"),
            reverse("signin:check_connection", args=key),
            "plug",
            method="post",
        ),
        Action(
            _("Change"),
            reverse("signin:edit_connection", args=key),
            "pencil",
            kind="primary",
            frame="drawer",
        ),
        Action(
            _("Remove"),
            reverse("signin:remove_connection", args=key),
            "trash",
            kind="danger",
            method="post",
            confirm=_("Members can no longer sign in through it. Remove the provider?"),
        ),
    ]


def facts_of(found: SsoConnection) -> list[Fact]:
    """The settings in words; of the secret only that there is one."""
    facts = [
        Fact(_("Offered"), _("Yes") if found.is_active else _("No")),
        Fact(_("Issuer"), found.issuer) if found.issuer else None,
        Fact(_("Corp ID"), found.corp_id) if found.corp_id else None,
        Fact(_("Agent ID"), found.agent_id) if found.agent_id else None,
        Fact(_("Client ID"), found.client_id) if found.client_id else None,
        Fact(_("Client secret"), "••••••••"),
        Fact(_("Domains"), _(", ").join(found.domains) or _("any")),
        Fact(_("New people"), found.get_joining_display()),
    ]
    if found.joining == Joining.CREATE:
        facts += [
            Fact(_("Their role"), str(found.default_role)),
            Fact(_("Their department"), str(found.default_department)),
        ]
    return [one for one in facts if one is not None]


@needs("signin.edit_policy")
def add_connection(request: TenantRequest, kind: str) -> HttpResponse:
    """Connect a provider."""
    if kind not in ConnectionKind.values:
        raise Http404
    return connection_form(request, SsoConnection(kind=ConnectionKind(kind)))


@needs("signin.edit_policy")
def edit_connection(request: TenantRequest, connection_id: int) -> HttpResponse:
    """Change a provider's settings."""
    return connection_form(request, get_object_or_404(SsoConnection, pk=connection_id))


def connection_form(request: TenantRequest, found: SsoConnection) -> HttpResponse:
    """The form of this kind of provider."""
    is_new = found.pk is None
    form = form_for(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = connections.save_connection(form.save(commit=False), changed=form.changed_data)
        except connections.StillNeeded:
            form.add_error("is_active", still_needed())
        else:
            address = reverse("signin:connection", args=[saved.pk])
            message = _("Saved; the connection is being tested.")
            return moved(request, url=address, message=message)
    title = found.get_kind_display() if is_new else found.name
    submit = _("Connect") if is_new else _("Save")
    context = {"form": form, "title": title, "submit": submit}
    return htmx.form_page(request, "web/form.html", context)


@needs("signin.edit_policy")
@require_POST
def check_connection(request: TenantRequest, connection_id: int) -> HttpResponse:
    """Test the settings as they are."""
    found = get_object_or_404(SsoConnection, pk=connection_id)
    connections.ask_check(found)
    return moved(request, url=reverse("signin:connection", args=[found.pk]))


@needs("signin.edit_policy")
@require_POST
def remove_connection(request: TenantRequest, connection_id: int) -> HttpResponse:
    """Forget the provider and whom it knew."""
    found = get_object_or_404(SsoConnection, pk=connection_id)
    try:
        connections.remove_connection(found)
    except connections.StillNeeded:
        return htmx.toast(HttpResponse(status=422), still_needed(), tone="error")
    return moved(request, url=reverse("signin:settings"), message=_("Provider removed."))


def still_needed() -> str:
    """Why the last provider stays."""
    return _("Members may come in only through a provider, and this is the last one in use.")


def moved(request: TenantRequest, *, url: str, message: str = "") -> HttpResponse:
    """To another page also from a drawer: a new provider has its own."""
    if message:
        messages.success(request, message)
    if htmx.is_partial(request):
        return htmx.announce(HttpResponseClientRedirect(url), "tz:form-saved")
    return HttpResponseRedirect(url)
