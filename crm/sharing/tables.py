from typing import Any

from django.urls import reverse, reverse_lazy
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.sharing import journal
from crm.sharing.enums import HandOverState, Outcome, TransferState
from crm.sharing.nouns import is_noun, noun
from crm.sharing.words import HAND_OVER_COLOURS, OUTCOME_COLOURS, TRANSFER_COLOURS
from crm.web import markup
from crm.web.components import Action
from crm.web.tables import (
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    Empty,
    HtmlColumn,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    PersonColumn,
    QuickView,
    Reader,
    Row,
    Table,
    TextColumn,
)


# known once every app has registered
def _customers() -> str:
    return reverse(noun("leads.customer").list_url)


customers_page: Any = lazy(_customers, str)


class TransferTable(Table):
    """What is given from whom to whom."""

    key = "transfers"
    columns = (
        LinkColumn("title", _("Records"), url="sharing:transfer"),
        BadgeColumn("state", _("State"), choices=TransferState, colours=TRANSFER_COLOURS),
        PersonColumn("giver", _("Present owner"), "giver__name", seed="giver_id"),
        PersonColumn("receiver", _("New owner"), "receiver__name", seed="receiver_id"),
        DayColumn("effective_date", pgettext_lazy("transfer", "Effective")),
        TextColumn("reason", _("Reason")),
        PersonColumn(
            "requested_by", _("Requested by"), "requested_by__name", seed="requested_by_id"
        ),
        MomentColumn("requested_at", _("Requested"), sort="pk"),
    )
    filters = (
        ChoiceFilter("state", _("State"), choices=TransferState),
        DateFilter("requested_at", _("Requested")),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("open", _("Not carried out yet"), "state=waiting&state=scheduled"),
    )
    refresh = ("transfer-changed",)
    empty = Empty(
        _("No transfers yet. Begin one on a record, or tick several in a list."),
        Action(_("To the customers"), customers_page(), "building"),
        "arrows-left-right",
    )


class HandOverTable(Table):
    """Leavers and what became of what they held."""

    key = "hand-overs"
    columns = (
        LinkColumn("leaver", _("Who leaves"), "leaver__name", url="sharing:hand_over"),
        BadgeColumn("state", _("State"), choices=HandOverState, colours=HAND_OVER_COLOURS),
        NumberColumn("count", _("Rows moved")),
        PersonColumn("done_by", _("Handed over by"), "done_by__name", seed="done_by_id"),
        MomentColumn("done_at", pgettext_lazy("moment", "Handed over")),
        TextColumn("reason", _("Reason")),
        MomentColumn("prepared_at", _("Prepared"), sort="pk"),
    )
    filters = (ChoiceFilter("state", _("State"), choices=HandOverState),)
    refresh = ("hand-over-changed",)
    empty = Empty(
        _("Nobody has left yet. Begin a hand-over on a member's page."),
        Action(_("To the members"), reverse_lazy("people:members"), "users"),
        "user-share",
    )


def record_link(row: Row, reader: Reader) -> SafeString:
    """The record's page, where it has one."""
    if not is_noun(row["holding"]):
        return markup.text(row["title"])
    url = journal.address_of(noun(row["holding"]), row["record_id"])
    return markup.link(row["title"], url, drawer=True)


class MovementTable(Table):
    """The rows of one hand-over."""

    key = "movements"
    sort = "pk"
    columns = (
        HtmlColumn(
            "title", _("Record"), "title", html=record_link, wanted=("holding", "record_id")
        ),
        PersonColumn("receiver", _("New owner"), "receiver__name", seed="receiver_id"),
        BadgeColumn("outcome", _("Outcome"), choices=Outcome, colours=OUTCOME_COLOURS),
        MomentColumn("at", _("When"), sort="pk"),
    )
    filters = (ChoiceFilter("outcome", _("Outcome"), choices=Outcome),)
    empty = Empty(_("Nothing of this kind moved."), None, "inbox")
