"""What the page of a collision case shows, and the ways to decide it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.people.models import Member
from crm.web.components import Action
from leads.arbitration import Proposal, even_split
from leads.enums import CaseState, CollisionOutcome, CollisionSide, RecordKind
from leads.forms.cases import Choice
from leads.models import CollisionCase, CollisionParty
from leads.selectors.arbitrations import proposal_for
from leads.selectors.case_arrivals import arrivals_of, why_in_words
from leads.selectors.case_as_decided import as_decided, decision_shown, has_kept_rows
from leads.selectors.case_evidence import Dossier, dossier_of
from leads.selectors.case_names import CaseNames
from leads.selectors.case_rights import (
    is_appealable,
    may_appeal,
    may_decide,
    may_give_way,
    may_withdraw,
    may_withdraw_appeal,
)
from leads.selectors.case_story import (
    SIDE_BY_SIDE,
    Eyes,
    Say,
    claims_of,
    decisions_of,
    in_full,
    late_entries,
    outcome_words,
    proposed_words,
    rows_of,
    story_of,
)
from leads.selectors.cases import records_of, visible_cases
from leads.selectors.identity import Pair
from leads.selectors.parting import (
    credit_lines,
    final_share,
    may_set_parts,
    shared_records,
    without_parts,
)
from leads.words import CASE_COLOURS

Outcome = CollisionOutcome
MOST_RECORDS = 200  # told one by one on the page; of the others how many there are


def decide_page(member: Member, dossier: Dossier, proposal: Proposal) -> dict[str, Any]:
    """What a decider reads above the form."""
    case, names = dossier.case, {rep.pk: rep.name for rep in dossier.reps}
    names_shown = CaseNames(member, [case.pk])
    names_shown.learn_aliases(case.pk)
    say = partial(names_shown.said, case.pk)
    claims = claims_of(dossier, Eyes(member, dossier), proposal, say)
    called = names_shown.of_case(case.pk, case.title)
    return {
        "title": _("Decide %(number)s · %(client)s") % {"number": case.number, "client": called},
        "submit": pgettext("collision", "Decide"),
        "case": case,
        "proposed": proposed_words(proposal, names),
        "decisions": decisions_of(dossier, names, say),
        "appeals": appeals_of(case, say),
        "claims": claims[:SIDE_BY_SIDE],
        "rows": rows_of(claims),
    }


@dataclass(frozen=True)
class Appealed:
    """An appeal as the page shows it; `taken_back` when and why."""

    level: int
    member: Member
    at: datetime
    reason: str
    taken_back: list[tuple[datetime, str]]


def case_page(member: Member, case: CollisionCase) -> dict[str, Any]:
    """Everything the case's page shows to this member."""
    dossier = dossier_of(case)
    names = {rep.pk: rep.name for rep in dossier.reps}
    proposal = proposal_for(dossier)[0] if case.is_waiting else None
    eyes = Eyes(member, dossier)
    names_shown = CaseNames(member, [case.pk])
    names_shown.learn_aliases(case.pk)
    say = partial(names_shown.said, case.pk)
    claims, decided = claims_of(dossier, eyes, proposal, say), decision_shown(case)
    if decided is not None:
        claims = as_decided(claims, decided)
    own = next((one for one in dossier.parties if one.member_id == member.pk), None)
    people = {one.member_id: one.member.name for one in dossier.parties}
    return {
        "case": case,
        "title": names_shown.of_case(case.pk, case.title),
        "colour": CASE_COLOURS[str(case.state)],
        "actions": actions_of(member, case, own),
        "proposed": proposed_words(proposal, names) if proposal else None,
        "claims": claims[:SIDE_BY_SIDE],
        "more_claims": claims[SIDE_BY_SIDE:],
        "rows": rows_of(claims),
        "decided": decided,
        "rows_kept": decided is None or has_kept_rows(decided),
        "decisions": decisions_of(dossier, names, say),
        "credit": credit_lines(case),
        "without_parts": without_parts(case),
        "appeals": appeals_of(case, say),
        "withdrawn_at": case.closed_at if case.state == CaseState.WITHDRAWN else None,
        "managers": [one for one in dossier.parties if not one.is_rep],
        "records": records_shown(dossier, eyes, names_shown),
        "records_left": max(0, len(dossier.records) - MOST_RECORDS),
        "arrivals": arrivals_of(case, member),
        "earlier": dossier.earlier,
        # of a case that they may not open, not how it was decided and by whom
        "earlier_seen": _readable(member, dossier),
        "entries": story_of(case, people, say, late_entries(dossier, eyes, people)),
        "may_state": own is not None and own.is_rep and case.is_waiting,
        "remark_url": reverse("leads:case_remark", args=[case.pk]),
        "appeal_until": case.appeal_until if is_appealable(case) else None,
    }


