from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from crm.industries import Industry
from crm.people import selectors as people
from crm.people.directory import (
    department_choices,
    find_members,
    roles_known,
    skills_known,
)
from crm.people.hierarchy import departments_below
from crm.people.middleware import zone_of
from crm.people.models import AbsenceKind, InvitationState, MemberRole
from crm.people.words import INVITATION_COLOURS, role_name
from crm.places import Province
from crm.web import markup
from crm.web.components import Action
from crm.web.formats import Formats, listed
from crm.web.tables import (
    BadgeColumn,
    BulkAction,
    ChoiceFilter,
    Column,
    DateFilter,
    DepartmentFilter,
    Empty,
    Filter,
    HtmlColumn,
    LinkColumn,
    MemberFilter,
    MomentColumn,
    NumberColumn,
    PersonColumn,
    PhoneColumn,
    QuickView,
    Reader,
    Row,
    Scope,
    SwitchFilter,
    Table,
    TextColumn,
)


@dataclass(frozen=True)
class StateFilter(Filter):
    """Here, away or gone; those who are gone are listed only when asked for."""

    control = "choices"

    def options(self, scope: Scope) -> list[tuple[str, str]]:
        return [
            ("here", pgettext("member", "Here")),
            ("away", pgettext("member", "Away")),
            ("inactive", pgettext("member", "Deactivated")),
        ]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        found = Q(pk__in=[])
        if "here" in values:
            found |= Q(is_active=True, away_until=None)
        if "away" in values:
            found |= Q(is_active=True, away_until__isnull=False)
        if "inactive" in values:
            found |= Q(is_active=False)
        return found


@dataclass(frozen=True)
class RoleFilter(Filter):
    """Holders of one of the roles."""

    control = "choices"

    def options(self, scope: Scope) -> list[tuple[str, str]]:
        return [(role.code, role_name(role.code, role.name)) for role in roles_known()]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        return Q(pk__in=MemberRole.objects.filter(role__code__in=values).values("member_id"))


@dataclass(frozen=True)
class OverlapFilter(ChoiceFilter):
    """Any of the chosen values among those of a list."""

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        return Q(**{f"{self.field_path}__overlap": list(values)})


def state_html(row: Row, reader: Reader) -> str:
    """Here, away until when, or gone."""
    if not row["is_active"]:
        return markup.badge(pgettext("member", "Deactivated"), "grey")
    if row["away_until"]:
        until = reader.formats.day(last_moment(row["away_until"]))
        return markup.badge(_("Away until %(day)s") % {"day": until}, "amber")
    return markup.badge(pgettext("member", "Here"), "green")


def last_moment(end: datetime) -> datetime:
    """The last moment of a time that ends before `end`: of whole days the last day."""
    return end - timedelta(seconds=1)


def state_plain(row: Row) -> str:
    if not row["is_active"]:
        return pgettext("member", "Deactivated")
    return pgettext("member", "Away") if row["away_until"] else pgettext("member", "Here")


def roles_html(row: Row, reader: Reader) -> str:
    """The roles as tags."""
    names = (role_name(one["code"], one["name"]) for one in row["role_list"])
    return "".join(markup.tag(name) for name in names) or markup.NOTHING


def roles_plain(row: Row) -> str:
    return listed(role_name(one["code"], one["name"]) for one in row["role_list"])


def tags_html(path: str, words: Any = None) -> Any:
    """A list of values as tags."""

    def write(row: Row, reader: Reader) -> str:
        labels = (words(value).label if words else value for value in row[path])
        return "".join(markup.tag(label) for label in labels) or markup.NOTHING

    return write


class DirectoryTable(Table):
    """What everybody may know of everybody."""

    key = "directory"
    sort = "sort_key"
    size = 50
    columns: ClassVar[Sequence[Column]] = (
        LinkColumn("name", gettext_lazy("Name"), url="people:member", sort="sort_key"),
        TextColumn("department", gettext_lazy("Department"), "department__name"),
        TextColumn("title", gettext_lazy("Job title")),
        PersonColumn(
            "superior", gettext_lazy("Superior"), "superior__name", seed="superior_id", hidden=True
        ),
        HtmlColumn(
            "state",
            gettext_lazy("State"),
            html=state_html,
            plain=state_plain,
            wanted=("is_active", "away_until"),
        ),
    )
    filters: ClassVar[Sequence[Filter]] = (
        DepartmentFilter(
            "department",
            gettext_lazy("Department"),
            departments=department_choices,
            expand=departments_below,
        ),
        StateFilter("state", gettext_lazy("State")),
    )
    views: ClassVar[Sequence[QuickView]] = (
        QuickView("all", gettext_lazy("All")),
        QuickView("away", pgettext_lazy("member", "Away"), "state=away"),
    )
    search_hint = gettext_lazy("Name, pinyin or job title")
    refresh = ("member-changed",)
    empty = Empty(gettext_lazy("Nobody is found here."), None, "users")
    details = False

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return find_members(queryset, text, details=self.details)


