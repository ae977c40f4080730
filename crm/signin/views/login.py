"""The sign-in page, which knows to which organisation somebody is on the way."""

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from crm.signin.policy import current_policy
from crm.signin.sso import flow
from crm.signin.sso.terms import Facts
from crm.signin.views.account import safe_next
from crm.tenancy.context import tenant_context
from crm.tenancy.middleware import split_path
from crm.tenancy.models import Organization


class SignInView(LoginView):  # type: ignore[misc]
    """Allauth's, beside the providers of the organisation that was asked for."""

    connections: list[Facts] = []  # noqa: RUF012 - replaced per request, never changed

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        slug, _rest = split_path(safe_next(request))
        organization = Organization.objects.filter(slug=slug).first() if slug else None
        if organization is not None and not request.user.is_authenticated:
            self.connections = flow.open_connections(organization)
            if self.must_use_provider(request, organization):
                query = urlencode({"next": safe_next(request)})
                address = reverse("signin_enter", args=[organization.slug])
                return HttpResponseRedirect(f"{address}?{query}")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def must_use_provider(self, request: HttpRequest, organization: Organization) -> bool:
        """Led to the door of an organisation that takes no passwords; it names the exception."""
        if request.method != "GET" or "password" in request.GET or not self.connections:
            return False
        with tenant_context(organization.id):
            return current_policy().sso_only

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        query = urlencode({"next": safe_next(self.request)})
        return context | {"connections": self.connections, "query": query}


sign_in = SignInView.as_view()
