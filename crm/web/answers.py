"""Answers to a sent form and a pressed button that pages of every app share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html

from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action


def carried_out(
    form: BaseForm,
    act: Callable[[], object],
    *,
    field: str | None = None,
    words: Callable[[Refused], str] = str,
) -> bool:
    """Whether a form was sent, is valid, and what it asks for was done.

    A rule that said no is told at `field`, or above all fields, in `words`; the form is then
    shown again.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as reason:
        form.add_error(field, words(reason))
        return False
    return True


def acted(
    request: TenantRequest, *, url: str, message: Any, trigger: str, undo: str = ""
) -> HttpResponse:
    """A button was pressed: what shows the record reads itself again, a drawer stays open."""
    if not htmx.is_partial(request):
        return htmx.done(request, url=url, message=message, undo=undo)
    response = htmx.announce(HttpResponse(status=204), trigger)
    return htmx.toast(response, message, undo=undo)


def refused(
    request: TenantRequest, *, url: str, message: Any, link: Action | None = None
) -> HttpResponse:
    """A button was pressed and a rule said no: nothing changed, why, and what leads on."""
    if htmx.is_partial(request):
        return htmx.toast(HttpResponse(status=422), message, tone="error", link=link)
    if link is not None:
        message = format_html('{} <a href="{}">{}</a>', message, link.url, link.label)
    messages.error(request, message)
    response = HttpResponseRedirect(url)
    response.is_refusal = True  # type: ignore[attr-defined]  # read by crm.web.once
    return response
