"""Early warnings as their reader may see them, and what became of past ones."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from leads.enums import CardFact, RecordKind, RiskFactor, RiskState
from leads.forewarning import Band, observed
from leads.identity import Reason, ReasonCode, Verdict
from leads.identity.names import PROBABLE, verdict_for
from leads.models import CollisionRecord, CollisionRisk, Customer, Lead
from leads.redaction import masked_name, without_names
from leads.selectors.entering import collision_settings
from leads.selectors.identity import Match
from leads.selectors.judgements import Both, Pair
from leads.selectors.similar import NOBODY, VIEW, SimilarCard, cards_for
from leads.words import reason_words

# From here on the check while typing would name the other client too.
NAMED_FROM = round(PROBABLE * 100)
LATE = timedelta(days=14)
MODELS: dict[RecordKind, Any] = {RecordKind.LEAD: Lead, RecordKind.CUSTOMER: Customer}
_CODES = frozenset(code.value for code in ReasonCode)


def visible_risks(member: Member) -> QuerySet[CollisionRisk]:
    """The pairs of which the member may see at least one record, as those are now."""
    within = Q(pk__in=[])
    for side in ("left", "right"):
        for kind, model in MODELS.items():
            rows = model.objects.filter(pk=OuterRef(f"{side}_id"))
            seen = policy.visible(member, rows, VIEW[kind])
            within |= Q(**{f"{side}_kind": kind}) & Q(Exists(seen))
    return CollisionRisk.objects.filter(within)


def open_risk_count(member: Member) -> int:
    """How many warnings wait for the member, counted no further than 100."""
    return int(visible_risks(member).filter(state=RiskState.OPEN)[:100].count())


@dataclass(frozen=True)
class Told:
    """One pair as its reader may see it."""

    left: SimilarCard
    right: SimilarCard
    sees_both: bool
    # the whole names: never for a template
    names: tuple[str, str] = ("", "")

    @property
    def hides_owner(self) -> bool:
        """Whether there is a side of which nothing says whose it is, or that it is nobody's."""
        cards = self.left, self.right
        return any(not one.is_visible and one.has_owner and not one.owner for one in cards)

    def said(self, text: str) -> str:
        """A free text about the two: a name is in it as far as its reader may read that name."""
        if self.sees_both or not text:
            return text
        sides = list(zip((self.left, self.right), self.names, strict=True))
        hidden = [name for card, name in sides if card.title != name]
        return without_names(text, hidden, [name for card, name in sides if card.is_visible])


def told_to(member: Member, rows: Sequence[Mapping[str, Any]]) -> list[Told | None]:
    """For each row the two cards; None where one of the records is no longer there.

    Of a client whom the reader may not see, the name is cut to what it shares with their own, and
    is whole only where the organisation allows it and the two are likely one.
    """
    pairs = {
        (str(row[f"{side}_kind"]), row[f"{side}_id"]) for row in rows for side in ("left", "right")
    }
    cards, names = _cards(member, pairs)
    found: list[Told | None] = []
    for row in rows:
        left = cards.get((row["left_kind"], row["left_id"]))
        right = cards.get((row["right_kind"], row["right_id"]))
        if left is None or right is None:
            found.append(None)
            continue
        is_named = row["score"] >= NAMED_FROM
        whole = names[row["left_kind"], row["left_id"]], names[row["right_kind"], row["right_id"]]
        found.append(
            Told(
                _cut(left, *whole, is_named=is_named),
                _cut(right, *reversed(whole), is_named=is_named),
                left.is_visible and right.is_visible,
                whole,
            )
        )
    return found


