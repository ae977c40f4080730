"""Protecting a customer, and releasing it."""

from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.tenancy.clock import organization_today
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, carried_out
from leads.forms.entering import ProtectForm
from leads.selectors.customers import customer_or_404
from leads.selectors.entering import collision_settings
from leads.services import protection as services

PROTECT = "leads.protect_customer"
USUAL_DAYS = 30


@needs(PROTECT)
def protect_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """Lock a customer's duplicates for a while, saying why."""
    customer = customer_or_404(request.member, pk, PROTECT)
    form = ProtectForm(request.POST or None, initial={"until": usual_end()})

    def protect() -> None:
        services.protect_customer(customer_id=pk, by=request.member, **form.cleaned_data)

    if carried_out(form, protect):
        return htmx.done(
            request,
            url=reverse("leads:customer", args=[pk]),
            message=_("Protected. Its duplicates are locked."),
            trigger="customer-updated",
        )
    title = _("Protect %(customer)s") % {"customer": customer.name}
    context = {"form": form, "title": title, "submit": _("Protect the customer")}
    return htmx.form_page(request, "web/form.html", context)


def usual_end() -> str:
    """A month from now, or less where the organisation allows less."""
    days = min(USUAL_DAYS, collision_settings().protect_days)
    return (organization_today() + timedelta(days=days)).isoformat()


@require_POST
@needs(PROTECT)
def unprotect_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """Release a customer at one press."""
    customer_or_404(request.member, pk, PROTECT)
    services.unprotect_customer(customer_id=pk, by=request.member)
    return acted(
        request,
        url=reverse("leads:customer", args=[pk]),
        message=_("Released from protection."),
        trigger="customer-updated",
    )
