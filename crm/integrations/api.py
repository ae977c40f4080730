"""The API itself: every registered part, one way of saying no."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from crm.access.policy import MovedOn
from crm.integrations.field_errors import problem_of
from crm.integrations.problems import Problem, busy, malformed, not_found, refused
from crm.integrations.registry import areas
from crm.integrations.repeats import acts_once
from crm.refusals import Refused, TryAgain

VERSION = "1"


class ReadBefore(Parser):
    """The door has read and checked what was sent."""

    def parse_body(self, request: Any) -> Any:
        return request.json


class PlainText(JSONRenderer):
    """Chinese as it is, not as escapes."""

    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012


def build_api() -> NinjaAPI:
    """The API with the parts that the apps have registered."""
    api = NinjaAPI(
        title="Tongzhou",
        version=VERSION,
        urls_namespace="api",
        docs_url=None,
        openapi_url=None,
        parser=ReadBefore(),
        renderer=PlainText(),
    )
    for kind, answer in HANDLERS.items():
        api.add_exception_handler(kind, answer)
    api.add_decorator(acts_once)
    api.add_router("", import_string("crm.integrations.about.router"))
    for area in areas():
        api.add_router(f"/{area.key}", import_string(f"{area.module}.router"), tags=[area.key])
    return api


def _told(make: Any, request: HttpRequest, error: Exception) -> HttpResponse:
    problem: Problem = make(error)
    return problem.as_response()


def _crashed(request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody expected is the door's to answer, after everything is taken back."""
    raise error


def _moved_on(error: MovedOn) -> Problem:
    text = _("This record was merged into another one.")
    return Problem(410, "merged", text, kept={"id": error.record.pk, "name": str(error.record)})


def _not_allowed(error: PermissionDenied) -> Problem:
    return Problem(403, "not-allowed", _("You may not do this."))


HANDLERS: dict[Any, Any] = {
    Exception: _crashed,
    Problem: partial(_told, lambda problem: problem),
    ValidationError: partial(_told, problem_of),
    HttpError: partial(_told, lambda error: malformed(str(error))),
    Http404: partial(_told, lambda error: not_found()),
    MovedOn: partial(_told, _moved_on),
    PermissionDenied: partial(_told, _not_allowed),
    Refused: partial(_told, refused),
    TryAgain: partial(_told, lambda error: busy(str(error))),
}