class MemberTable(DirectoryTable):
    """The same for those who see every member's details."""

    key = "members"
    details = True
    columns = (
        *DirectoryTable.columns[:3],
        HtmlColumn(
            "roles",
            gettext_lazy("Roles"),
            html=roles_html,
            plain=roles_plain,
            wanted=("role_list",),
        ),
        TextColumn("email", gettext_lazy("E-mail"), "user__email"),
        PhoneColumn("phone", gettext_lazy("Phone")),
        *DirectoryTable.columns[3:],
        NumberColumn("capacity", gettext_lazy("Most open leads"), hidden=True),
        HtmlColumn(
            "skills", gettext_lazy("Skills"), html=tags_html("skills"), wanted=("skills",),
            plain=lambda row: listed(row["skills"]), hidden=True,
        ),
        HtmlColumn(
            "provinces", gettext_lazy("Provinces served"), html=tags_html("provinces", Province),
            plain=lambda row: listed(str(Province(one).label) for one in row["provinces"]),
            wanted=("provinces",), hidden=True,
        ),
        MomentColumn("joined_at", gettext_lazy("Joined"), hidden=True),
    )  # fmt: skip
    filters = (
        *DirectoryTable.filters,
        RoleFilter("role", gettext_lazy("Role")),
        OverlapFilter(
            "skill",
            gettext_lazy("Skill"),
            path="skills",
            choices=lambda: [(one, one) for one in skills_known()],
        ),
        OverlapFilter(
            "province", gettext_lazy("Province served"), path="provinces", choices=Province
        ),
        OverlapFilter(
            "industry", gettext_lazy("Industry served"), path="industries", choices=Industry
        ),
    )
    views = (
        *DirectoryTable.views,
        QuickView("inactive", pgettext_lazy("member", "Deactivated"), "state=inactive"),
    )
    bulk = (
        BulkAction(
            gettext_lazy("Set department"),
            "people:bulk_department",
            "sitemap",
            "people.edit_member",
            frame="modal",
        ),
        BulkAction(
            gettext_lazy("Add a role"),
            "people:bulk_role",
            "shield-check",
            "people.assign_role",
            frame="modal",
        ),
    )
    search_hint = gettext_lazy("Name, pinyin, job title, e-mail or phone")
    export_permission = "people.export_member"


def period_html(row: Row, reader: Reader) -> str:
    """From when to when, days without their hours."""
    start, end, zone = row["start_at"], row["end_at"], zone_of(row["zone"])
    if row["is_whole_days"]:
        return markup.as_html(days_words(start, end, zone, reader.formats))
    return markup.as_html(hours_words(start, end, reader.formats))


def days_words(start: datetime, end: datetime, zone: ZoneInfo, formats: Formats) -> str:
    """Whole days in the organisation's zone, the last one included, wherever the reader is."""
    first = formats.day(start.astimezone(zone).date())
    last = formats.day(last_moment(end).astimezone(zone).date())
    return first if first == last else f"{first} – {last}"


def hours_words(start: datetime, end: datetime, formats: Formats) -> str:
    """From one moment to another by the reader's clock."""
    same = formats.local(start).date() == formats.local(end).date()
    last = "" if same else f"{formats.day(end)} "
    return f"{formats.day(start)} {formats.clock(start)} – {last}{formats.clock(end)}"


def is_now(scope: Scope) -> Q:
    return Q(start_at__lte=timezone.now(), end_at__gt=timezone.now())


def is_coming(scope: Scope) -> Q:
    return Q(end_at__gt=timezone.now())


ABSENCE_COLOURS = {
    AbsenceKind.SICK.value: "red",
    AbsenceKind.LEAVE.value: "blue",
    AbsenceKind.TRAVEL.value: "teal",
    AbsenceKind.TRAINING.value: "purple",
}


