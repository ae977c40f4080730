"""What the page of a deal shows."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.access.links import who_can_see
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.record import holders_of, sharing_actions
from crm.sharing.selectors.transfers import open_transfers_of
from crm.web import markup
from crm.web.components import Action, Fact, Step
from leads.enums import RecordKind, StageKind
from leads.forms.follow_ups import FollowUpForm
from leads.models import Opportunity, Stage
from leads.panels import opportunity_panels
from leads.selectors.cases import case_about
from leads.selectors.opportunities import (
    days_in_stage,
    follow_ups_of_opportunity,
    is_late,
    stages,
)
from leads.selectors.timeline import timeline_of
from leads.words import STAGE_COLOURS


def opportunity_page(member: Member, deal: Opportunity) -> dict[str, Any]:
    """The context of a deal's page for this member."""
    may_edit = policy.allowed(member, "leads.edit_opportunity", deal)
    args = [deal.pk]
    return {
        "refresh_on": ["opportunity-updated", "opportunity-moved", "follow-up-logged"],
        "opportunity": deal,
        "collision": case_about(member, RecordKind.CUSTOMER, deal.customer_id),
        "colour": STAGE_COLOURS[deal.stage.kind],
        "steps": stage_steps(deal, may_move=may_edit),
        "days": days_in_stage(deal) if deal.stage.kind == StageKind.OPEN else None,
        "late": is_late(deal),
        "actions": [
            *(opportunity_actions(deal) if may_edit else []),
            *sharing_actions(member, noun("leads.opportunity"), deal),
            *who_can_see(member, deal),
        ],
        "holders": holders_of(member, noun("leads.opportunity"), deal),
        "transfers": open_transfers_of(deal),
        "facts": opportunity_facts(member, deal, may_edit=may_edit),
        "entries": timeline_of(deal, follow_ups_of_opportunity(deal)),
        "composer": FollowUpForm(draft=f"follow-up-opportunity-{deal.pk}") if may_edit else None,
        "composer_url": reverse("leads:follow_up_opportunity", args=args),
        "panels": [
            (panel, reverse("leads:opportunity_panel", args=[deal.pk, panel.key]))
            for panel in opportunity_panels(member)
        ],
    }


def stage_steps(deal: Opportunity, *, may_move: bool) -> list[Step]:
    """The open stages as a path, the present one marked."""
    found = []
    for stage in stages():
        if stage.kind != StageKind.OPEN:
            continue
        passed = deal.stage.kind == StageKind.WON or stage.position < deal.stage.position
        state = "now" if stage.pk == deal.stage_id else "done" if passed else "later"
        if deal.stage.kind == StageKind.LOST:
            state = "later"
        found.append(Step(stage.name, state))
    return found


def opportunity_actions(deal: Opportunity) -> list[Action]:
    """Move on, win, lose, edit."""
    edit = reverse("leads:edit_opportunity", args=[deal.pk])
    move = reverse("leads:move", args=[deal.pk])
    columns = stages()
    found = ways_on(deal, columns, move) if deal.stage.kind == StageKind.OPEN else []
    if not found:
        first = next(one for one in columns if one.kind == StageKind.OPEN)
        found = [_press(_("Reopen"), move, "arrow-back-up", first)]
    return [*found, Action(_("Edit"), edit, "pencil", frame="drawer", shortcut="e")]


def ways_on(deal: Opportunity, columns: list[Stage], move: str) -> list[Action]:
    """What an open deal can become; the first one is the usual one."""
    lose = reverse("leads:lose", args=[deal.pk])
    following = [
        one for one in columns if one.kind == StageKind.OPEN and one.position > deal.stage.position
    ]
    found = []
    if following:
        label = _("To %(stage)s") % {"stage": following[0].name}
        found.append(_press(label, move, "arrow-right", following[0], kind="primary"))
    for one in columns:
        if one.kind == StageKind.WON:
            kind = "plain" if following else "primary"
            found.append(_press(_("Won"), move, "trophy", one, kind=kind))
        if one.kind == StageKind.LOST:
            url = f"{lose}?stage={one.pk}"
            found.append(Action(_("Lost"), url, "thumb-down", kind="ghost", frame="modal"))
    return found


def _press(label: str, move: str, icon: str, stage: Stage, *, kind: str = "plain") -> Action:
    """A button that moves the deal into a stage."""
    return Action(label, move, icon, kind=kind, method="post", values={"stage": stage.pk})


def opportunity_facts(member: Member, deal: Opportunity, *, may_edit: bool) -> list[Fact]:
    """The facts in the order people ask for them, editable in place."""
    edit = reverse("leads:edit_opportunity", args=[deal.pk])

    def fact(label: str, name: str, value: object) -> Fact:
        return Fact(label, value, edit_url=f"{edit}?only={name}" if may_edit else "")

    customer: object = deal.customer.name
    if policy.allowed(member, "leads.view_customer", deal.customer):
        url = reverse("leads:customer", args=[deal.customer_id])
        customer = markup.link(deal.customer.name, url, drawer=True)
    found = [
        Fact(_("Customer"), customer),
        fact(_("Contact"), "contact", deal.contact),
        fact(_("Expected amount"), "amount", markup.money(deal.amount, deal.currency)),
        fact(_("Expected close"), "expected_close_date", markup.day(deal.expected_close_date)),
        Fact(_("Probability"), f"{deal.stage.probability}%"),
        Fact(_("Number"), deal.number, copy=deal.number),
        Fact(_("Department"), deal.department),
        Fact(_("Created"), markup.moment(deal.created_at)),
    ]
    if deal.lost_reason:
        found.insert(0, Fact(_("Why lost"), deal.lost_reason))
    return found
