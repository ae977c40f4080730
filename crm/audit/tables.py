"""The operation log as a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, Q, QuerySet, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.audit import records
from crm.audit.actions import ACTIONS
from crm.audit.entries import prepare
from crm.audit.enums import Verb
from crm.people.models import Member
from crm.web import markup
from crm.web.tables import (
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    Empty,
    Filter,
    HtmlColumn,
    MemberFilter,
    MomentColumn,
    PersonColumn,
    QuickView,
    Table,
)
from crm.web.tables.columns import Reader
from crm.web.tables.filters import Scope
from crm.web.tables.paging import Row

SHOWN = 2
COLOURS: dict[str, str] = {
    Verb.VIEW: "grey",
    Verb.CREATE: "green",
    Verb.CHANGE: "blue",
    Verb.REMOVE: "red",
    Verb.EXPORT: "amber",
    Verb.SHARE: "purple",
    Verb.SIGN_IN: "teal",
    Verb.ACT_AS: "amber",
    Verb.OTHER: "grey",
}


class Said(Func):
    """What a line says in words, without the values of changed fields."""

    template = "(%(expressions)s - 'fields')::text"
    output_field = TextField()


def member_choices(scope: Scope) -> Iterable[tuple[int, str]]:
    """Every member, those who left too."""
    return Member.objects.order_by("name", "id").values_list("id", "name")


@dataclass(frozen=True)
class RecordFilter(Filter):
    """Lines about one record, asked for by its number or name, or as "kind:id"."""

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        member = Member.objects.get(pk=scope.member_id)
        return records.matching(member, values[0].strip())

    def words(self, values: Sequence[str], scope: Scope) -> str:
        kind, colon, number = values[0].partition(":")
        if not colon or not number.isdigit() or len(number) > 18:
            return values[0]
        member = Member.objects.get(pk=scope.member_id)
        found = records.named(member, [(kind, int(number))]).get((kind, int(number)))
        return found.label if found else f"{records.kind_name(kind)} #{number}"


def what(row: Row, reader: Reader) -> str:
    """What was done, and from what to what."""
    parts = [
        f'<a href="{row["url"]}" class="tz-row-link" data-drawer>{markup.escape(row["words"])}</a>'
    ]
    parts += [
        f"<small>{markup.escape(label)}: {markup.escape(before)} → {markup.escape(after)}</small>"
        for label, before, after in row["differences"][:SHOWN]
    ]
    if len(row["differences"]) > SHOWN:
        more = _("%(count)s more") % {"count": len(row["differences"]) - SHOWN}
        parts.append(f"<small>{markup.escape(more)}</small>")
    elif not row["differences"] and row["told"]:
        parts.append(f"<small>{markup.escape(row['told'])}</small>")
    return f'<div class="tz-log-what">{"".join(parts)}</div>'


def plain_what(row: Row) -> str:
    """The same for a file, with every field."""
    changes = [f"{label}: {before} → {after}" for label, before, after in row["differences"]]
    return "; ".join([row["words"], *changes, *([row["told"]] if row["told"] else [])])


def record(row: Row, reader: Reader) -> str:
    """The record, linked if the reader may open it."""
    if not row["subject_kind"]:
        return markup.NOTHING
    kind = markup.escape(row["kind"])
    if row["record_url"]:
        link = f'<a href="{row["record_url"]}" data-drawer>{markup.escape(row["record"])}</a>'
        return f'<div class="tz-log-what">{link}<small>{kind}</small></div>'
    return f'<div class="tz-log-what">{markup.escape(row["record"])}<small>{kind}</small></div>'


class LogTable(Table):
    """Who did what to which record, from what to what, and when."""

    key = "log"
    sort = "-at"
    cap = 10_000
    columns = (
        MomentColumn("at", pgettext_lazy("log", "When"), sort="at"),
        PersonColumn("member", pgettext_lazy("log", "Who"), "member__name", seed="member_id"),
        HtmlColumn(
            "action",
            pgettext_lazy("log", "What"),
            "action",
            html=what,
            plain=plain_what,
            wanted=("details", "pk"),
        ),
        HtmlColumn(
            "record",
            pgettext_lazy("log", "Record"),
            "subject_id",
            html=record,
            plain=lambda row: f"{row['kind']} {row['record']}".strip(),
            wanted=("subject_kind",),
        ),
        BadgeColumn("verb", pgettext_lazy("log", "Kind"), choices=Verb, colours=COLOURS),
        HtmlColumn(
            "place",
            gettext_lazy("IP address"),
            html=lambda row, reader: markup.text(row["ip"]),
            plain=lambda row: row["ip"],
            wanted=("details",),
        ),
    )
    filters = (
        MemberFilter("member", pgettext_lazy("log", "Who"), people=member_choices, nullable=True),
        ChoiceFilter("verb", pgettext_lazy("log", "Kind"), choices=Verb),
        ChoiceFilter(
            "kind",
            gettext_lazy("Kind of record"),
            path="subject_kind",
            choices=lambda: records.kinds(),
        ),
        RecordFilter("record", gettext_lazy("Record (number or name)")),
        DateFilter("at", pgettext_lazy("log", "When")),
    )
    views = (
        QuickView("all", gettext_lazy("All")),
        QuickView("changes", pgettext_lazy("log", "Changes"), "verb=change"),
        QuickView("views", pgettext_lazy("log", "Seen"), "verb=view"),
        QuickView("exports", pgettext_lazy("log", "Exports"), "verb=export"),
        QuickView("sign-ins", pgettext_lazy("log", "Sign-ins"), "verb=sign_in"),
        QuickView("shares", pgettext_lazy("log", "Shares"), "verb=share"),
        QuickView("act-as", pgettext_lazy("log", "Seen as another"), "verb=act_as"),
    )
    search_hint = gettext_lazy("Words, file, IP address, reason")
    export_permission = "audit.export_log"
    empty = Empty(gettext_lazy("Nothing was logged that fits."), icon="history")

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Actions by their words, and what lines say; never the values of changed fields.

        A value could be masked for the reader: finding the line would tell it.
        """
        actions = [
            action for action, words in ACTIONS.items() if text.lower() in str(words).lower()
        ]
        found: QuerySet[Any] = queryset.annotate(said=Said("details")).filter(
            Q(action__in=actions) | Q(said__icontains=text) | Q(member__name__startswith=text)
        )
        return found

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows with the names of records, members and fields, a few queries for all of them."""
        return prepare(self.request.member, rows)