class AbsenceTable(Table):
    """Absences within the reader's reach."""

    key = "absences"
    sort = "-start_at"
    columns = (
        LinkColumn("member", gettext_lazy("Member"), "member__name", url="people:edit_absence"),
        TextColumn("department", gettext_lazy("Department"), "member__department__name"),
        BadgeColumn(
            "kind", pgettext_lazy("absence", "Kind"), choices=AbsenceKind, colours=ABSENCE_COLOURS
        ),
        HtmlColumn(
            "start_at",
            pgettext_lazy("absence", "When"),
            html=period_html,
            plain=lambda row: f"{row['start_at']:%Y-%m-%d %H:%M} – {row['end_at']:%Y-%m-%d %H:%M}",
            sort="start_at",
            wanted=("start_at", "end_at", "is_whole_days", "zone"),
        ),
        PersonColumn("deputy", gettext_lazy("Deputy"), "deputy__name", seed="deputy_id"),
        TextColumn("note", gettext_lazy("Note"), hidden=True),
    )
    filters = (
        MemberFilter(
            "member",
            gettext_lazy("Member"),
            people=lambda scope: people.active_members().values_list("pk", "name"),
        ),
        DepartmentFilter(
            "department",
            gettext_lazy("Department"),
            path="member__department",
            departments=department_choices,
            expand=departments_below,
        ),
        ChoiceFilter("kind", pgettext_lazy("absence", "Kind"), choices=AbsenceKind),
        DateFilter("start_at", pgettext_lazy("absence", "Begins")),
        SwitchFilter("now", gettext_lazy("Away now"), when=is_now),
        SwitchFilter("coming", gettext_lazy("Now and later"), when=is_coming),
    )
    views = (
        QuickView("all", gettext_lazy("All")),
        QuickView("now", gettext_lazy("Away now"), "now=yes"),
        QuickView("coming", gettext_lazy("Now and later"), "coming=yes"),
        QuickView("mine", gettext_lazy("Mine"), "member=me"),
    )
    refresh = ("absence-changed",)
    empty = Empty(
        gettext_lazy("No absences. Record one, so that leads and approvals find their way."),
        Action(
            gettext_lazy("Record an absence"),
            reverse_lazy("people:record_absence"),
            "calendar-plus",
            frame="drawer",
        ),
        "calendar",
    )


def invitation_state_html(row: Row, reader: Reader) -> str:
    """Open, accepted, taken back; or run out."""
    state = row["state"]
    if state == InvitationState.OPEN and row["expires_at"] <= timezone.now():
        return markup.badge(pgettext("invitation", "Run out"), "amber")
    return markup.badge(InvitationState(state).label, INVITATION_COLOURS[state])


class InvitationTable(Table):
    """Who was asked to join."""

    key = "invitations"
    sort = "-asked_at"
    columns = (
        LinkColumn("name", gettext_lazy("Name"), url="people:invitation"),
        TextColumn("email", gettext_lazy("E-mail")),
        TextColumn("department", gettext_lazy("Department"), "department__name"),
        HtmlColumn(
            "state",
            gettext_lazy("State"),
            html=invitation_state_html,
            wanted=("state", "expires_at"),
            plain=lambda row: InvitationState(row["state"]).label,
        ),
        MomentColumn("asked_at", gettext_lazy("Asked"), sort="asked_at"),
        MomentColumn("sent_at", gettext_lazy("Mail sent")),
        MomentColumn("expires_at", gettext_lazy("Valid until")),
        PersonColumn(
            "invited_by", gettext_lazy("Invited by"), "invited_by__name", seed="invited_by_id"
        ),
    )
    filters = (ChoiceFilter("state", gettext_lazy("State"), choices=InvitationState),)
    views = (
        QuickView("all", gettext_lazy("All")),
        QuickView("open", pgettext_lazy("invitation", "Open"), "state=open"),
    )
    search_hint = gettext_lazy("Name or e-mail")
    refresh = ("invitation-changed",)
    empty = Empty(
        gettext_lazy("Nobody has been invited yet."),
        Action(
            gettext_lazy("Invite somebody"), reverse_lazy("people:invite"), "mail", frame="drawer"
        ),
        "mail",
    )

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=text) | Q(email__istartswith=text))
