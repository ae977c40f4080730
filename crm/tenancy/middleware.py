"""The one middleware that owns tenant and transaction.

/<organization>/… is served as if the product were mounted at that prefix (like SCRIPT_NAME), by
the tenants' URL configuration, inside one transaction with the tenant set. Strangers get 404.
"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django_htmx.http import HttpResponseClientRedirect

from crm.access import seeing
from crm.access.viewer import viewing_as
from crm.organizations import visits
from crm.organizations.closed import closed_page
from crm.people import selectors as people
from crm.tenancy.context import name_member, tenant_context
from crm.tenancy.current import note_organization
from crm.tenancy.http import TenantRequest
from crm.tenancy.models import RESERVED_SLUGS

GetResponse = Callable[[HttpRequest], HttpResponse]


def split_path(path: str) -> tuple[str, str]:
    """The organisation's slug and the rest of a path, ("", path) for the platform's own pages."""
    slug, slash, rest = path.lstrip("/").partition("/")
    if not slug or slug in RESERVED_SLUGS:
        return "", path
    return slug, f"/{rest}" if slash else ""


class TenantMiddleware:
    """Resolve organisation and member, open the transaction, roll back on an exception."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug, rest = split_path(request.path_info)
        if not slug:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.ask_to_sign_in(request)
        if not rest:
            # never from the path as it came: //elsewhere.example is another site's address
            return HttpResponse(status=308, headers={"Location": f"/{quote(slug, safe='')}/"})
        organization_id = people.organization_id_at(slug)
        if organization_id is None:
            raise Http404
        return self.serve(cast("TenantRequest", request), organization_id, rest)

    def serve(self, request: TenantRequest, organization_id: int, rest: str) -> HttpResponse:
        """Answer inside the tenant's transaction, mounted at the tenant's prefix."""
        prefix = get_script_prefix()
        with tenant_context(organization_id):
            member = people.member_of(request.user)
            if member is None:
                raise Http404
            organization = member.organization
            if not organization.is_open:
                return closed_page(request, member)
            name_member(member.id)
            note_organization(organization)
            request.organization, request.member = organization, member
            request.path_info = rest
            request.urlconf = settings.TENANT_URLCONF
            set_script_prefix(f"/{organization.slug}/")
            try:
                response = self.look(request)
            finally:
                set_script_prefix(prefix)
            visits.note(request, response, organization)
        if getattr(response, "is_async", False) and not connection.in_atomic_block:
            # an open stream asks nothing more: its connection goes back to the pool at once
            connection.close()
        # "Back" must ask again: after signing out, and after a fragment of the same address.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def look(self, request: TenantRequest) -> HttpResponse:
        """Answer the member, or the administrator who looks with the member's eyes."""
        seen = request.eyes = seeing.resolve(request, request.member)
        if not isinstance(seen, seeing.Seeing):
            with viewing_as(request.member):
                return self.get_response(request)
        request.member = seen.target
        with viewing_as(seen.target), seeing.nothing_kept():
            response = self.get_response(request)
            response = seeing.without_file(request, response, seen)
            seeing.mark_forms(response)
        seeing.note(request, response, seen)
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Borrowed eyes look; they do nothing else, not even after they were given back."""
        if not hasattr(request, "eyes"):
            return None
        if request.eyes is not None:
            return seeing.refusal(request, request.eyes)
        return seeing.refuse_stale(request, cast("TenantRequest", request).member)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A crashed or refused view leaves nothing behind."""
        if getattr(request, "organization", None) is not None:
            transaction.set_rollback(True)

    def ask_to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the sign-in page and back; a fragment must not be replaced by it."""
        fragment = getattr(request, "htmx", None)
        if not fragment:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        page = fragment.current_url_abs_path
        back = redirect_to_login(page, settings.LOGIN_URL).url if page else settings.LOGIN_URL
        return HttpResponseClientRedirect(back)
