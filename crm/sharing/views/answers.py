"""Answers that the pages of this app share."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from crm.access import policy
from crm.sharing.nouns import Noun
from crm.tenancy.http import TenantRequest
from crm.web import htmx


def gone_to(request: TenantRequest, url: str, message: Any = "") -> HttpResponse:
    """On to another page, also out of a drawer or modal."""
    if message:
        messages.success(request, message)
    if htmx.is_partial(request):
        return htmx.announce(HttpResponseClientRedirect(url), "tz:form-saved")
    return HttpResponseRedirect(url)


def back_to(request: TenantRequest, noun: Noun, record: Any) -> str:
    """The record's page, or the list when it is out of reach by now."""
    now = noun.rows.filter(pk=record.pk)
    if policy.visible(request.member, now, noun.permission("view")).exists():
        return reverse(noun.record_url, args=[record.pk])
    return reverse(noun.list_url)
