"""Answers for pages that move in parts: fragments, forms in frames, toasts, events.

A request comes from a frame: the page itself, the drawer at the side, or a modal. The script
names it in the X-Frame header; without script everything is a page and works all the same.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from crm.web.components import Action

FRAMES = ("drawer", "modal")
LAYOUTS = {
    "page": "layout/app.html",
    "drawer": "layout/drawer.html",
    "modal": "layout/modal.html",
}


def frame_of(request: HttpRequest) -> str:
    """Where the answer will be shown: page, drawer or modal."""
    frame = request.headers.get("X-Frame", "")
    return frame if frame in FRAMES and is_partial(request) else "page"


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part (not a boosted page, not a page from history)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def target_of(request: HttpRequest) -> str:
    """The id of the element that will be replaced."""
    htmx: Any = getattr(request, "htmx", None)
    return (htmx.target or "") if htmx else ""


def fragment(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    trigger: str | Mapping[str, Any] = "",
) -> HttpResponse:
    """Render "page.html#part": the part for htmx, the whole page for everybody else."""
    page, _sep, _part = template.partition("#")
    wanted = template if is_partial(request) else page
    response = render(request, wanted, dict(context or {}), status=status)
    patch_vary_headers(response, ("HX-Request", "X-Frame"))
    return announce(response, trigger)


def form_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int | None = None,
) -> HttpResponse:
    """A form as page, drawer or modal; sent back with 422 when it was posted and has errors."""
    bound = request.method == "POST" and context["form"].is_bound
    if bound and is_partial(request) and target_of(request).startswith("form-"):
        template = "components/form.html"
    values = {"selection": selection_of(request), **context}
    response = render(request, template, values, status=status or (422 if bound else 200))
    patch_vary_headers(response, ("HX-Request", "X-Frame"))
    return response


def selection_of(request: HttpRequest) -> dict[str, Any] | None:
    """The ticked rows a bulk form was opened for; the form repeats them."""
    if not (request.POST.get("ids") or request.POST.get("all")):
        return None
    keys = ("all", "query")
    return {"ids": request.POST.getlist("ids")} | {key: request.POST.get(key, "") for key in keys}


def done(
    request: HttpRequest,
    *,
    url: str,
    message: Any = "",
    trigger: str | Mapping[str, Any] = "",
    undo: str = "",
    leaves: bool = False,
) -> HttpResponse:
    """A posted form succeeded: go to `url`, or in a drawer or modal close it and say so.

    `trigger` names the event(s) that lists and panels listen to; `undo` is a URL to post to.
    `leaves`: the page under the modal has had its day too.
    """
    stays = frame_of(request) in FRAMES and not leaves
    if stays or (is_partial(request) and not url):
        response = HttpResponse(status=204)
        announce(response, trigger)
        announce(response, {"tz:close-frame": True, "tz:form-saved": True})
        return toast(response, message, undo=undo) if message else response
    if message:
        messages.success(request, message, extra_tags=f"undo:{undo}" if undo else "")
    if is_partial(request):
        return announce(HttpResponseClientRedirect(url), "tz:form-saved")
    return HttpResponseRedirect(url)


def announce(response: HttpResponse, trigger: str | Mapping[str, Any]) -> HttpResponse:
    """Add events to the answer; they reach `hx-trigger="<event> from:body"` in the page."""
    if not trigger:
        return response
    wanted: Mapping[str, Any] = {trigger: True} if isinstance(trigger, str) else trigger
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**known, **wanted}, ensure_ascii=True)
    return response


def toast(
    response: HttpResponse,
    message: Any,
    *,
    tone: str = "success",
    undo: str = "",
    link: Action | None = None,
) -> HttpResponse:
    """Show a short notice at the edge of the screen, with undo or the page that leads on."""
    told: dict[str, Any] = {"text": str(message), "tone": tone, "undo": undo}
    if link is not None:
        told |= {"link": {"url": str(link.url), "label": str(link.label)}}
    return announce(response, {"tz:toast": told})


def oob(request: HttpRequest, template: str, context: Mapping[str, Any]) -> str:
    """An extra piece (counter, badge) to append to an answer; its root carries hx-swap-oob."""
    return render_to_string(template, dict(context), request=request)
