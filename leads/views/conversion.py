"""A lead becomes a customer, a contact and perhaps a deal."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from leads.enums import LeadStatus
from leads.forms.conversion import ConvertForm
from leads.models import Lead
from leads.selectors.leads import customers_to_attach, lead_or_404
from leads.services.conversion import Conversion
from leads.services.conversion import convert_lead as convert
from leads.services.lookups import cards_of_refusal, note_refusal
from leads.services.refusals import LikelyDuplicate
from leads.views.refusing import refusal_words


@needs("leads.create_customer")
def convert_lead(request: TenantRequest, pk: int) -> HttpResponse:
    """Convert into a new customer or attach to one; a second press shows the first result."""
    member = request.member
    lead = lead_or_404(member, pk, "leads.edit_lead")
    if request.method == "GET" and lead.status == LeadStatus.CONVERTED:
        return HttpResponseRedirect(reverse("leads:detail", args=[pk]))
    customers = [(one.pk, one.name) for one in customers_to_attach(member, lead)]
    form = ConvertForm(request.POST or None, lead=lead, customers=customers)
    if request.method == "POST" and form.is_valid():
        try:
            result = convert(
                lead_id=pk,
                by=member,
                customer_id=form.customer_id,
                deal=form.deal,
                explanation=form.cleaned_data["explanation"],
                confirmed=form.confirmed,
            )
        except LikelyDuplicate as reason:
            form.ask(reason, cards_of_refusal(reason, by=member, typed=lead.company_name))
        except Refused as reason:
            note_refusal(reason, by=member)
            form.add_error(None, refusal_words(reason))
        else:
            return _converted(request, lead, result)
    context = {
        "form": form,
        "title": _("Convert %(company)s") % {"company": lead.company_name},
        "submit": _("Convert"),
    }
    return htmx.form_page(request, "web/form.html", context)


def _converted(request: TenantRequest, lead: Lead, result: Conversion) -> HttpResponse:
    """Show what the lead became, as far as the member may see it."""
    seen = policy.allowed(request.member, "leads.view_customer", result.customer)
    name, pk = ("leads:customer", result.customer.pk) if seen else ("leads:detail", lead.pk)
    return htmx.done(
        request,
        url=reverse(name, args=[pk]),
        message=_words(result),
        trigger={"lead-updated": True, "customer-created": True, "opportunity-created": True},
    )


def _words(result: Conversion) -> str:
    """What it became, and whom the customer could not be opened to."""
    words = _("Converted into %(customer)s.") % {"customer": result.customer.name}
    if not result.unshared:
        return words
    names = " · ".join(str(one.receiver) for one in result.unshared)
    left = _("Not passed on, as you may not share this customer: %(names)s.") % {"names": names}
    return f"{words} {left}"
