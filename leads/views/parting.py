"""Setting the parts of a client that a decided case shares."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import carried_out
from leads.forms.cases import PartsForm
from leads.selectors import parting as selectors
from leads.selectors.cases import case_or_404
from leads.services import parting as services
from leads.views.cases import CHANGED
from leads.views.refusing import case_words


@needs("leads.decide_case")
def set_parts(request: TenantRequest, pk: int) -> HttpResponse:
    """In which parts the client's orders are credited from a day on."""
    case = case_or_404(request.member, pk)
    url, decision = reverse("leads:case", args=[pk]), selectors.final_share(case)
    if decision is None or not selectors.may_set_parts(request.member, case):
        return redirect(url)
    form = PartsForm(
        request.POST or None,
        reps=selectors.partners_of(case),
        shares=selectors.parts_now(selectors.shared_records(case, decision)),
        initial={"version": case.version},
    )

    def set_them() -> None:
        data = form.cleaned_data
        services.set_parts(
            case_id=pk,
            by=request.member,
            shares=form.shares,
            starts_on=data["starts_on"],
            reason=data["reason"],
            version=data["version"],
        )

    if carried_out(form, set_them, words=case_words(pk, again="leads:case_parts")):
        return htmx.done(request, url=url, message=_("Parts set."), trigger=CHANGED)
    context = {
        "form": form,
        "title": _("Parts of the shared client"),
        "submit": _("Set the parts"),
        "hint": _("Whoever gets a part may work on the client; all parties are told."),
    }
    return htmx.form_page(request, "web/form.html", context)
