"""What the page of a hand-over shows while it is prepared, and afterwards."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.people.holdings import Holding, holding, holdings_of
from crm.sharing import journal
from crm.sharing.allotment import Allotment, Plan
from crm.sharing.enums import HandOverState, Outcome
from crm.sharing.models import HandOver
from crm.sharing.nouns import is_noun, noun
from crm.sharing.selectors.commission import (
    parts_of,
    words_on_cutoff,
    words_on_orders,
    words_on_parts,
)
from crm.sharing.selectors.transfers import Row
from crm.sharing.services.hand_over import outcomes
from crm.sharing.words import HAND_OVER_COLOURS, OUTCOME_COLOURS
from crm.tenancy.clock import organization_today
from crm.web import markup
from crm.web.components import Action, Fact

MOST_LISTED = 200


@dataclass(frozen=True)
class Lot:
    """So many rows for one receiver."""

    name: str
    pk: int
    count: int
    url: str
    badges: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Group:
    """One kind, lot by lot; `left` rows stay where they are."""

    holding: Holding
    lots: list[Lot]
    left: int = 0
    all_url: str = ""
    # which of them stay credited to who gives them
    commission: str = ""

    @property
    def count(self) -> int:
        return sum(one.count for one in self.lots) + self.left


def draft_page(found: HandOver) -> dict[str, Any]:
    """The preview: who would get how much of each kind."""
    allotment = Allotment(found.leaver, Plan(found.choices, found.exceptions))
    groups = []
    for held in holdings_of(found.leaver):
        one = held.holding
        if one.mover is None:
            groups.append(Group(one, [], held.count, held.url))
            continue
        url = reverse("sharing:hand_over_rows", args=[found.pk, one.slug])
        lots = [
            Lot(allotment.members[who].name, who, len(ids), f"{url}?receiver={who}")
            for who, ids in allotment.receivers(one.key).items()
        ]
        left = held.count - sum(lot.count for lot in lots)
        groups.append(Group(one, lots, left, url, _commission(found, one, allotment)))
    return _page(found) | {
        "groups": groups,
        "count": sum(lot.count for group in groups for lot in group.lots),
        "change_url": reverse("people:handover", args=[found.leaver_id]),
    }


def _commission(found: HandOver, one: Holding, allotment: Allotment) -> str:
    """How many of the moving orders stay credited as they are, and which parts end."""
    if not is_noun(one.key):
        return ""
    of, day = noun(one.key), found.commission_cutoff or organization_today()
    ids = list(allotment.given.get(one.key, ()))
    if of.dated:
        return words_on_orders(of, of.rows.filter(pk__in=ids), day)
    return words_on_parts(parts_of(of.key, ids), day)


def finished_page(found: HandOver) -> dict[str, Any]:
    """What moved, what came back, what had moved on."""
    groups: dict[str, Group] = {}
    lots: dict[tuple[str, int], dict[str, Any]] = {}
    for row in outcomes(found):
        lot = lots.setdefault(
            (row["holding"], row["receiver"]), {"name": row["receiver__name"], "by": {}}
        )
        lot["by"][row["outcome"]] = row["number"]
    for (key, who), lot in lots.items():
        group = groups.setdefault(key, Group(holding(key), []))
        url = reverse("sharing:hand_over_moved", args=[found.pk, group.holding.slug])
        badges = tuple(
            markup.badge(f"{Outcome(outcome).label} {number}", OUTCOME_COLOURS[outcome])
            for outcome, number in sorted(lot["by"].items())
            if found.state == HandOverState.UNDONE or outcome != Outcome.MOVED
        )
        total = sum(lot["by"].values())
        group.lots.append(Lot(lot["name"], who, total, f"{url}?receiver={who}", badges))
    return _page(found) | {
        "groups": list(groups.values()),
        "count": found.count,
        "moved_on": moved_on(found),
    }


def moved_on(found: HandOver) -> list[Row]:
    """What had another owner by the time it was undone, and so stayed there."""
    rows = found.movements.filter(outcome=Outcome.MOVED_ON).order_by("pk")[:MOST_LISTED]
    return [
        Row(
            f"{holding(one.holding).label} · {one.title or one.record_id}",
            journal.address_of(noun(one.holding), one.record_id) if is_noun(one.holding) else "",
        )
        for one in rows
    ]


def _page(found: HandOver) -> dict[str, Any]:
    return {
        "hand_over": found,
        "leaver": found.leaver,
        "colour": HAND_OVER_COLOURS[found.state],
        "is_draft": found.state == HandOverState.DRAFT,
        "facts": facts_of(found),
        "actions": actions_of(found),
        "title": _("Hand-over of %(name)s") % {"name": found.leaver.name},
    }


def facts_of(found: HandOver) -> list[Fact]:
    """Who, when, why."""
    leaver = found.leaver
    facts = [
        Fact(_("Who leaves"), markup.person(leaver.name, leaver.pk)),
        Fact(_("Department"), leaver.department),
        Fact(_("Reason"), found.reason),
        Fact(_("Commission cut-off"), words_on_cutoff(found.commission_cutoff)),
        Fact(_("Deactivate the member"), _("Yes") if found.deactivates else _("No")),
    ]
    if found.done_by is not None:
        facts.append(Fact(_("Handed over by"), markup.person(found.done_by.name, found.done_by_id)))
        facts.append(Fact(pgettext("moment", "Handed over"), markup.moment(found.done_at)))
    if found.can_undo:
        facts.append(Fact(_("Can be undone until"), markup.deadline(found.undo_until)))
    if found.undone_by is not None:
        facts.append(Fact(_("Undone by"), markup.person(found.undone_by.name, found.undone_by_id)))
        facts.append(Fact(pgettext("moment", "Undone"), markup.moment(found.undone_at)))
    return facts


def actions_of(found: HandOver) -> list[Action]:
    """What can be done now."""
    if found.state == HandOverState.DRAFT:
        return [
            Action(
                _("Change"),
                reverse("people:handover", args=[found.leaver_id]),
                "pencil",
            ),
            Action(
                _("Discard"),
                reverse("sharing:hand_over_discard", args=[found.pk]),
                "trash",
                kind="ghost",
                method="post",
                confirm=_("Forget what was prepared? Nothing has moved yet."),
            ),
        ]
    if found.can_undo:
        url = reverse("sharing:hand_over_undo", args=[found.pk])
        return [
            Action(
                _("Undo the hand-over"),
                url,
                "arrow-back-up",
                kind="danger",
                method="post",
                confirm=_(
                    "Give everything back that has not moved on since? What has a new owner by"
                    " now stays there and is listed."
                ),
            )
        ]
    return []
