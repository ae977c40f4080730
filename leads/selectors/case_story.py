"""A case as its page tells it: evidence side by side, the proposal in words, what happened."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.access import policy
from crm.audit.models import OperationLog
from crm.audit.selectors import operations_on
from crm.people.models import Member
from crm.teamwork.selectors import comments_on
from crm.web import markup
from crm.web.components import Entry
from crm.web.formats import Formats, listed
from leads.arbitration import Passed, Proposal
from leads.enums import CollisionOutcome, FollowUpOutcome, RecordKind
from leads.models import CollisionCase, CollisionDecision, Customer, Lead
from leads.selectors.case_arrivals import why_in_words
from leads.selectors.case_changes import changes_in_words
from leads.selectors.case_evidence import Dossier, Late, Traces
from leads.selectors.identity import Pair
from leads.selectors.parting import parts_of_reps
from leads.words import CASE_ACTIONS, RULES, deal_band

PAGES = {RecordKind.LEAD.value: "leads:detail", RecordKind.CUSTOMER.value: "leads:customer"}
# How a free text of somebody's reads to who may not see every name in it.
Say = Callable[[str, int | None], str]
LATE_ICONS = {"follow_up": "phone", "deal": "target"}
# So many claims stand side by side; the others follow in a list.
SIDE_BY_SIDE = 3
# What a merge without a reason was once kept with, in its decider's language.
MERGED_BEFORE = ("Merged", "已合并")


def in_full(text: str, writer_id: int | None) -> str:
    """For whoever decides: every word."""
    return text


@dataclass(frozen=True)
class Cell:
    """One piece of evidence: words, when, and where it is for whoever may read it."""

    words: str = ""
    at: datetime | None = None
    url: str = ""
    is_strong: bool = False


@dataclass(frozen=True)
class Claim:
    """One rep's column: who, on which side, and their evidence by row."""

    member: Member
    side: str
    is_proposed: bool
    is_winner: bool
    # in percent; what changes on a later day too
    part: str
    statement: str
    stated_at: datetime | None
    has_accepted: bool
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One kind of evidence across all claims."""

    label: str
    cells: list[Cell]


class Eyes:
    """What of a case's records this member may open: asked once per kind."""

    def __init__(self, member: Member, dossier: Dossier) -> None:
        self.member = member
        self.seen: set[Pair] = set()
        for model, kind, permission, ids in (
            (Lead, "lead", "leads.view_lead", list(dossier.leads)),
            (Customer, "customer", "leads.view_customer", list(dossier.customers)),
        ):
            if ids:
                rows: Any = model.objects.filter(pk__any_of=ids)
                found = policy.visible(member, rows, permission)
                self.seen |= {(kind, pk) for pk in found.values_list("pk", flat=True)}

    def url(self, pair: Pair) -> str:
        """The record's page, "" for who may not read it."""
        return reverse(PAGES[pair[0]], args=[pair[1]]) if pair in self.seen else ""


def claims_of(
    dossier: Dossier, eyes: Eyes, proposal: Proposal | None, say: Say = in_full
) -> list[Claim]:
    """The reps with their evidence: the owner first, then the newcomers as they came."""
    last = max(dossier.case.decisions.all(), key=lambda one: one.level, default=None)
    parts = parts_of_reps(dossier.case) if dossier.case.outcome == CollisionOutcome.SHARE else {}
    found = []
    for member_id, traces in dossier.sides.items():
        party = traces.party
        found.append(
            Claim(
                member=party.member,
                side=str(party.get_side_display()),
                is_proposed=proposal is not None
                and (proposal.winner == member_id or member_id in proposal.shares),
                is_winner=last is not None and last.winner_id == member_id,
                part=parts.get(member_id, ""),
                statement=say(party.statement, party.member_id),
                stated_at=party.stated_at,
                has_accepted=party.accepted_level == dossier.case.level,
                cells=cells_of(traces, eyes),
            )
        )
    return found


def rows_of(claims: Iterable[Claim]) -> list[Row]:
    """The same evidence side by side; kinds that nobody has are left out."""
    shown = list(claims)[:SIDE_BY_SIDE]
    rows = []
    for key, label in evidence_labels().items():
        cells = [claim.cells.get(key, Cell()) for claim in shown]
        if any(cell.words or cell.at for cell in cells):
            rows.append(Row(label, cells))
    return rows


def evidence_labels() -> dict[str, str]:
    return {
        "protection": _("Protection"),
        "orders": _("Orders"),
        "deals": _("Open deals"),
        "referral": pgettext("evidence", "Referral"),
        "exhibition": pgettext("evidence", "Exhibition"),
        "follow_ups": _("Effective follow-ups"),
        "first_contact": _("First contact"),
        "first_effective": _("First effective follow-up"),
        "last_effective": _("Last effective follow-up"),
        "registered": pgettext("evidence", "Entered"),
    }


