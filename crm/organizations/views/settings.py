"""The organisation's own pages: first steps, settings, logo."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.access.decorators import needs
from crm.access.policy import allowed
from crm.access.registry import ANY_MEMBER
from crm.files.services import FileRefused, path_of
from crm.organizations import steps
from crm.organizations.forms import LogoForm, SettingsForm
from crm.organizations.reachable import address_for
from crm.organizations.selectors import changes_of
from crm.organizations.services import settings as services
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action


@require_GET
@needs("organizations.edit_settings")
def first_steps(request: TenantRequest) -> HttpResponse:
    """What a new organisation sets up, ticked off as it goes."""
    shown = steps.steps_for(request.member)
    done = sum(one.is_done for one in shown)
    context = {"steps": shown, "done": done, "total": len(shown)}
    return render(request, "organizations/first_steps.html", context)


@needs("organizations.edit_settings")
def settings(request: TenantRequest) -> HttpResponseBase:
    """Name, currency, clock, language, fiscal year; the logo; who changed what."""
    form = SettingsForm(request.POST or None, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        services.change_settings(request.organization.pk, **form.cleaned_data)
        return htmx.done(
            request, url=reverse("organizations:settings"), message=_("Settings saved.")
        )
    context = {
        "form": form,
        "submit": _("Save settings"),
        "title": _("Organisation settings"),
        "entries": changes_of(request.organization),
        "nearby": nearby(request),
        "data_pages": data_pages(request),
        "logo": logo_url(request),
    }
    return htmx.form_page(request, "organizations/settings.html", context)


def nearby(request: TenantRequest) -> list[Action]:
    """Links to the working calendar and the sign-in rules, for those who may open them."""
    found = [
        Action(label, address_for(request.member, name), icon)
        for name, icon, label in (
            ("people:calendar", "calendar", _("Working calendar")),
            ("signin:settings", "shield-lock", _("Sign-in rules")),
        )
    ]
    return [one for one in found if one.url]


def data_pages(request: TenantRequest) -> list[Action]:
    """Export and deletion, for those who may."""
    pages = (
        ("organizations.export_data", "organizations:exports", "file-export", _("Full export")),
        ("organizations.delete", "organizations:delete", "trash", _("Delete the organisation")),
    )
    return [
        Action(label, reverse(name), icon)
        for permission, name, icon, label in pages
        if allowed(request.member, permission)
    ]


def logo_url(request: TenantRequest) -> str:
    """The picture's address; a new picture has a new one."""
    pk = request.organization.logo_file_id
    return f"{reverse('organizations:logo')}?v={pk}" if pk else ""


@require_GET
@needs(ANY_MEMBER)
def logo(request: TenantRequest) -> FileResponse:
    """The organisation's picture, for its members."""
    stored = services.logo_of(request.organization)
    if stored is None:
        raise Http404
    response = FileResponse(path_of(stored).open("rb"), content_type=stored.content_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@needs("organizations.edit_settings")
def change_logo(request: TenantRequest) -> HttpResponseBase:
    """Upload a picture."""
    form = LogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = LogoForm(request.POST, request.FILES)
        if form.is_valid():
            upload: UploadedFile[bytes] = form.cleaned_data["logo"]
            try:
                services.set_logo(request.organization.pk, upload)
            except FileRefused as reason:
                form.add_error("logo", str(reason))
            else:
                return done_with_logo(request, _("Logo saved."))
    context = {"form": form, "title": _("Logo"), "submit": _("Save the logo")}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("organizations.edit_settings")
def remove_logo(request: TenantRequest) -> HttpResponse:
    """Back to the boat."""
    services.remove_logo(request.organization.pk)
    return done_with_logo(request, _("Logo removed."))


def done_with_logo(request: TenantRequest, message: str) -> HttpResponse:
    """The whole page is read again: the corner shows the picture too."""
    messages.success(request, message)
    url = reverse("organizations:settings")
    return HttpResponseClientRedirect(url) if htmx.is_partial(request) else redirect(url)
