"""The other names of a customer: added, and dropped again."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, refused
from leads.enums import AliasKind
from leads.forms.aliases import AliasForm
from leads.selectors.customers import customer_or_404
from leads.services import aliases as services
from leads.services.lookups import note_shown
from leads.views.refusing import refusal_words

EDIT = "leads.edit_customer"


@needs(EDIT)
def add_alias(request: TenantRequest, pk: int) -> HttpResponse:
    """A short, former or English name by which the customer is found too."""
    customer = customer_or_404(request.member, pk, EDIT)
    form = AliasForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text, kind = form.cleaned_data["text"], AliasKind(form.cleaned_data["kind"])
        try:
            services.add_alias(customer_id=pk, text=text, kind=kind, by=request.member)
        except Refused as reason:
            form.add_error("text", refusal_words(reason))
            match = getattr(reason, "match", None)
            if match is not None:
                note_shown(request.member, [match], typed=text)
        else:
            return htmx.done(
                request,
                url=reverse("leads:customer", args=[pk]),
                message=_("Name added."),
                trigger="customer-updated",
            )
    title = _("Another name of %(customer)s") % {"customer": customer.name}
    context = {"form": form, "title": title, "submit": _("Add the name")}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs(EDIT)
def drop_alias(request: TenantRequest, pk: int, alias_id: int) -> HttpResponse:
    """The customer is not found by this name any more."""
    customer_or_404(request.member, pk, EDIT)
    url = reverse("leads:customer", args=[pk])
    try:
        services.drop_alias(customer_id=pk, alias_id=alias_id, by=request.member)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Name dropped."), trigger="customer-updated")
