"""Every component in every state, on made-up data: the page we look at before we ship."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import gallery_data, htmx
from crm.web.components import Action
from crm.web.forms import (
    DateField,
    DateTimeField,
    FileField,
    MemberField,
    MoneyField,
    PhoneField,
    TenantForm,
)


class SampleForm(TenantForm):
    """One field of each kind."""

    company = forms.CharField(
        label=gettext_lazy("Company"), help_text=gettext_lazy("As on the business licence.")
    )
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    amount = MoneyField(label=gettext_lazy("Amount"), min_value=1)
    source = forms.ChoiceField(
        label=gettext_lazy("Source"),
        choices=[("fair", gettext_lazy("Exhibition")), ("web", gettext_lazy("Website"))],
    )
    owner = MemberField(label=gettext_lazy("Owner"), required=False)
    due = DateField(label=gettext_lazy("Expected on"), required=False)
    visit = DateTimeField(label=gettext_lazy("Next visit"), required=False)
    is_key = forms.BooleanField(label=gettext_lazy("Key account"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea, required=False)
    file = FileField(label=gettext_lazy("Attachment"), required=False)
    draft_key = "gallery"


@needs("web.gallery")
def gallery(request: TenantRequest) -> HttpResponseBase:
    """The gallery."""
    bad = SampleForm({"company": "", "amount": "0", "source": "fair", "phone": "138 0013 8000"})
    context = gallery_data.everything() | {
        "form": bad,
        "submit": _("Add lead"),
        "actions": gallery_data.actions(),
    }
    table = gallery_data.MemberTable(request, gallery_data.members())
    return table.respond("web/gallery.html", context)


@needs("web.gallery")
def sample_form(request: TenantRequest) -> HttpResponse:
    """A form in a drawer, a modal or a page."""
    form = SampleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return htmx.done(
            request,
            url=reverse("web:gallery"),
            message=_("Lead added."),
            undo=reverse("web:gallery_toast"),
        )
    context = {"form": form, "title": _("New lead"), "submit": _("Add lead")}
    return htmx.form_page(request, "web/form.html", context)


@needs("web.gallery")
def sample_record(request: TenantRequest, pk: int = 0) -> HttpResponse:
    """A record page, also shown in the drawer."""
    edit = Action(_("Edit"), reverse("web:gallery_form"), "pencil", frame="drawer")
    main = Action(_("Convert"), reverse("web:gallery_form"), "arrow-right", kind="primary")
    copy = Action(_("Copy"), reverse("web:gallery_toast"), "copy", method="post")
    context: dict[str, Any] = gallery_data.everything() | {"record_actions": [main, edit, copy]}
    return render(request, "web/gallery_record.html", context)


@require_POST
@needs("web.gallery")
def sample_move(request: TenantRequest) -> HttpResponse:
    """A board move; the last lane refuses, to show the card going back."""
    response = HttpResponse(status=204)
    if request.POST.get("stage") == "won":
        response.status_code = 422
        return htmx.toast(response, _("A deal is won by its order, not by hand."), tone="error")
    return htmx.announce(response, "gallery-moved")


@require_POST
@needs("web.gallery")
def sample_toast(request: TenantRequest) -> HttpResponse:
    """A toast with undo."""
    response = HttpResponse(status=204)
    return htmx.toast(response, _("12 leads assigned."), undo=reverse("web:gallery_toast"))
