"""Collision rules as sentences, a trial as cards, and who looks up most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.audit.models import OperationLog
from crm.people.models import Member
from leads.entering import CONDITIONS
from leads.enums import Channel, CustomerLevel, RuleEffect
from leads.models import CollisionRule
from leads.selectors.entering import mark_of, stored_rules
from leads.selectors.entering_trial import Fired
from leads.selectors.identity import Match
from leads.selectors.similar import SimilarCard

EFFECT_COLOURS = {
    RuleEffect.REFUSE: "red",
    RuleEffect.BLOCK: "red",
    RuleEffect.WARN: "amber",
    RuleEffect.IGNORE: "grey",
}
LOOKUP_DAYS, MOST_LISTED = 7, 5


@dataclass(frozen=True)
class RuleLine:
    """A rule in words."""

    rule: CollisionRule
    when: str
    only: str
    effect: str
    colour: str


def rule_lines() -> list[RuleLine]:
    """The rules in order, as sentences."""
    return [
        RuleLine(
            rule=rule,
            when=pgettext("list of conditions", " and ").join(
                str(CONDITIONS.get(f"{one['field']}:{one['op']}", one["field"]))
                for one in rule.conditions
            ),
            only=_only(rule),
            effect=str(RuleEffect(rule.effect).label),
            colour=EFFECT_COLOURS[RuleEffect(rule.effect)],
        )
        for rule in stored_rules()
    ]


def _only(rule: CollisionRule) -> str:
    names = [str(Channel(one).label) for one in rule.channels]
    names += [str(CustomerLevel(one).label) for one in rule.levels]
    return " · ".join(names)


@dataclass(frozen=True)
class TriedCard:
    """A known client as the reader may see it, with the rule that fires and its evidence."""

    card: SimilarCard
    rule: str
    effect: str
    colour: str
    likeness: str
    reasons: list[tuple[str, str]]


def tried_cards(
    member: Member, fired: Sequence[Fired], cards: Sequence[SimilarCard]
) -> list[TriedCard]:
    """What a trial found, likeliest first, as far as there are cards of it."""
    by_mark = {card.mark: card for card in cards}
    found = []
    for one in fired:
        card = by_mark.get(mark_of(one.match, member))
        if card is None:
            continue
        effect = one.rule.effect if one.rule else RuleEffect.IGNORE
        found.append(
            TriedCard(
                card=card,
                rule=str(one.rule.name) if one.rule else _("no rule fits"),
                effect=str(effect.label),
                colour=EFFECT_COLOURS[effect],
                likeness=_likeness(one.match, card),
                reasons=card.reasons,
            )
        )
    return found


def _likeness(match: Match, card: SimilarCard) -> str:
    """To the hundredth for whoever may open the record, else what a card's verdict says."""
    if card.is_visible:
        return _("%(score)s of 100 alike") % {"score": round(match.score * 100)}
    return _("surely one client") if match.verdict == "same" else _("probably one client")


def looked_up_most() -> list[dict[str, Any]]:
    """Who was shown others' clients most often in the last days."""
    since = timezone.now() - timedelta(days=LOOKUP_DAYS)
    rows = OperationLog.objects.filter(action="identity.looked_up", at__gte=since)
    counts = rows.values("member_id").annotate(number=Count("pk")).order_by("-number", "member_id")
    top = list(counts[:MOST_LISTED])
    names = dict(
        Member.objects.filter(pk__in=[row["member_id"] for row in top]).values_list("pk", "name")
    )
    return [
        {"name": names.get(row["member_id"], ""), "pk": row["member_id"], "number": row["number"]}
        for row in top
        if row["member_id"] in names
    ]
