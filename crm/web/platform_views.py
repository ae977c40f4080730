"""Pages outside all tenants, and the error pages of every place."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from crm.people.models import User
from crm.people.selectors import organizations_of


def home(request: HttpRequest) -> HttpResponse:
    """Straight to the only organisation, or a choice between several."""
    if not request.user.is_authenticated:
        return redirect_to_login("/", settings.LOGIN_URL)
    organizations = organizations_of(request.user)
    if len(organizations) == 1:
        return redirect(f"/{organizations[0].slug}/")
    return render(request, "web/choose_organization.html", {"organizations": organizations})


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


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing here, or nothing that you may see."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault."""
    return render(request, "500.html", status=500)