def _cards(
    member: Member, pairs: Collection[Pair]
) -> tuple[dict[Pair, SimilarCard], dict[Pair, str]]:
    """The records as cards, and their whole names."""
    matches, names = [], {}
    for kind, model in MODELS.items():
        ids = [pk for own, pk in pairs if own == kind] or NOBODY
        name = "company_name" if kind == RecordKind.LEAD else "name"
        rows = model.objects.filter(pk__in=ids).order_by("pk")
        for pk, owner, whole in rows.values_list("pk", "owner_id", name):
            matches.append(Match(kind, pk, owner, 0.0, "different", ()))
            names[kind.value, pk] = whole
    cards = cards_for(member, matches)
    return {match.pair: card for match, card in zip(matches, cards, strict=True)}, names


def _cut(card: SimilarCard, name: str, other: str, *, is_named: bool) -> SimilarCard:
    if card.is_visible or (is_named and card.title == name):
        return card
    return replace(card, title=masked_name(name, other))


def cards_of(member: Member, risk: CollisionRisk) -> Told | None:
    """The two cards of one risk, each with the engine's reasons."""
    row = {
        "left_kind": risk.left_kind, "left_id": risk.left_id,
        "right_kind": risk.right_kind, "right_id": risk.right_id, "score": risk.score,
    }  # fmt: skip
    told = told_to(member, [row])[0]
    if told is None:
        return None
    verdict: Verdict = verdict_for(risk.score / 100)
    known = [code for code in risk.reasons if code in _CODES] if told.sees_both else []
    words = reason_words([Reason(ReasonCode(code)) for code in known])
    left, right = (
        replace(card, verdict=verdict, reasons=words) for card in (told.left, told.right)
    )
    return Told(left, right, told.sees_both, told.names)


def knows_owners(member: Member) -> bool:
    """Whether the member may be told of every record whose it is."""
    reaches = [policy.reach_of(member, permission) for permission in VIEW.values()]
    if all(reach is not None and reach.is_all for reach in reaches):
        return True
    return CardFact.OWNER in collision_settings().card_shows


def factor_words(factors: Iterable[Mapping[str, Any]], told: Told | None) -> list[tuple[str, int]]:
    """The factors in the reader's words with their weight in percent, the weightiest first.

    Where a card keeps to itself whose a client is, it is not said that it is nobody's, and no
    weight, from which that could be reckoned.
    """
    is_kept = told is None or told.hides_owner
    found = []
    for one in factors:
        if one["code"] not in RiskFactor.values or (is_kept and one["code"] == RiskFactor.POOL):
            continue
        words = str(RiskFactor(one["code"]).label)
        if event := one.get("params", {}).get("event"):
            words = _("%(factor)s: %(event)s") % {"factor": words, "event": event}
        found.append((words, 0 if is_kept else one["weight"]))
    return found


def risk_or_404(member: Member, pk: int) -> CollisionRisk:
    """One warning, if the member may see one of its records."""
    risk = visible_risks(member).select_related("left_owner", "right_owner").filter(pk=pk).first()
    if risk is None:
        raise Http404
    return risk


def in_common_cases(pairs: Collection[Both]) -> dict[Both, int]:
    """The latest case that holds both records of a pair."""
    if not pairs:
        return {}
    ids = {pair[1] for both in pairs for pair in both}
    cases: dict[Pair, set[int]] = defaultdict(set)
    rows = CollisionRecord.objects.filter(record_id__in=ids).order_by("pk")
    for kind, pk, case in rows.values_list("record_kind", "record_id", "case_id"):
        cases[kind, pk].add(case)
    found = {}
    for left, right in pairs:
        if common := cases.get(left, set()) & cases.get(right, set()):
            found[left, right] = max(common)
    return found


def outcomes() -> list[Band]:
    """Of the organisation's closed warnings: how many of each band became cases."""
    closed = CollisionRisk.objects.exclude(state=RiskState.OPEN).order_by("pk")
    rows = closed.values_list("probability", "state")
    return observed((said, state == RiskState.CASE) for said, state in rows.iterator())


def is_old(first_seen_at: Any) -> bool:
    """Whether nobody has decided for two weeks."""
    return bool(timezone.now() - first_seen_at > LATE)
