"""Who may enter the operator's area: staff who proved a moment ago that it is they.

Everybody else is told that there is nothing here. It is no role of any organisation, and its
pages run outside all tenants: a query to a tenant's table raises NoTenant there.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from crm.people.models import User
from crm.tenancy.links import global_url

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class OperatorRequest(HttpRequest):
    """A request of an operator."""

    user: User


def proved_at(request: HttpRequest) -> float:
    """When the person last gave a password, passkey or code in this session; 0 for never."""
    records = get_authentication_records(request, request.user)
    return max((float(one.get("at", 0)) for one in records), default=0.0)


def is_recent(request: HttpRequest) -> bool:
    return time.time() - proved_at(request) < settings.OPERATOR_SESSION_SECONDS


def operator_only(view: View) -> View:
    """Guard a page of the operator's area."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if not request.user.is_staff:
            raise Http404
        if not is_recent(request):
            return ask_again(request)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    guarded.operator_only = True  # type: ignore[attr-defined]
    return cast("View", guarded)


def ask_again(request: HttpRequest) -> HttpResponse:
    """Off to prove it once more, and back to the page (never to a form's target)."""
    back = (
        request.get_full_path() if request.method == "GET" else global_url("operator:organizations")
    )
    target = f"{global_url('account_reauthenticate')}?{urlencode({'next': back})}"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(target)
    return redirect(target)