def cells_of(traces: Traces, eyes: Eyes) -> dict[str, Cell]:
    """One side's evidence; next steps and links only for who may read the record."""
    found: dict[str, Cell] = {}
    if traces.protection is not None:
        day = Formats.current().day(traces.protection.until)
        found["protection"] = Cell(_("until %(day)s") % {"day": day}, is_strong=True)
    found |= _of_business(traces)
    if traces.referred:
        found["referral"] = Cell("", traces.referred[0], eyes.url(traces.referred[1]))
    if traces.exhibited:
        found["exhibition"] = Cell("", traces.exhibited[0], eyes.url(traces.exhibited[1]))
    if traces.follow_ups:
        first = traces.follow_ups[0]
        found["first_contact"] = Cell("", first["at"], eyes.url(first["pair"]))
    if traces.effective:
        found["last_effective"] = _follow_up(traces.effective[-1], eyes)
    if traces.registered:
        found["registered"] = Cell("", traces.registered[0], eyes.url(traces.registered[1]))
    return found


def _of_business(traces: Traces) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    sold = len(traces.orders) + len(traces.won_deals)
    if sold:
        found["orders"] = Cell(sold_words(sold), url=rows_url(traces, "orders"), is_strong=True)
    count = len(traces.open_deals) + len(traces.offers)
    if count:
        furthest = max((one["stage__probability"] for one in traces.open_deals), default=None)
        found["deals"] = deals_cell(count, furthest, rows_url(traces, "deals"))
    if traces.effective:
        url = rows_url(traces, "follow_ups")
        found["follow_ups"] = Cell(str(len(traces.effective)), url=url)
    return found


def deals_cell(count: int, furthest: int | None, url: str) -> Cell:
    """How many open deals, and the band of the furthest; quotes alone have none."""
    band = "" if furthest is None else f" · {deal_band(furthest)}"
    return Cell(f"{count}{band}", url=url, is_strong=True)


def rows_url(traces: Traces, figure: str) -> str:
    """Where the rows behind a figure are."""
    return evidence_url(traces.party.case_id, traces.party.member_id, figure)


def evidence_url(case_id: int, member_id: int, figure: str) -> str:
    return reverse("leads:case_evidence", args=[case_id, member_id, figure])


def sold_words(count: int) -> str:
    """How often somebody has sold to the client."""
    words = ngettext("%(count)s order or won deal", "%(count)s orders or won deals", count)
    return words % {"count": count}


def _follow_up(one: Mapping[str, Any], eyes: Eyes) -> Cell:
    url = eyes.url(one["pair"])
    words = ""
    if url:
        words = f"{FollowUpOutcome(one['outcome']).label} → {one['next_step']}"
    return Cell(words, one["at"], url)


@dataclass(frozen=True)
class Proposed:
    """The proposal in words."""

    title: str
    rule: str
    reasons: list[str]
    passed: list[str]


def proposed_words(proposal: Proposal | Mapping[str, Any], names: Mapping[int, str]) -> Proposed:
    """What the rules propose, by which and why, and which were asked before in vain."""
    kept = proposal.as_dict() if isinstance(proposal, Proposal) else proposal
    shares = {int(pk): share for pk, share in kept["shares"].items()}
    title = outcome_words(kept["outcome"], kept["winner"], shares, names)
    why = {Passed.NOBODY.value: _("applies to nobody"), Passed.SEVERAL.value: _("applies equally")}
    return Proposed(
        title,
        str(RULES[kept["rule"]]),
        [reason_in_words(one, names) for one in kept["reasons"]],
        [f"{RULES[rule]}: {why[reason]}" for rule, reason in kept["passed"]],
    )


def outcome_words(
    outcome: str, winner: int | None, shares: Mapping[int, int], names: Mapping[int, str]
) -> str:
    """An outcome as a short sentence with names."""
    name = names.get(winner or 0, "")
    if outcome == CollisionOutcome.SHARE:
        largest = sorted(shares.items(), key=lambda one: -one[1])
        parts = listed(f"{names.get(pk, '')} {share}%" for pk, share in largest)
        return _("Shared by %(parts)s") % {"parts": parts}
    sentences = {
        CollisionOutcome.KEEP: _("Stays with %(name)s"),
        CollisionOutcome.REASSIGN: _("Goes to %(name)s"),
        CollisionOutcome.SEPARATE: _("Kept separate, all with %(name)s"),
        CollisionOutcome.NOT_SAME: _("Not the same client"),
        CollisionOutcome.MERGE: _("Merged into one record"),
    }
    return sentences[CollisionOutcome(outcome)] % {"name": name}


