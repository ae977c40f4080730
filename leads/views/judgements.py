"""What people said about who is who: seen, and taken back."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action
from crm.web.forms import TenantForm
from leads.collision_tabs import tabs_for
from leads.selectors.judgement_list import visible_judgements
from leads.services import identity as services
from leads.tables.judgements import JudgementTable

EDIT = "leads.edit_collision_rules"


@needs(EDIT)
def judgement_list(request: TenantRequest) -> HttpResponseBase:
    """Every judgement within reach, the latest first."""
    table = JudgementTable(request, visible_judgements(request.member))
    context = {"tabs": tabs_for(request.member, "rules")}
    back = Action(_("Collision rules"), reverse("leads:collision_rules"), "arrow-left")
    return table.respond(
        "leads/collisions/list.html", context, title=_("The same or not"), actions=[back]
    )


@needs(EDIT)
def take_back_judgement(request: TenantRequest, pk: int) -> HttpResponse:
    """The two are compared like any others again; said before it happens."""
    judgement = get_object_or_404(visible_judgements(request.member), pk=pk)
    form = TenantForm(request.POST or None)
    if request.method == "POST":
        services.take_back(judgement_id=pk)
        return htmx.done(
            request,
            url=reverse("leads:judgements"),
            message=_("Taken back. The two are compared like any others again."),
            trigger="judgement-taken-back",
        )
    title = _("“%(left)s” and “%(right)s”: %(verdict)s") % {
        "left": judgement.left_name,
        "right": judgement.right_name,
        "verdict": judgement.get_verdict_display(),
    }
    context = {
        "form": form,
        "title": title,
        "hint": _(
            "The two are then compared like any others again, at entry and in early warnings. "
            "Whose they are stays as it was decided."
        ),
        "submit": _("Take the judgement back"),
    }
    return htmx.form_page(request, "web/form.html", context)
