"""The duplicate check people type into: limited, and written down when it shows others' clients."""

from django.core.cache import cache

from crm.audit import services as audit
from crm.people.models import Member
from crm.tenancy.context import current_organization_id
from leads.identity import Identity, match_keys
from leads.selectors.identity import Pair, find_similar
from leads.selectors.similar import SimilarCard, cards_for

MOST_PER_MINUTE = 60
MOST_CARDS = 5


class TooManyLookups(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The member asked more often than typing needs."""


def look_up(
    identity: Identity, *, by: Member, excluding: tuple[Pair, ...] = ()
) -> list[SimilarCard]:
    """Similar clients as cards for this member; TooManyLookups beyond the limit per minute.

    Only the number of cards and the records behind the redacted ones are logged, never what was
    typed.
    """
    if not match_keys(identity):
        return []
    _count(by)
    matches = find_similar(identity, excluding=excluding, limit=MOST_CARDS)
    cards = cards_for(by, matches)
    hidden = [list(match.pair) for match, card in zip(matches, cards, strict=True)
              if not card.is_visible]  # fmt: skip
    if hidden:
        audit.record("identity.looked_up", shown=len(cards), hidden=hidden)
    return cards


def _count(member: Member) -> None:
    key = f"{current_organization_id()}:similar:{member.pk}"
    cache.add(key, 0, timeout=60)
    try:
        asked = cache.incr(key)
    except ValueError:  # it expired between the two
        return
    if asked > MOST_PER_MINUTE:
        raise TooManyLookups