def reason_in_words(reason: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """One reason of a proposal as a sentence."""
    params = reason["params"]
    moment = parse_datetime(params.get("at") or params.get("until") or "") if params else None
    values = {
        "name": names.get(reason["member"] or 0, ""),
        "day": Formats.current().day(moment) if moment else "",
        "count": params.get("count", ""),
    }
    sentences = {
        "protected": _("The client is protected for %(name)s until %(day)s."),
        "order": _("%(name)s has sold to the client: %(count)s."),
        "deal": _("%(name)s followed up effectively on open deals: %(count)s."),
        "referral": _("The client was referred to %(name)s on %(day)s."),
        "exhibition": _("%(name)s met the client at an exhibition on %(day)s and followed up."),
        "follow_up": _("%(name)s followed up effectively from %(day)s on."),
        "registration": _("%(name)s entered the client on %(day)s."),
        "holder": _("Nothing tells the reps apart: it stays with %(name)s, who has it."),
        "first_come": _("Nothing tells the reps apart."),
        "nobody": _("None of the reps is left."),
        "different": _("The credit codes differ: these are different companies."),
    }
    return sentences[reason["code"]] % values


@dataclass(frozen=True)
class Decided:
    """A decision as the page shows it."""

    decision: CollisionDecision
    title: str
    proposed: Proposed
    changed: list[str]
    # what was typed; a merge needs nothing typed, and older ones kept a word of their own
    reason: str


def reason_typed(outcome: str, reason: str) -> str:
    """The reason of a decision, without the word that merges once kept in place of one."""
    is_filler = outcome == CollisionOutcome.MERGE and reason in MERGED_BEFORE
    return "" if is_filler else reason


def decisions_of(dossier: Dossier, names: Mapping[int, str], say: Say = in_full) -> list[Decided]:
    """The decisions so far, the latest first."""
    found = sorted(dossier.case.decisions.all(), key=lambda one: -one.level)
    return [
        Decided(
            one,
            outcome_words(
                one.outcome, one.winner_id, {int(pk): n for pk, n in one.shares.items()}, names
            ),
            proposed_words(one.proposal, names),
            changes_in_words(one.changes, names),
            say(reason_typed(one.outcome, one.reason), one.decided_by_id),
        )
        for one in found
    ]


def story_of(
    case: CollisionCase,
    names: Mapping[int, str],
    say: Say = in_full,
    late: Iterable[Entry] = (),
) -> list[Entry]:
    """Everything that happened in the case, newest first: acts, remarks and `late` together.

    `names` are those of its parties: whoever is asked to decide is one of them.
    """
    acts = [one for one in operations_on(case, limit=100) if one.action in CASE_ACTIONS]
    entries = [*late, *(_act(one, names, say) for one in acts)]
    entries += [
        Entry(
            one.at,
            _("commented"),
            who=one.member.name,
            icon="message",
            body=say(one.text, one.member_id),
        )
        for one in comments_on(case)[:200]
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def late_entries(dossier: Dossier, eyes: Eyes, names: Mapping[int, str]) -> list[Entry]:
    """What was logged and opened while the case waited: told, with a mark, and never counted.

    What came of it is for whoever may read the record, as everywhere in the case.
    """
    mark = markup.chip(_("logged since the case came up"), "weak")
    words = {"follow_up": _("logged a follow-up"), "deal": _("opened a deal")}
    found = []
    for one in dossier.late:
        url = eyes.url(one.pair)
        body = _late_words(one) if url else ""
        who = names.get(one.member_id or 0) or names.get(one.side_id or 0, "")
        icon = LATE_ICONS[one.what]
        found.append(
            Entry(one.at, words[one.what], who=who, icon=icon, tags=[mark], body=body, url=url)
        )
    return found


def _late_words(one: Late) -> str:
    if one.what == "deal":
        return str(one.row["name"])
    said = one.row
    came = str(FollowUpOutcome(said["outcome"]).label) if said["outcome"] else ""
    words = " → ".join(filter(None, (came, said["next_step"])))
    told, logged = timezone.localdate(said["at"]), timezone.localdate(one.at)
    if told == logged:
        return words
    day = _("told as of %(day)s") % {"day": Formats.current().day(told)}
    return " · ".join(filter(None, (words, day)))


def _act(one: OperationLog, names: Mapping[int, str], say: Say) -> Entry:
    words, icon, tone = CASE_ACTIONS[one.action]
    body = say(why_in_words(str(one.details.get("why") or "")), one.member_id)
    if one.action == "case.decided":
        label = CollisionOutcome(one.details["outcome"]).label
        body = reason_typed(one.details["outcome"], body)
        said = _("%(outcome)s. %(why)s") % {"outcome": label, "why": body}
        body = said if body else str(label)
    if one.details.get("starts_on"):
        day = Formats.current().day(date.fromisoformat(one.details["starts_on"]))
        values = {"parts": one.details["parts"], "day": day}
        body = " · ".join(filter(None, (_("%(parts)s from %(day)s on") % values, body)))
    if one.details.get("cutoff"):
        day = Formats.current().day(date.fromisoformat(one.details["cutoff"]))
        cutoff = _("commission cut-off %(day)s") % {"day": day}
        body = f"{body} · {cutoff}"
    if one.action == "case.asked":
        body = names.get(one.details.get("member") or 0) or _("Administrators")
    who = one.member.name if one.member else _("System")
    if one.action in ("case.closed", "case.reminded", "case.escalated"):
        who = ""  # it came about, nobody did it
    elif one.action == "case.joined":  # whoever brought the row of a file need not be the rep
        who = names.get(one.details.get("member") or 0, who)
    return Entry(one.at, words, who=who, icon=icon, tone=tone, body=body)
