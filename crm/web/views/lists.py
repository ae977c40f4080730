"""What a member keeps about lists: saved views and columns."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.tenancy.http import TenantRequest
from crm.web import htmx, preferences
from crm.web.models import SavedView


def next_page(request: HttpRequest) -> str:
    """Where a form without script goes on: only to our own pages."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe and target else "/"


@require_POST
@needs(ANY_MEMBER)
def choose_columns(request: TenantRequest) -> HttpResponse:
    """Keep which columns the member wants on a list."""
    page = request.POST.get("page", "")[:60]
    chosen = [] if request.POST.get("reset") else request.POST.getlist("columns")
    preferences.choose_columns(request, page, [key[:60] for key in chosen[:60]])
    return answer(request, page, "")


@require_POST
@needs(ANY_MEMBER)
def save_view(request: TenantRequest) -> HttpResponse:
    """Keep the list's present conditions under a name; the same name again replaces them."""
    page, name = request.POST.get("page", "")[:60], request.POST.get("name", "").strip()[:60]
    is_shared = request.POST.get("is_shared") == "yes"
    if is_shared and not policy.allowed(request.member, "web.share_views"):
        raise PermissionDenied("web.share_views")
    if not name or not page:
        return htmx.toast(HttpResponse(status=204), _("Give the view a name."), tone="error")
    values = {"query": request.POST.get("query", "")[:2_000], "is_shared": is_shared}
    try:
        with transaction.atomic():
            SavedView.objects.update_or_create(
                member_id=request.member.pk, page=page, name=name, defaults=values
            )
    except IntegrityError:
        return htmx.toast(HttpResponse(status=204), _("Somebody was faster; try again."))
    return answer(request, page, _("View “%(name)s” kept.") % {"name": name})


@require_POST
@needs(ANY_MEMBER)
def delete_view(request: TenantRequest, pk: int) -> HttpResponse:
    """Forget one of the member's own views."""
    view = SavedView.objects.filter(pk=pk, member_id=request.member.pk).first()
    if view is None:
        raise Http404
    view.delete()
    return htmx.toast(HttpResponse(), _("View “%(name)s” deleted.") % {"name": view.name})


def answer(request: TenantRequest, page: str, message: str) -> HttpResponse:
    """Make the list read itself again, or go back to it without script."""
    if not htmx.is_partial(request):
        return htmx.done(request, url=next_page(request), message=message)
    response = htmx.announce(HttpResponse(status=204), f"tz:refresh-{page}")
    return htmx.toast(response, message) if message else response
