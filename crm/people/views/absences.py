"""Absences: one's own, and those of the members within reach."""

from django.db.models import Value
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.forms.absences import AbsenceForm
from crm.people.middleware import zone_of
from crm.people.models import Absence, Member
from crm.people.selectors import active_members
from crm.people.services import absences as services
from crm.people.tables import AbsenceTable
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, carried_out
from crm.web.components import Action

PERMISSION = "people.record_absence"
EVENT = {"absence-changed": True, "member-changed": True}


@needs(PERMISSION)
def absence_list(request: TenantRequest) -> HttpResponseBase:
    """Absences within reach."""
    zoned = Absence.objects.annotate(zone=Value(request.organization.time_zone))
    rows = policy.visible(request.member, zoned, PERMISSION)
    actions = [
        Action(_("Working calendar"), reverse("people:calendar"), "calendar"),
        Action(
            _("Record an absence"),
            reverse("people:record_absence"),
            "calendar-plus",
            kind="primary",
            frame="drawer",
            shortcut="n",
        ),
    ]
    return AbsenceTable(request, rows).respond(title=_("Absences"), actions=actions)


@needs(PERMISSION)
def record_absence(request: TenantRequest) -> HttpResponse:
    """An absence of anybody within reach, oneself at first."""
    choices = policy.visible(request.member, active_members(), PERMISSION)
    form = AbsenceForm(
        request.POST or None,
        zone=zone_of(request.organization.time_zone),
        choices=choices,
        initial={"member": request.member.pk},
    )
    if request.method == "POST" and form.is_valid():
        return _record(request, form, form.cleaned_data["member"])
    return _page(request, form, _("Record an absence"))


@needs(PERMISSION)
def record_member_absence(request: TenantRequest, pk: int) -> HttpResponse:
    """An absence of one member, from their page."""
    member = policy.get_or_404(request.member, active_members(), PERMISSION, pk)
    form = AbsenceForm(
        request.POST or None, zone=zone_of(request.organization.time_zone), member=member
    )
    if request.method == "POST" and form.is_valid():
        return _record(request, form, member)
    return _page(request, form, _("Absence of %(name)s") % {"name": member.name})


def _record(request: TenantRequest, form: AbsenceForm, member: Member) -> HttpResponse:
    try:
        services.record_absence(member_id=member.pk, away=form.away, by=request.member)
    except Refused as reason:
        form.add_error(None, str(reason))
        return _page(request, form, _("Absence of %(name)s") % {"name": member.name})
    url = reverse("people:absences")
    return htmx.done(request, url=url, message=_("Absence recorded."), trigger=EVENT)


@needs(PERMISSION)
def edit_absence(request: TenantRequest, pk: int) -> HttpResponse:
    """Change an absence within reach."""
    rows = Absence.objects.select_related("member")
    absence = policy.get_or_404(request.member, rows, PERMISSION, pk)
    form = AbsenceForm(
        request.POST or None,
        zone=zone_of(request.organization.time_zone),
        member=absence.member,
        absence=absence,
    )
    if carried_out(form, lambda: services.change_absence(absence_id=pk, away=form.away)):
        url = reverse("people:absences")
        return htmx.done(request, url=url, message=_("Saved."), trigger=EVENT)
    remove = Action(
        _("Remove this absence"),
        reverse("people:remove_absence", args=[pk]),
        "trash",
        method="post",
        confirm=_("Remove this absence?"),
    )
    title = _("Absence of %(name)s") % {"name": absence.member.name}
    return _page(request, form, title, remove=[remove])


def _page(
    request: TenantRequest, form: AbsenceForm, title: str, remove: list[Action] | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": _("Save absence"), "remove": remove or []}
    return htmx.form_page(request, "people/absence.html", context)


@require_POST
@needs(PERMISSION)
def remove_absence(request: TenantRequest, pk: int) -> HttpResponse:
    """The member is not away after all."""
    policy.get_or_404(request.member, Absence.objects.all(), PERMISSION, pk)
    services.remove_absence(absence_id=pk)
    response = acted(
        request,
        url=reverse("people:absences"),
        message=_("Absence removed."),
        trigger="absence-changed",
    )
    return htmx.announce(response, {"member-changed": True, "tz:close-frame": True})