def appeals_of(case: CollisionCase, say: Say = in_full) -> list[Appealed]:
    """The appeals with what was taken back, the latest first."""
    rows = case.appeals.select_related("member").prefetch_related("withdrawals")
    return [
        Appealed(
            one.level,
            one.member,
            one.at,
            say(one.reason, one.member_id),
            [(back.at, say(back.reason, one.member_id)) for back in one.withdrawals.all()],
        )
        for one in rows.order_by("-level", "-pk")
    ]


def _readable(member: Member, dossier: Dossier) -> set[int]:
    """Of the cases decided before, those the member may open."""
    ids = [one.case_id for one in dossier.earlier]
    return set(visible_cases(member).filter(pk__in=ids).values_list("pk", flat=True))


def records_shown(dossier: Dossier, eyes: Eyes, names: CaseNames) -> list[dict[str, Any]]:
    """The first records with a link for whoever may read them; why they went on is for all."""
    pk, now = dossier.case.pk, owners_now(dossier, eyes)
    return [
        {
            "title": names.of_record(pk, (str(one.record_kind), one.record_id), one.title),
            "kind": one.get_record_kind_display(),
            "is_held": one.is_held,
            "owner": one.owner,
            "now": now.get((str(one.record_kind), one.record_id)),
            "why": names.said(pk, why_in_words(one.explanation), one.member_id),
            "origin": one.get_origin_display(),
            "url": eyes.url((str(one.record_kind), one.record_id)),
        }
        for one in records_of(dossier.case, MOST_RECORDS)
    ]


def owners_now(dossier: Dossier, eyes: Eyes) -> dict[Pair, Member | None]:
    """Whose the records that were handed over are today, for whoever may read them."""
    found: dict[Pair, int | None] = {}
    for one in dossier.records[:MOST_RECORDS]:
        of = dossier.leads if one.record_kind == RecordKind.LEAD else dossier.customers
        known = of.get(one.record_id)
        if known is not None and known.owner_id != one.owner_id and eyes.url(one.pair):
            found[one.pair] = known.owner_id
    people = Member.objects.in_bulk({pk for pk in found.values() if pk})
    return {pair: people.get(pk or 0) for pair, pk in found.items()}


def actions_of(member: Member, case: CollisionCase, own: CollisionParty | None) -> list[Action]:
    """What this member can do now; the first is what the case waits for."""
    found = []
    args = [case.pk]
    if may_decide(member, case):
        url = reverse("leads:case_decide", args=args)
        found.append(
            Action(
                pgettext("collision", "Decide"),
                url,
                "scale",
                kind="primary",
                frame="drawer",
                shortcut="d",
            )
        )
    decision = case.decisions.order_by("-level").first()
    if may_appeal(member, case, decision):
        url = reverse("leads:case_appeal", args=args)
        found.append(Action(_("Appeal"), url, "arrow-up", kind="primary", frame="modal"))
        if own is not None and own.accepted_level != case.level:
            url = reverse("leads:case_accept", args=args)
            found.append(Action(_("Accept"), url, "check", method="post"))
    if own is not None and own.is_rep and case.is_waiting:
        url = reverse("leads:case_state", args=args)
        label = _("Change my statement") if own.statement else _("Make a statement")
        found.append(Action(label, url, "note", frame="modal"))
    return [*found, *parts_of(member, case), *withdrawals_of(member, case)]


