"""Collision cases: the list and the case."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from leads.collision_tabs import tabs_for
from leads.selectors import cases as selectors
from leads.tables.cases import CaseTable
from leads.views.case_page import case_page


@needs("leads.view_case")
def case_list(request: TenantRequest) -> HttpResponseBase:
    """Every case the member may read."""
    rows = selectors.with_parties(selectors.visible_cases(request.member))
    context = {"tabs": tabs_for(request.member, "cases")}
    table = CaseTable(request, rows)
    return table.respond("leads/collisions/list.html", context, title=_("Collisions"))


@needs("leads.view_case")
def case_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One case: who claims the client, on what evidence, and what becomes of it."""
    case = selectors.case_or_404(request.member, pk)
    return render(request, "leads/collisions/case.html", case_page(request.member, case))
