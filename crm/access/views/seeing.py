"""Borrowing another member's eyes, and giving them back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import seeing
from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx


@needs("access.see_as")
def see_as(request: TenantRequest, pk: int) -> HttpResponse:
    """Ask once, saying what it means; then show everything as that member sees it."""
    target = get_object_or_404(Member.objects.select_related("department"), pk=pk)
    error = ""
    if request.method == "POST":
        try:
            seeing.begin(request, actor=request.member, target=target)
        except Refused as reason:
            error = str(reason)
        else:
            home = request.organization.address
            return _go(home) if htmx.is_partial(request) else HttpResponseRedirect(home)
    context = {"target": target, "error": error, "is_self": target.pk == request.member.pk}
    return render(request, "access/see_as.html", context, status=422 if error else 200)


def _go(url: str) -> HttpResponse:
    """The whole page goes, also from a dialog."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})


@require_POST
@needs(ANY_MEMBER)
def leave(request: TenantRequest) -> HttpResponseRedirect:
    """Look with one's own eyes again; harmless for those who do."""
    target_id = seeing.end(request, request.member, reason="left")
    if target_id is not None:
        messages.success(request, _("You are looking with your own eyes again."))
        if "access.view_rights" in request.member.scopes:
            return HttpResponseRedirect(reverse("access:rights", args=[target_id]))
    return HttpResponseRedirect(request.organization.address)
