from django.urls import reverse, reverse_lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.web import markup
from crm.web.components import Action, Label
from crm.web.tables import (
    ChoiceColumn,
    ChoiceFilter,
    DateFilter,
    Empty,
    HtmlColumn,
    MemberFilter,
    MomentColumn,
    PersonColumn,
    Reader,
    Row,
    Table,
)
from leads.enums import IdentityVerdict


def way_back(row: Row, reader: Reader) -> SafeString:
    """Taken back on a page that says what follows."""
    url = reverse("leads:take_back_judgement", args=[row["pk"]])
    link = '<a class="btn btn-sm" href="{}" data-modal>{}</a>'
    return markup.safe(link.format(markup.escape(url), markup.escape(_("Take back"))))


def case_link(row: Row, reader: Reader) -> SafeString:
    """The case it was decided in; the page itself says who may read it."""
    if not row["case_id"]:
        return markup.safe("")
    return markup.link(_("Open the case"), reverse("leads:case", args=[row["case_id"]]))


def name_column(key: str, label: Label, path: str) -> HtmlColumn:
    """A name that is never cut: what tells the two apart may stand at its end."""

    def write(row: Row, reader: Reader) -> SafeString:
        return markup.safe(f'<span class="tz-two-lines">{markup.escape(row[path])}</span>')

    return HtmlColumn(key, label, wanted=(path,), html=write, plain=lambda row: row[path])


class JudgementTable(Table):
    """Which records people said are one client, or are not."""

    key = "judgements"
    columns = (
        name_column("left", gettext_lazy("One name"), "left_name"),
        ChoiceColumn("verdict", gettext_lazy("Judged"), choices=IdentityVerdict),
        name_column("right", gettext_lazy("The other"), "right_name"),
        PersonColumn("member", gettext_lazy("By"), "member__name", seed="member_id"),
        MomentColumn("at", gettext_lazy("When")),
        HtmlColumn(
            "case",
            pgettext_lazy("collision", "Case"),
            html=case_link,
            wanted=("case_id",),
            plain=lambda row: row["case_id"] or "",
        ),
        HtmlColumn(
            "back", pgettext_lazy("judgement", "Way back"), html=way_back, plain=lambda row: ""
        ),
    )
    filters = (
        ChoiceFilter("verdict", gettext_lazy("Judged"), choices=IdentityVerdict),
        MemberFilter("member", gettext_lazy("By"), nullable=True),
        DateFilter("at", gettext_lazy("When")),
    )
    refresh = ("judgement-taken-back",)
    empty = Empty(
        gettext_lazy("Nobody has judged two records yet: cases, merges and early warnings do."),
        Action(gettext_lazy("To the cases"), reverse_lazy("leads:cases")),
        "scale",
    )
