from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.approvals.enums import RunState
from crm.web.tables import (
    BadgeColumn,
    ChoiceFilter,
    Column,
    DateFilter,
    Empty,
    Filter,
    LinkColumn,
    MomentColumn,
    PersonColumn,
    Table,
)

COLOURS: dict[str, str] = {
    RunState.RUNNING: "blue",
    RunState.BLOCKED: "red",
    RunState.APPROVED: "green",
    RunState.SENT_BACK: "amber",
    RunState.WITHDRAWN: "grey",
    RunState.VOIDED: "grey",
}


class RunTable(Table):
    """Approvals, the latest first."""

    key = "approvals"
    sort = "-pk"
    columns: ClassVar[Sequence[Column]] = (
        LinkColumn("title", pgettext_lazy("approval", "Record"), url="approvals:detail"),
        BadgeColumn("state", _("State"), choices=RunState, colours=COLOURS),
        PersonColumn(
            "submitted_by", _("Submitted by"), "submitted_by__name", seed="submitted_by_id"
        ),
        MomentColumn("submitted_at", pgettext_lazy("approval", "Submitted")),
        MomentColumn("finished_at", pgettext_lazy("approval", "Finished")),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("state", _("State"), choices=RunState),
        DateFilter("submitted_at", pgettext_lazy("approval", "Submitted")),
    )
    refresh = ("approval-changed", "tz:approval-changed")


class WaitingTable(RunTable):
    """What this member is asked to decide."""

    key = "approvals-waiting"
    columns = tuple(one for one in RunTable.columns if one.key not in ("state", "finished_at"))
    filters = (DateFilter("submitted_at", pgettext_lazy("approval", "Submitted")),)
    empty = Empty(_("Nothing waits for your decision."), icon="clipboard-check")


class SubmittedTable(RunTable):
    """What this member asked others to decide."""

    key = "approvals-submitted"
    columns = tuple(one for one in RunTable.columns if one.key != "submitted_by")
    empty = Empty(_("You have not submitted anything for approval yet."), icon="clipboard-check")


class DecidedTable(RunTable):
    """What this member decided."""

    key = "approvals-decided"
    empty = Empty(_("You have not decided anything yet."), icon="clipboard-check")


class BlockedTable(RunTable):
    """What nobody can decide as things stand."""

    key = "approvals-blocked"
    empty = Empty(_("No approval is stuck."), icon="clipboard-check")
