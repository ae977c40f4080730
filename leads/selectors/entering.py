"""What the organisation has decided about entering clients, asked about those that are met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from crm.people.models import Member
from crm.tenancy.context import current_organization_id
from leads.entering import EntryRule, default_rules, evidence_of, first_that_fits
from leads.enums import Channel, IdentityVerdict, RecordKind, RuleEffect
from leads.models import CollisionRule, CollisionSettings, Customer
from leads.selectors.identity import Match

CONFIRM_SALT = "leads.confirm-entry"
STOPS = (RuleEffect.REFUSE, RuleEffect.BLOCK)


@dataclass(frozen=True)
class Hit:
    """A known client that is met, what the rules say of it, and whether it is one's own."""

    match: Match
    rule: EntryRule
    is_own: bool

    @property
    def effect(self) -> RuleEffect:
        """A second record of one's own client is never more than asked about."""
        if not self.is_own or self.rule.effect == RuleEffect.IGNORE:
            return self.rule.effect
        return RuleEffect.WARN if self.rule.effect in STOPS else RuleEffect.IGNORE


def collision_settings() -> CollisionSettings:
    """The organisation's one row, or what holds while nobody has changed anything."""
    return CollisionSettings.objects.first() or CollisionSettings()


def stored_rules() -> list[CollisionRule]:
    """Every rule an administrator keeps, in order."""
    return list(CollisionRule.objects.order_by("position", "id"))


def as_entry_rule(rule: CollisionRule) -> EntryRule:
    """A stored rule as the engine reads it."""
    return EntryRule(
        name=rule.title,
        needs=frozenset(f"{one['field']}:{one['op']}" for one in rule.conditions),
        effect=RuleEffect(rule.effect),
        channels=frozenset(rule.channels),
        levels=frozenset(rule.levels),
        pk=rule.pk,
    )


def entry_rules() -> list[EntryRule]:
    """The rules that are asked; the delivered ones while none is stored."""
    kept = stored_rules()
    return [as_entry_rule(one) for one in kept if one.is_active] if kept else default_rules()


def hits_of(
    matches: Sequence[Match],
    *,
    owner_id: int | None,
    channel: str = "",
    rules: Sequence[EntryRule] | None = None,
) -> list[Hit]:
    """The open clients among them that a rule speaks about, in their order."""
    candidates = [
        match for match in matches if match.is_open and match.judged != IdentityVerdict.SEPARATE
    ]
    if not candidates:
        return []
    asked = entry_rules() if rules is None else rules
    levels = levels_of(candidates) if any(rule.levels for rule in asked) else {}
    found = []
    for match in candidates:
        rule = first_that_fits(
            asked,
            evidence_of(match.verdict, match.reasons),
            channel=channel or Channel.MANUAL,
            level=levels.get(match.record_id, "") if match.kind == RecordKind.CUSTOMER else "",
        )
        if rule is not None:
            found.append(Hit(match, rule, owner_id is not None and match.owner_id == owner_id))
    return found


def levels_of(matches: Iterable[Match]) -> dict[int, str]:
    """The level of each customer among them."""
    ids = [match.record_id for match in matches if match.kind == RecordKind.CUSTOMER]
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "level"))


def mark_of(match: Match, by: Member) -> str:
    """What stands for a card this member has seen; it tells nothing of the record."""
    text = f"{current_organization_id()}:{by.pk}:{match.kind.value}:{match.record_id}"
    return salted_hmac(CONFIRM_SALT, text, algorithm="sha256").hexdigest()[:20]
