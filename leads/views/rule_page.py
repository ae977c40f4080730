"""The page of one rule, of assignment or of collisions: tried on past leads before it is saved."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from crm.tenancy.http import TenantRequest
from crm.web import htmx

PAGE = "leads/rules/form.html"


def rule_page(request: TenantRequest, context: dict[str, Any], *, trial_part: str) -> HttpResponse:
    """The form with its trial, shown by the template `trial_part`; 422 where the form fails."""
    form = context["form"]
    failed = request.method == "POST" and not form.is_valid()
    template = f"{PAGE}#form" if htmx.target_of(request) == form.element_id else PAGE
    values = {**context, "trial_part": trial_part}
    return render(request, template, values, status=422 if failed else 200)
