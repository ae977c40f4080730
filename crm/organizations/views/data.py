"""All data of the organisation: taken along, and given up."""

import contextlib

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from crm.access.decorators import needs
from crm.audit import services as audit
from crm.jobs.models import JobState
from crm.organizations.forms import DeletionForm, ExportForm
from crm.organizations.models import Export, ExportState
from crm.organizations.services import deletion, exporting
from crm.organizations.services.deletion import requester
from crm.signin import proving
from crm.tenancy.http import TenantRequest
from crm.web import htmx

SHOWN = 20


@needs("organizations.export_data")
def exports(request: TenantRequest) -> HttpResponseBase:
    """Ask for a full export with a reason; fetch those that are ready."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            exporting.request_export(by=request.member, reason=form.cleaned_data["reason"])
        except exporting.AlreadyRunning:
            form.add_error(None, _("An export is being written already. Wait until it is done."))
        else:
            return htmx.done(
                request,
                url=reverse("organizations:exports"),
                message=_("The export has been started."),
            )
    found = Export.objects.select_related("requested_by", "job").order_by("-id")[:SHOWN]
    context = {
        "form": form,
        "submit": _("Start the export"),
        "title": _("Full export"),
        "exports": [settled(one) for one in found],
    }
    return htmx.form_page(request, "organizations/exports.html", context)


def settled(export: Export) -> Export:
    """An export whose job has given up is no longer waiting."""
    gave_up = export.job is not None and export.job.state == JobState.FAILED
    if export.state == ExportState.WAITING and gave_up:
        exporting.fail_export(export.pk)
        export.state = ExportState.FAILED
    return export


@require_GET
@needs("organizations.export_data")
def export_status(request: TenantRequest, pk: int) -> HttpResponse:
    """The line of one export, asked for every second while it is written."""
    export = Export.objects.select_related("requested_by", "job").filter(pk=pk).first()
    if export is None:
        raise Http404
    return render(request, "organizations/_export.html", {"export": settled(export)})


@require_GET
@needs("organizations.export_data")
def download_export(request: TenantRequest, pk: int) -> FileResponse:
    """The archive, for administrators of this organisation; each download is written down."""
    export = Export.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if export is None or export.state != ExportState.READY:
        raise Http404
    path = exporting.path_of(export)
    if not path.is_file():
        raise Http404
    export.download_count += 1
    export.save(update_fields=["download_count"])
    audit.record(
        "organization.export_downloaded",
        target=request.organization,
        export=export.pk,
        reason=export.reason,
        sha256=export.sha256,
    )
    name = f"{request.organization.slug}-{export.requested_at:%Y%m%d}-{export.pk}.zip"
    response = FileResponse(path.open("rb"), content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@sensitive_post_parameters("password")
@needs("organizations.delete")
def delete(request: TenantRequest) -> HttpResponseBase:
    """Ask for the deletion: name typed, person proved again, then a time for second thoughts."""
    organization, person = request.organization, request.user
    is_proved = proving.has_proved(request, organization)
    form = DeletionForm(
        request.POST or None,
        organization=organization,
        asks_password=not is_proved and person.has_usable_password(),
    )
    may_ask = is_proved or person.has_usable_password()
    if request.method == "POST" and may_ask and form.is_valid() and proving.proves(request, form):
        facts = form.cleaned_data
        with contextlib.suppress(deletion.AlreadyRequested):
            deletion.request_deletion(
                request.organization.pk,
                by=requester(request.user, request.member),
                days=facts["grace"],
                reason=facts["reason"],
                member_id=request.member.pk,
            )
        target = request.organization.address
        return HttpResponseClientRedirect(target) if htmx.is_partial(request) else redirect(target)
    context = {
        "form": form,
        "submit": _("Delete the organisation"),
        "danger": True,
        "cancel_url": reverse("organizations:settings"),
        "title": _("Delete the organisation"),
        "may_ask": may_ask,
        "is_proved": is_proved,
        "ways": proving.ways(request.member, organization, target=request.path),
    }
    return htmx.form_page(request, "organizations/delete.html", context)
