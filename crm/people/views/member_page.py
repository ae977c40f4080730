"""What the page of a member shows."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.access import policy
from crm.industries import Industry
from crm.people.directory import absences_of, heads, reports_of
from crm.people.hierarchy import names_on_path, superior_of
from crm.people.middleware import zone_of
from crm.people.models import Absence, AbsenceKind, Department, Member
from crm.people.presence import acting_deputy
from crm.people.tables import ABSENCE_COLOURS, days_words, hours_words, last_moment
from crm.people.timeline import timeline_of
from crm.people.week import load_week, write_spans
from crm.people.words import WEEKDAYS, role_name
from crm.people.working_hours import calendar_in_use
from crm.people.working_time import Week
from crm.places import Province
from crm.web import markup
from crm.web.components import Action, Fact
from crm.web.formats import Formats

MOST_REPORTS = 30
MOST_ABSENCES = 10


def member_page(reader: Member, member: Any) -> dict[str, Any]:
    """The context of a member's page: all of it, or what the directory says."""
    details = policy.allowed(reader, "people.view_member", member)
    may_record = member.is_active and policy.allowed(reader, "people.record_absence", member)
    reports = list(reports_of(member)[: MOST_REPORTS + 1])
    return {
        "person": member,
        "details": details,
        "facts": basic_facts(member) + (detailed_facts(member) if details else []),
        "entries": timeline_of(member) if details else [],
        "roles": role_tags(member) if details else "",
        "actions": member_actions(reader, member, may_record=may_record),
        "absences": absence_lines(reader, member) if details else [],
        "may_record": may_record,
        "refresh_on": ["member-changed", "absence-changed"],
        "away_last": last_moment(member.away_until) if member.away_until else None,
        "deputy": acting_deputy(member) if member.away_until else None,
        "reports": reports[:MOST_REPORTS],
        "headed": list(heads(member)),
    }


def member_actions(reader: Member, member: Member, *, may_record: bool) -> list[Action]:
    """What can be done with the member now."""
    found: list[Action] = []
    args = [member.pk]
    if may_record:
        url = reverse("people:record_member_absence", args=args)
        found.append(Action(_("Record an absence"), url, "calendar-plus", frame="drawer"))
    if member.pk == reader.pk or policy.allowed(reader, "access.view_rights"):
        found.append(Action(_("Rights"), reverse("access:rights", args=args), "shield-check"))
    if policy.allowed(reader, "people.edit_member", member):
        url = reverse("people:edit_member", args=args)
        hours = reverse("people:edit_hours", args=args)
        found.append(Action(_("Working hours"), hours, "clock", frame="drawer"))
        found.append(Action(_("Edit"), url, "pencil", frame="drawer", shortcut="e"))
    if member.pk != reader.pk and policy.allowed(reader, "people.deactivate_member", member):
        found.append(activity_action(member))
        url = reverse("people:handover", args=args)
        found.append(Action(_("Hand over"), url, "arrows-exchange"))
    return found


def activity_action(member: Member) -> Action:
    """Deactivate, or take back."""
    if member.is_active:
        url = reverse("people:deactivate", args=[member.pk])
        return Action(_("Deactivate"), url, "user-x", frame="modal")
    url = reverse("people:reactivate", args=[member.pk])
    return Action(_("Reactivate"), url, "user-check", kind="primary", method="post")


def basic_facts(member: Any) -> list[Fact]:
    """What everybody may know."""
    return [
        Fact(_("Department"), department_path(member)),
        Fact(_("Job title"), member.title),
        superior_fact(member),
    ]


def superior_fact(member: Member) -> Fact:
    """Who stands above, and whether somebody said so."""
    superior = superior_of(member)
    if superior is None:
        return Fact(_("Superior"), None)
    url = reverse("people:member", args=[superior.pk])
    link = markup.link(markup.person(superior.name, superior.pk), url, drawer=True)
    hint = "" if superior.pk == member.superior_id else _("as head of the department")
    return Fact(_("Superior"), link, hint=hint)


def department_path(member: Member) -> str:
    """The departments from the top to the member's own."""
    if member.department_id is None:
        return ""
    path = Department.objects.values_list("path", flat=True).get(pk=member.department_id)
    names = names_on_path([path])
    return " / ".join(names[pk] for pk in path if pk in names)


def detailed_facts(member: Member) -> list[Fact]:
    """What superiors and administrators see, and everybody of themselves."""
    deputy = member.deputy
    return [
        Fact(_("E-mail"), member.user.email, copy=member.user.email),
        Fact(_("Phone"), markup.phone(member.phone), copy=member.phone),
        Fact(_("Deputy"), markup.person(deputy.name, deputy.pk) if deputy else None),
        Fact(_("Takes new leads"), _("Yes") if member.is_receiving_leads else _("No")),
        Fact(_("Most open leads"), member.capacity or _("No limit")),
        Fact(_("Skills"), tags(member.skills)),
        Fact(_("Provinces"), tags([Province(one).label for one in member.provinces])),
        Fact(_("Industries"), tags([Industry(one).label for one in member.industries])),
        hours_fact(member),
        Fact(_("Joined"), markup.day(member.joined_at)),
    ]


def hours_fact(member: Member) -> Fact:
    """When the member works."""
    if member.working_week is not None:
        return Fact(_("Working hours"), week_html(load_week(member.working_week)))
    week = load_week(calendar_in_use().week)
    return Fact(_("Working hours"), week_html(week), hint=_("as the organisation"))


def week_html(week: Week) -> SafeString:
    """A week in words, equal days together."""
    return markup.safe("<br>".join(markup.escape(line) for line in week_lines(week)))


def week_lines(week: Week) -> list[str]:
    """Lines such as “Monday – Friday 09:00-18:00”; free days are left out."""
    lines: list[str] = []
    first = 0
    for day in range(1, 8):
        if day < 7 and week[day] == week[first]:
            continue
        if week[first]:
            names = str(WEEKDAYS[first])
            if day - 1 > first:
                names = f"{names} – {WEEKDAYS[day - 1]}"
            # hours are not broken at the end of a line
            hours = write_spans(week[first]).replace("-", "\u2060–\u2060")
            lines.append(f"{names} {hours}")
        first = day
    return lines or [_("No working hours")]


def tags(labels: Sequence[object]) -> SafeString | None:
    """Several words as tags."""
    return markup.safe("".join(markup.tag(label) for label in labels)) if labels else None


def role_tags(member: Any) -> SafeString:
    """The roles, each as a badge."""
    names = (role_name(one["code"], one["name"]) for one in member.role_list)
    return markup.safe(" ".join(markup.badge(name, "teal") for name in names))


def absence_lines(reader: Member, member: Member) -> list[dict[str, Any]]:
    """The absences of now and later."""
    formats, zone = Formats.current(), zone_of(reader.organization.time_zone)
    found = absences_of(member, since=timezone.now())[:MOST_ABSENCES]
    return [absence_line(one, zone, formats) for one in found]


def absence_line(one: Absence, zone: ZoneInfo, formats: Formats) -> dict[str, Any]:
    """When, why, and who stands in."""
    when = hours_words(one.start_at, one.end_at, formats)
    if one.is_whole_days:
        when = days_words(one.start_at, one.end_at, zone, formats)
    return {
        "pk": one.pk,
        "when": when,
        "kind": markup.badge(AbsenceKind(one.kind).label, ABSENCE_COLOURS.get(one.kind, "grey")),
        "deputy": one.deputy,
    }
