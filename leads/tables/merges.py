from datetime import timedelta

from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from crm.web import markup
from crm.web.components import Action
from crm.web.formats import Formats
from crm.web.tables import (
    ChoiceFilter,
    DateFilter,
    Empty,
    HtmlColumn,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    PersonColumn,
    Reader,
    Row,
    Table,
    TextColumn,
)
from leads.enums import RecordKind
from leads.models.merges import UNDO_WITHIN


def undo_cell(row: Row, reader: Reader) -> SafeString:
    """The way back, as long as there is one."""
    if row["undone_at"]:
        return markup.badge(pgettext("merge", "Undone"), "grey")
    until = row["at"] + UNDO_WITHIN
    if timezone.now() >= until:
        return markup.badge(_("Final"), "grey")
    url = reverse("leads:undo_merge", args=[row["pk"]])
    words = markup.link(_("Undo"), url, css="btn btn-sm")
    days = max(1, -((timezone.now() - until) // timedelta(days=1)))
    left = Formats.current().days(days)
    return markup.safe(f'{words} <small class="tz-quiet">{markup.escape(left)}</small>')


class MergeTable(Table):
    """Which records became one, by whom, and whether it can be undone."""

    key = "merges"
    columns = (
        LinkColumn("gone", gettext_lazy("Merged record"), "gone_title", url="leads:merged"),
        TextColumn("kept", gettext_lazy("Kept as"), "kept_title"),
        PersonColumn("by", gettext_lazy("Merged by"), "by__name", seed="by_id"),
        MomentColumn("at", gettext_lazy("When"), sort="pk"),
        TextColumn("reason", gettext_lazy("Reason")),
        NumberColumn("count", pgettext_lazy("merge", "Rows moved")),
        HtmlColumn(
            "undo",
            pgettext_lazy("merge", "Way back"),
            html=undo_cell,
            wanted=("undone_at", "at"),
            plain=lambda row: row["undone_at"] or "",
        ),
    )
    filters = (
        ChoiceFilter("kept_kind", gettext_lazy("Kind"), choices=RecordKind),
        DateFilter("at", gettext_lazy("When")),
    )
    refresh = ("records-merged",)
    empty = Empty(
        gettext_lazy("Nothing has been merged yet. Begin on a customer's or a lead's page."),
        Action(gettext_lazy("To the customers"), reverse_lazy("leads:customers")),
        "git-merge",
    )
