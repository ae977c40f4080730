from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from crm.people.selectors import organizations_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in for invited people only; after it, straight to their organisation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        organizations = organizations_of(request.user)  # type: ignore[arg-type]
        return f"/{organizations[0].slug}/" if len(organizations) == 1 else "/"
