"""What members see of an organisation that is suspended or about to be deleted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from crm.access.policy import allowed
from crm.organizations.switching import switch_url
from crm.people.models import Member


def closed_page(request: HttpRequest, member: Member) -> HttpResponse:
    """Says what happened and what to do; for members only, strangers were answered 404 before."""
    organization = member.organization
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(organization.address)
    context = {
        "closed": organization,
        "may_keep": allowed(member, "organizations.delete"),
        "switch_url": switch_url(),
    }
    return render(request, "organizations/closed.html", context, status=403)
