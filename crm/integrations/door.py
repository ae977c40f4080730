"""The way in for programs: a token instead of a session, problems instead of pages.

/<organization>/api/v1/… is answered here and never reaches the middleware of pages: no cookie is
read or set, no forgery token asked for, nobody is led to a sign-in page. The order of the checks
says nothing to those who have no token: they get 401, whatever they ask for.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from crm.access.viewer import viewing_as
from crm.integrations import repeats
from crm.integrations.callers import Caller, check_standing, identify, note_use, secret_of
from crm.integrations.problems import Problem, busy, malformed, not_found
from crm.integrations.rate import Allowance, check_guesses
from crm.integrations.reading import WITH_BODY, read_json
from crm.people import selectors as people
from crm.people.middleware import zone_of
from crm.tenancy.context import name_member, tenant_context
from crm.tenancy.current import note_organization
from crm.tenancy.http import TenantRequest
from crm.tenancy.links import inside
from crm.tenancy.middleware import split_path
from crm.web.platform_views import UNSTORABLE

logger = logging.getLogger("tongzhou.api")

PREFIX = "/api/v1/"
URLCONF = "crm.integrations.api_urls"
NOBODYS = 0


class ApiRequest(TenantRequest):
    """A request of a program: for whom it acts, what it sent, and whether it may be repeated."""

    token: Any
    json: dict[str, Any]
    begun: repeats.Begun | None


class ApiDoor:
    """Answer programs; let everybody else pass on to the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug, rest = split_path(request.path_info)
        if not rest.startswith(PREFIX):
            return self.get_response(request)
        request.get_host()  # refuses names that are not ours, as the pages do
        request.META.pop("HTTP_COOKIE", None)
        with translation.override(translation.get_language_from_request(request)):
            response = answer(cast("ApiRequest", request), slug, rest)
        response.headers["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ("Authorization", "Accept-Language"))
        return response


def answer(request: ApiRequest, slug: str, rest: str) -> HttpResponse:
    """The answer to a program, whatever happens."""
    try:
        return serve(request, slug, rest)
    except Problem as problem:
        return problem.as_response()
    except (OperationalError, InterfaceError):
        return busy().as_response()
    except Exception as error:
        if isinstance(error, DataError) and _state_of(error) in UNSTORABLE:
            return malformed(_("A value is none that can be stored.")).as_response()
        logger.exception("The API failed: %s %s", request.method, rest)
        return Problem(500, "our-fault", _("It has been written down. Try later.")).as_response()


def serve(request: ApiRequest, slug: str, rest: str) -> HttpResponse:
    """Answer in the transaction of the organisation, which a Problem or a crash rolls back."""
    secret = secret_of(request)
    # an address without an organisation does the work of one with: their times must not differ
    organization_id = people.find_organization_id(slug) or NOBODYS
    try:
        with tenant_context(organization_id):
            caller = identify(secret)
            return admit(request, caller, rest)
    except Problem as problem:
        if problem.status == 401:
            check_guesses(request)
        raise


def admit(request: ApiRequest, caller: Caller, rest: str) -> HttpResponse:
    """Count the request, then answer it as the member's program."""
    allowance = Allowance(caller.token)
    with speaking_to(request, caller):
        try:
            allowance.check()
            check_standing(caller)
            response = act(request, caller, rest)
        except Problem as problem:
            problem.headers = {**allowance.headers, **problem.headers}
            raise
        response.headers["Content-Language"] = translation.get_language() or ""
    for name, value in allowance.headers.items():
        response.headers[name] = value
    return response


def act(request: ApiRequest, caller: Caller, rest: str) -> HttpResponse:
    """Call the operation that the address names."""
    member, organization = caller.member, caller.member.organization
    name_member(member.pk, token=caller.token.label)
    note_organization(organization)
    note_use(caller.token)
    request.organization, request.member, request.token = organization, member, caller.token
    request.user, request.eyes, request.begun = member.user, None, None
    with inside(organization), viewing_as(member):
        match = _match(rest)
        request.resolver_match = match
        request.json = read_json(request) if request.method in WITH_BODY else {}
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if response.status_code == 405:
            allowed = {"Allow": response.headers.get("Allow", "")}
            raise Problem(405, "method-not-allowed", _("Not with this method."), headers=allowed)
        if request.begun is not None:
            repeats.finish(request.begun, response)
    return response


def _match(rest: str) -> ResolverMatch:
    try:
        return resolve(rest, urlconf=URLCONF)
    except Resolver404:
        raise not_found() from None


@contextmanager
def speaking_to(request: HttpRequest, caller: Caller) -> Iterator[None]:
    """The member's time zone; their language too, unless the program names one."""
    user = caller.member.user
    asked = request.headers.get("Accept-Language")
    language = translation.get_language() if asked else user.language
    with translation.override(language), timezone.override(zone_of(user.time_zone)):
        yield


def _state_of(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""
