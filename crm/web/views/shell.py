"""The frame's own fragments: counts, search, palette; and how it looks."""

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.tenancy.http import TenantRequest
from crm.web import htmx, navigation, search
from crm.web.looks import LookForm, PreferencesForm, save_preferences


def back_to(request: HttpRequest) -> str:
    """The page the person came from, if it is ours; else the organisation's first page."""
    here = request.headers.get("Referer", "")
    root = f"{request.scheme}://{request.get_host()}/"
    return here if here.startswith(root) else reverse("web:preferences")


@require_GET
@needs(ANY_MEMBER)
def counts(request: TenantRequest) -> HttpResponse:
    """How many things wait behind each navigation entry, for the small numbers."""
    return JsonResponse(navigation.counts_for(request.member))


@require_GET
@needs(ANY_MEMBER)
def find(request: TenantRequest) -> HttpResponse:
    """The search page: hits of every kind the member may see."""
    text = request.GET.get("q", "").strip()
    context = {
        "text": text,
        "groups": search.find(request.member, text),
        "offers": [one for one in navigation.creates_for(request.member) if one.offer],
    }
    return render(request, "web/search.html", context)


@require_GET
@needs(ANY_MEMBER)
def palette(request: TenantRequest) -> HttpResponse:
    """The same hits as options of the command palette."""
    text = request.GET.get("q", "").strip()
    groups = search.find(request.member, text)
    return render(request, "web/_palette.html", {"text": text, "groups": groups})


@require_POST
@needs(ANY_MEMBER)
def look(request: TenantRequest) -> HttpResponse:
    """One press in the user menu: theme, row height or language."""
    form = LookForm(request.POST)
    if form.is_valid():
        save_preferences(request.user, **form.chosen)
    return HttpResponseRedirect(back_to(request))


@needs(ANY_MEMBER)
def preferences(request: TenantRequest) -> HttpResponseBase:
    """Language, time zone, theme and row height of the person."""
    form = PreferencesForm(request.POST or None, initial=PreferencesForm.of(request.user))
    if request.method == "POST" and form.is_valid():
        save_preferences(request.user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Preferences saved."))
        return htmx.done(request, url=reverse("web:preferences"))
    context = {"form": form, "title": _("Preferences"), "submit": _("Save preferences")}
    return htmx.form_page(request, "web/form.html", context)
