"""What the pages of a transfer show: the page itself, and the approver's summary."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.approvals import selectors as approvals
from crm.people.models import Member
from crm.sharing.enums import OPEN_TRANSFERS
from crm.sharing.models import Movement, Transfer
from crm.sharing.nouns import is_noun, noun
from crm.sharing.selectors.commission import (
    bears_commission,
    parts_of,
    words_on_cutoff,
    words_on_parts,
)
from crm.sharing.selectors.transfers import (
    Preview,
    label_of,
    movements_of,
    rule,
    superiors_of,
)
from crm.sharing.services.transfers import may_undo, may_withdraw
from crm.sharing.words import OUTCOME_COLOURS, TRANSFER_COLOURS
from crm.tenancy.clock import organization_today
from crm.web import markup
from crm.web.components import Action, Fact

MOST_ROWS = 200


def transfer_page(member: Member, transfer: Transfer) -> dict[str, Any]:
    """The context of a transfer's page."""
    run = approvals.runs_of(transfer).first()
    actions = []
    if run is not None:
        url = reverse("approvals:detail", args=[run.pk])
        actions.append(Action(_("Approval"), url, "clipboard-check"))
    if may_withdraw(member, transfer):
        url = reverse("sharing:withdraw", args=[transfer.pk])
        actions.append(Action(_("Take back"), url, "arrow-back-up", method="post", kind="primary"))
    if may_undo(member, transfer):
        actions.append(_undo(transfer))
    return {
        "transfer": transfer,
        "colour": TRANSFER_COLOURS[transfer.state],
        "facts": facts_of(transfer),
        "actions": actions,
        "turn": approvals.turn_of(run, member) if run else None,
        **rows_of(transfer),
    }


def _undo(transfer: Transfer) -> Action:
    return Action(
        _("Undo the transfer"),
        reverse("sharing:undo", args=[transfer.pk]),
        "arrow-back-up",
        method="post",
        confirm=_(
            "Give everything back that has not moved on since? What has a new owner by now stays"
            " there and is listed."
        ),
    )


def transfer_summary(transfer: Transfer) -> dict[str, Any]:
    """What the approver reads before deciding."""
    return {"transfer": transfer, "facts": facts_of(transfer), **rows_of(transfer)}


def facts_of(transfer: Transfer) -> list[Fact]:
    """Who gives what to whom, when and why."""
    giver = transfer.giver
    along = " · ".join(label_of(key) for key in transfer.takes_along)
    found = [
        Fact(_("Records"), f"{noun(transfer.noun).plural} · {transfer.count}"),
        Fact(_("Present owner"), markup.person(giver.name if giver else None, transfer.giver_id)),
        Fact(_("New owner"), markup.person(transfer.receiver.name, transfer.receiver_id)),
        Fact(_("Department"), _departments(transfer)),
        Fact(_("Reason"), transfer.reason),
        Fact(
            pgettext("transfer", "Effective"),
            markup.day(transfer.effective_date) if transfer.effective_date else _("at once"),
        ),
        Fact(_("Takes along"), along or _("nothing")),
    ]
    if bears_commission(noun(transfer.noun)):
        cutoff = words_on_cutoff(transfer.commission_cutoff)
        found.append(Fact(_("Commission cut-off"), cutoff, hint=_parts_ending(transfer)))
    if transfer.keeps_reading:
        until = markup.day(transfer.reads_until) if transfer.reads_until else _("for good")
        found.append(Fact(_("The old owner keeps read access"), until))
    asked = markup.person(transfer.requested_by.name, transfer.requested_by_id)
    found.append(Fact(_("Requested by"), asked))
    found.append(Fact(_("Requested"), markup.moment(transfer.requested_at)))
    if transfer.can_undo:
        found.append(Fact(_("Can be undone until"), markup.deadline(transfer.undo_until)))
    if transfer.undone_by is not None:
        who = markup.person(transfer.undone_by.name, transfer.undone_by_id)
        found.append(Fact(_("Undone by"), who))
        found.append(Fact(pgettext("moment", "Undone"), markup.moment(transfer.undone_at)))
    return found


def _parts_ending(transfer: Transfer) -> str:
    """Of a transfer that has still to come: whose part of the commission it ends."""
    if transfer.state not in OPEN_TRANSFERS:
        return ""
    ids = transfer.movements.filter(is_chosen=True).values_list("record_id", flat=True)
    day = transfer.commission_cutoff or transfer.effective_date or organization_today()
    return words_on_parts(parts_of(transfer.noun, list(ids)), day)


def _departments(transfer: Transfer) -> str:
    """From where to where."""
    names = [
        one.department.name
        for one in (transfer.giver, transfer.receiver)
        if one is not None and one.department is not None
    ]
    return " → ".join(dict.fromkeys(names))


def rows_of(transfer: Transfer) -> dict[str, Any]:
    """The records and what became of each."""
    rows = list(movements_of(transfer)[: MOST_ROWS + 1])
    return {
        "rows": [row_of(one) for one in rows[:MOST_ROWS]],
        "has_more": len(rows) > MOST_ROWS,
    }


def row_of(one: Movement) -> dict[str, Any]:
    """One record with its kind, its page and its outcome."""
    url = ""
    if is_noun(one.holding):
        url = reverse(noun(one.holding).record_url, args=[one.record_id])
    return {
        "title": one.title or f"#{one.record_id}",
        "kind": label_of(one.holding),
        "url": url,
        "badge": markup.badge(one.get_outcome_display(), OUTCOME_COLOURS[one.outcome]),
    }


def approver_hint(preview: Preview, by: Member) -> str:
    """Who would have to agree, said before anybody is chosen."""
    now = rule()
    names = []
    for giver in preview.givers:
        member = giver.member
        if member is None or by.pk in {one.pk for one in superiors_of(member)}:
            continue
        if giver.superior is not None:
            names.append(giver.superior.name)
    if not names:
        return ""
    who = " · ".join(dict.fromkeys(names))
    is_many = any(
        giver.member is not None and now.most_at_once is not None and giver.count > now.most_at_once
        for giver in preview.givers
    )
    if is_many:
        return _("%(names)s has to agree first: so many records at once.") % {"names": who}
    if now.across_departments:
        return _("Into another department, %(names)s has to agree first.") % {"names": who}
    return ""
