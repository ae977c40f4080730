"""The duplicate check people type into: limited, and written down when it shows others' clients."""

from collections.abc import Sequence
from contextlib import suppress

from django.core.cache import cache
from django.utils import timezone

from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.context import current_organization_id
from leads.enums import RecordKind
from leads.identity import Identity, match_keys
from leads.models import CollisionSettings
from leads.selectors.entering import collision_settings, mark_of
from leads.selectors.identity import Match, Pair, find_similar
from leads.selectors.similar import SimilarCard, cards_for, own_pair
from leads.services.refusals import CreditCodeTaken, LikelyDuplicate

MOST_CARDS = 5
MINUTE, DAY = 60, 86_400
LOT = 200  # records in one line of the log


class TooManyLookups(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The member asked more often than typing needs, in a minute or in a day."""

    def __init__(self, *, is_for_today: bool) -> None:
        super().__init__()
        self.is_for_today = is_for_today


def look_up(
    identity: Identity, *, by: Member, excluding: tuple[Pair, ...] = ()
) -> list[SimilarCard]:
    """Similar clients as cards for this member; TooManyLookups beyond what the settings allow.

    Only the number of cards and the records behind the redacted ones are logged, never what was
    typed.
    """
    if not match_keys(identity):
        return []
    count_lookup(by)
    matches = find_similar(identity, excluding=excluding, limit=MOST_CARDS, is_typing=True)
    cards = cards_for(by, matches, typed=identity.company)
    _write_down(by, matches, cards)
    return cards


def cards_of_refusal(refusal: LikelyDuplicate, *, by: Member, typed: str) -> list[SimilarCard]:
    """What a form shows that was not saved; beyond the limit the refusal stays."""
    return cards_shown(refusal.matches, by=by, typed=typed)


def cards_shown(matches: list[Match], *, by: Member, typed: str) -> list[SimilarCard]:
    """What a page shows without anybody typing: a look-up like any other, and counted as one.

    Beyond the limit only one's own records are shown.
    """
    cards = cards_for(by, matches, typed=typed)
    try:
        count_lookup(by)
    except TooManyLookups:
        return [card for card in cards if card.is_visible]
    _write_down(by, matches, cards)
    return cards


def note_shown(by: Member, matches: list[Match], *, typed: str) -> None:
    """Something was said about these clients; the caller has counted the look-up."""
    _write_down(by, matches, cards_for(by, matches, typed=typed))


def note_listed(hidden: Sequence[Pair], *, shown: int) -> None:
    """A list or file told of clients that its reader may not see: written down, a lot a line."""
    for start in range(0, len(hidden), LOT):
        lot = [list(pair) for pair in hidden[start : start + LOT]]
        audit.record("identity.looked_up", shown=shown, hidden=lot)


def note_refusal(refusal: Refused, *, by: Member) -> None:
    """That a code is taken tells of a client: a look-up, however many are left."""
    if not isinstance(refusal, CreditCodeTaken):
        return
    with suppress(TooManyLookups):
        count_lookup(by)
    if not own_pair(by, f"{RecordKind.CUSTOMER.value}:{refusal.customer_id}"):
        pair = [RecordKind.CUSTOMER.value, refusal.customer_id]
        audit.record("identity.looked_up", shown=1, hidden=[pair])


def _write_down(by: Member, matches: list[Match], cards: list[SimilarCard]) -> None:
    shown = {card.mark for card in cards if not card.is_visible}
    hidden = [list(match.pair) for match in matches if mark_of(match, by) in shown]
    if hidden:
        audit.record("identity.looked_up", shown=len(cards), hidden=hidden)


def count_lookup(member: Member) -> None:
    """One look-up more of this member's; TooManyLookups when it is one too many."""
    settings = collision_settings()
    if _counted(member, "minute", MINUTE) > settings.lookups_per_minute:
        raise TooManyLookups(is_for_today=False)
    _check_day(member, settings)


def _check_day(member: Member, settings: CollisionSettings) -> None:
    today = timezone.localdate().isoformat()
    number = _counted(member, today, DAY)
    if number == settings.lookups_per_day + 1:
        audit.record("identity.lookups_spent", target=member, count=settings.lookups_per_day)
    if number > settings.lookups_per_day:
        raise TooManyLookups(is_for_today=True)


def _counted(member: Member, period: str, seconds: int) -> int:
    """How many look-ups that makes in the period."""
    key = f"{current_organization_id()}:similar:{period}:{member.pk}"
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it expired between the two
        return 1
