"""The address of a record that became part of another one leads there."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from crm.access.policy import MovedOn
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import refused
from leads.selectors.addresses import page_of
from leads.services.refusals import MergedMeanwhile


class FollowMerges:
    """Reading goes on at the record that was kept; what was sent is not saved, and says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: TenantRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, MergedMeanwhile):
            gone = exception.record
            url = page_of(str(gone._meta.model_name), gone.pk)
            return refused(request, url=url, message=str(exception))
        if not isinstance(exception, MovedOn):
            return None
        kept = exception.record
        url = page_of(str(kept._meta.model_name), kept.pk)
        if request.method != "GET":
            message = _("This record was merged into “%(name)s”. Nothing was saved.")
            return refused(request, url=url, message=message % {"name": kept})
        if not htmx.is_partial(request):
            messages.info(request, _("Merged: this is “%(name)s” now.") % {"name": kept})
        return HttpResponseRedirect(url)
