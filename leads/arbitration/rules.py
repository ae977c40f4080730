"""Each rule names those it speaks for, the strongest claim first; ties are told, not broken."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.arbitration.types import Facts, Reason, Rule, Side, Terms


@dataclass(frozen=True)
class Claim:
    """A side that a rule speaks for; of two the earlier one is the better."""

    side: Side
    at: datetime
    reason: Reason


Claims = Callable[[Facts, Terms], list[Claim]]


def protected(facts: Facts, terms: Terms) -> list[Claim]:
    """The client is protected for this rep today."""
    return [
        _claim(side, side.protected_until, "protected", until=side.protected_until)
        for side in facts.sides
        if side.protected_until is not None and side.protected_until > facts.now
    ]


def with_orders(facts: Facts, terms: Terms) -> list[Claim]:
    """They have a running order or a deal that was won."""
    return [
        _claim(side, side.first_order_at or facts.now, "order", count=side.orders)
        for side in facts.sides
        if side.orders
    ]


def with_deals(facts: Facts, terms: Terms) -> list[Claim]:
    """They have an open deal that was effectively followed up lately."""
    since = facts.now - timedelta(days=terms.effective_days)
    return [
        _claim(side, side.deal_followed_up_at, "deal", count=side.open_deals)
        for side in facts.sides
        if side.open_deals and side.deal_followed_up_at and side.deal_followed_up_at >= since
    ]


def referred(facts: Facts, terms: Terms) -> list[Claim]:
    """The client was referred to them."""
    return [
        _claim(side, side.referred_at, "referral", at=side.referred_at)
        for side in facts.sides
        if side.referred_at is not None
    ]


def exhibited(facts: Facts, terms: Terms) -> list[Claim]:
    """They registered the client at an exhibition lately and followed it up since."""
    since = facts.now - timedelta(days=terms.exhibition_days)
    return [
        _claim(side, met, "exhibition", at=met)
        for side in facts.sides
        if (met := side.exhibited_at) is not None
        and met >= since
        and any(moment >= met for moment in side.follow_ups)
    ]


def followed_up(facts: Facts, terms: Terms) -> list[Claim]:
    """They followed the client up effectively within the days that count."""
    since = facts.now - timedelta(days=terms.effective_days)
    found = []
    for side in facts.sides:
        counted = [moment for moment in side.follow_ups if moment >= since]
        if counted:
            found.append(_claim(side, min(counted), "follow_up", at=min(counted)))
    return found


def registered(facts: Facts, terms: Terms) -> list[Claim]:
    """They entered the client."""
    return [
        _claim(side, side.registered_at, "registration", at=side.registered_at)
        for side in facts.sides
        if side.registered_at is not None
    ]


CLAIMS: dict[Rule, Claims] = {
    Rule.PROTECTED: protected,
    Rule.ORDER: with_orders,
    Rule.DEAL: with_deals,
    Rule.REFERRAL: referred,
    Rule.EXHIBITION: exhibited,
    Rule.FOLLOW_UP: followed_up,
    Rule.REGISTRATION: registered,
}
# A client bought from several, or several deals are open: being the earlier one settles nothing.
ONLY_ALONE = frozenset({Rule.ORDER, Rule.DEAL})


def earliest(claims: Iterable[Claim]) -> list[Claim]:
    """Those with the earliest moment: several where they are equal."""
    found = list(claims)
    first = min((claim.at for claim in found), default=None)
    return [claim for claim in found if claim.at == first]


def in_order(claims: Sequence[Claim]) -> list[Claim]:
    """The earliest first, and always in the same order."""
    return sorted(claims, key=lambda claim: (claim.at, claim.side.member))


def _claim(side: Side, moment: datetime | None, code: str, **params: object) -> Claim:
    if moment is None:
        raise ValueError(f"{code} without a moment")
    said = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in params.items()
    }
    return Claim(side, moment, Reason(code, side.member, said))
