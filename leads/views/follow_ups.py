"""Logging what was said, on the page of a lead, customer or opportunity."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx, once
from leads.forms.follow_ups import FollowUpForm
from leads.selectors.customers import customer_or_404
from leads.selectors.leads import lead_or_404
from leads.selectors.opportunities import opportunity_or_404
from leads.services.follow_ups import Subject, log_follow_up
from leads.services.refusals import ProtectedClient
from leads.views.refusing import refusal_words


@require_POST
@needs("leads.edit_lead")
def follow_up_lead(request: TenantRequest, pk: int) -> HttpResponse:
    """Log a follow-up of a lead."""
    lead = lead_or_404(request.member, pk, "leads.edit_lead")
    return _log(request, lead, draft=f"follow-up-lead-{pk}", page="leads:detail")


@require_POST
@needs("leads.edit_customer")
def follow_up_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """Log a follow-up of a customer."""
    customer = customer_or_404(request.member, pk, "leads.edit_customer")
    return _log(request, customer, draft=f"follow-up-customer-{pk}", page="leads:customer")


@require_POST
@needs("leads.edit_opportunity")
def follow_up_opportunity(request: TenantRequest, pk: int) -> HttpResponse:
    """Log a follow-up of a deal."""
    deal = opportunity_or_404(request.member, pk, "leads.edit_opportunity")
    return _log(request, deal, draft=f"follow-up-opportunity-{pk}", page="leads:opportunity")


def _log(request: TenantRequest, subject: Subject, *, draft: str, page: str) -> HttpResponse:
    """Log it and hand back an empty composer; the page around hears of it and reads itself."""
    form = FollowUpForm(request.POST, draft=draft)
    context = {"form": form, "url": request.path, "is_answer": True}
    if not form.is_valid():
        return render(request, "leads/_composer.html", context, status=422)
    try:
        follow_up = log_follow_up(subject=subject, by=request.member, **form.cleaned_data)
    except ProtectedClient as reason:
        form.add_error("content", refusal_words(reason))
        return render(request, "leads/_composer.html", context, status=422)
    once.finish(request)
    if not htmx.is_partial(request):
        return redirect(reverse(page, args=[subject.pk]))
    response = render(
        request, "leads/_composer.html", context | {"form": FollowUpForm(draft=draft)}
    )
    htmx.announce(response, {"follow-up-logged": True, "tz:form-saved": True})
    words = (
        _("Follow-up logged.")
        if follow_up.is_effective
        else _("Note kept. Without an outcome and a next step it does not count as a follow-up.")
    )  # noqa: E501
    return htmx.toast(response, words)