def parts_of(member: Member, case: CollisionCase) -> list[Action]:
    """Set in which parts the orders of a shared client are credited."""
    decision = final_share(case)
    if decision is None or not may_set_parts(member, case) or not shared_records(case, decision):
        return []
    url = reverse("leads:case_parts", args=[case.pk])
    return [Action(_("Set the parts"), url, "chart-pie", frame="modal")]


def withdrawals_of(member: Member, case: CollisionCase) -> list[Action]:
    """What this member can take back."""
    args, found = [case.pk], []
    if may_withdraw_appeal(member, case):
        url = reverse("leads:case_withdraw_appeal", args=args)
        found.append(Action(_("Take the appeal back"), url, "arrow-back-up", frame="modal"))
    if may_give_way(member, case):
        url = reverse("leads:case_give_way", args=args)
        found.append(Action(_("Leave it to the owner"), url, "logout", frame="modal"))
    if may_withdraw(member, case):
        url = reverse("leads:case_withdraw", args=args)
        found.append(Action(_("Withdraw the case"), url, "arrow-back-up", frame="modal"))
    return found


def report_or_case(case: CollisionCase | None, report_url: str) -> Action:
    """Say that a record is somebody else's client too, or go where that is being settled."""
    if case is not None and case.is_waiting:
        url = reverse("leads:case", args=[case.pk])
        return Action(_("To the collision case"), url, "scale", frame="drawer")
    return Action(_("Report a collision"), report_url, "scale", frame="modal")


def ways_to_decide(dossier: Dossier, proposal: Proposal) -> list[Choice]:
    """Every way to decide this case, the proposed one first."""
    reps = [rep for rep in dossier.reps if rep.is_active]
    ways = []
    for rep in reps:
        is_holder = dossier.sides[rep.pk].party.side == CollisionSide.HOLDER
        ways.append(_way(Outcome.KEEP if is_holder else Outcome.REASSIGN, rep, proposal))
    if len(reps) > 1:
        ways.append(_way(Outcome.SHARE, None, proposal))
    ways += [_way(Outcome.SEPARATE, rep, proposal) for rep in reps[:SIDE_BY_SIDE]]
    ways.append(_way(Outcome.NOT_SAME, None, proposal))
    return sorted(ways, key=lambda way: not way.is_proposed)


def _way(outcome: CollisionOutcome, rep: Member | None, proposal: Proposal) -> Choice:
    names = {rep.pk: rep.name} if rep else {}
    winner = rep.pk if rep else None
    label = _("Share it") if outcome == Outcome.SHARE else outcome_words(outcome, winner, {}, names)
    is_proposed = outcome == proposal.outcome.value and (
        outcome == Outcome.SHARE or winner == proposal.winner
    )
    return Choice(outcome, rep, label, effects()[outcome], is_proposed)


def effects() -> dict[CollisionOutcome, str]:
    """What each outcome will change."""
    return {
        Outcome.KEEP: _(
            "Nothing moves. Newcomers' leads are closed as duplicates, their customers go to "
            "the owner."
        ),
        Outcome.REASSIGN: _(
            "The client, its open deals and tasks go over; other newcomers' leads are closed."
        ),
        Outcome.SHARE: _(
            "The rep with the largest share owns the client, the others may work on it, and its "
            "orders are credited in these parts. Newcomers' leads are closed as duplicates."
        ),
        Outcome.SEPARATE: _("All records go to one rep and stay apart; nobody is asked again."),
        Outcome.NOT_SAME: _("Everybody keeps theirs; these two are never asked about again."),
    }


def first_shares(dossier: Dossier, proposal: Proposal) -> dict[int, int]:
    """What the form begins with: as proposed, or in equal parts."""
    if proposal.shares:
        return dict(proposal.shares)
    active = [rep.pk for rep in dossier.reps if rep.is_active]
    return dict(even_split(active)) if active and len(active) <= SIDE_BY_SIDE else {}
