"""Between organisations."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from crm.access.policy import allowed
from crm.organizations import switching
from crm.organizations.services import deletion, founding
from crm.organizations.services.deletion import requester
from crm.people import selectors as people
from crm.tenancy.context import tenant_context
from crm.web import htmx

SEARCH_FROM = 7


@require_GET
@never_cache
def switch(request: HttpRequest) -> HttpResponse:
    """All organisations of the person, the last used first; as a page or in a modal."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    places = switching.places_of(request.user)
    frame = htmx.frame_of(request)
    context = {
        "places": places,
        "has_search": len(places) >= SEARCH_FROM,
        "may_found": founding.is_open(),
        "is_operator": request.user.is_staff,
        "layout": htmx.LAYOUTS[frame] if frame != "page" else "layout/plain.html",
    }
    return render(request, "organizations/switch.html", context)


@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """An administrator cancels the deletion of the organisation, from its closed page."""
    if not request.user.is_authenticated:
        return redirect_to_login(switching.switch_url(), settings.LOGIN_URL)
    organization_id = people.organization_id_at(slug)
    if organization_id is None:
        raise Http404
    with tenant_context(organization_id):
        member = people.member_of(request.user)
        if member is None or not allowed(member, "organizations.delete"):
            raise Http404
        organization = member.organization
        try:
            deletion.cancel(
                organization_id, by=requester(request.user, member), member_id=member.pk
            )
        except deletion.TooLate:
            messages.error(request, _("It is too late: the organisation is being erased."))
        else:
            messages.success(request, _("The organisation is kept."))
    return redirect(organization.address)
