"""Pages outside all tenants, and the error pages of every place."""

import logging
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext_lazy
from django.views.decorators.http import require_POST

from crm.organizations.switching import home_of
from crm.people.models import User
from crm.refusals import TryAgain
from crm.web import htmx

logger = logging.getLogger("tongzhou.web")

# numeric and date overflow, bytes and escapes that are no text; "" is a NUL refused by the driver
UNSTORABLE = {"", "22003", "22007", "22008", "22021", "22P02", "22P05"}
NOTHING_SAVED = gettext_lazy(
    "Others are working on the same thing at this moment. Nothing was saved; try again."
)
BARE = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>同舟 Tongzhou</title>'
    "<h1>暂时无法打开</h1><p>请稍后再试。</p>"
    "<h1>Not available just now</h1><p>Please try again in a moment.</p></html>"
)


def home(request: HttpRequest) -> HttpResponse:
    """Straight to the organisation used last, or to a choice between several."""
    if not request.user.is_authenticated:
        return redirect_to_login("/", settings.LOGIN_URL)
    return redirect(home_of(request.user))


def health(request: HttpRequest) -> JsonResponse:
    """For load balancers: the process answers and the database does too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_POST
def set_language(request: HttpRequest) -> HttpResponseRedirect:
    """Remember the language, for the person or, before sign-in, in a cookie."""
    language, target = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """You may not: what to do about it."""
    return render(request, "403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from elsewhere."""
    return _last_page(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing here, or nothing that you may see."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault, unless the database is busy or away, or was given what no field can hold."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError | TryAgain):
        return _busy(request, error)
    if isinstance(error, DataError) and _state_of(error) in UNSTORABLE:
        return _last_page(request, "400.html", status=400)
    return _last_page(request, "500.html", status=500)


def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    """Others were in the way: a form in a page stays there, a page offers what was sent anew."""
    if request.method == "POST" and htmx.is_partial(request):
        told = str(error) if isinstance(error, TryAgain) else NOTHING_SAVED
        response = htmx.toast(HttpResponse(status=503), told, tone="error")
    else:
        response = _last_page(request, "503.html", {"sent": _sent(request)}, status=503)
    response.headers["Retry-After"] = "5"
    return response


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What a member sent, to be sent again at one press; not files, nor what is secret."""
    if request.method != "POST" or not hasattr(request, "organization") or request.FILES:
        return []
    if any(word in name for name in request.POST for word in ("password", "secret")):
        return []
    fields = ((name, value) for name, values in request.POST.lists() for value in values)
    return [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent makes no sense."""
    return _last_page(request, "400.html", status=400)


def _state_of(error: BaseException) -> str:
    """PostgreSQL's code of an error, "" for what the driver refused itself."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def _last_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """The page, or its bare words where even the reader's preferences cannot be read."""
    try:
        return render(request, template, context, status=status)
    except Exception:
        logger.exception("The error page itself failed")
        return HttpResponse(BARE, status=status)
