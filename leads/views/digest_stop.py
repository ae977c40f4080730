"""The page behind the link that ends a digest: outside all organisations, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leads.services import digest_wishes as services

PAGE = "leads/risks/stop_digest.html"


@csrf_exempt  # mail programs post without a form of ours (RFC 8058); the link itself is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: HttpRequest, token: str) -> HttpResponse:
    """End a digest with one press; opening the link alone, as scanners of mail do, ends nothing."""
    found = services.whose(token)
    if found is None:
        return render(request, PAGE, status=404)
    organization, _member_id = found
    is_done = request.method == "POST" and services.stop(token) is not None
    return render(request, PAGE, {"organization": organization, "is_done": is_done})
