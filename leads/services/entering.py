"""The one check behind every way in: form, conversion, import, follow-up, order.

It looks at everything the organisation knows, in the transaction that saves, behind a lock that
makes two people who enter one client come one after the other.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from crm.people.models import Member
from crm.tenancy.context import current_organization_id
from leads.enums import RuleEffect
from leads.identity import Identity, ReasonCode
from leads.selectors.entering import Hit, hits_of, mark_of
from leads.selectors.identity import Match, Pair, find_similar
from leads.services.identity import hold
from leads.services.refusals import (
    ClientRefused,
    ConfirmationNeeded,
    LikelyDuplicate,
    TooManyAtOnce,
)

# One lock per organisation beside those of the single keys: whoever enters a client shares it,
# a chunk of an import takes it alone.
ENTRY_LOCK = 0x7E47_0001
# What a person is reached by.
REACHED_BY = {ReasonCode.PHONE_EQUAL, ReasonCode.EMAIL_EQUAL, ReasonCode.WECHAT_EQUAL}
SHARE_ENTRY = "SELECT pg_advisory_xact_lock_shared(%s, %s)"
ENTRY_WAIT = "12s"
SET_WAIT = "SELECT set_config('lock_timeout', %s, true)"
TAKE_ENTRY = "SELECT pg_advisory_xact_lock(%s, %s)"


def check_entry(
    identity: Identity,
    *,
    by: Member,
    owner_id: int | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    excluding: Iterable[Pair] = (),
    channel: str = "",
) -> list[Match]:
    """The clients of others that this entry collides with; what stops it is raised.

    ClientRefused where no reason helps, LikelyDuplicate where one is missing,
    ConfirmationNeeded where somebody must look first. `confirmed` are the marks of cards that
    were shown; a reason covers every warning. `owner_id` is who will hold the record.
    """
    hold_entry(identity)
    hits = _hits(identity, owner_id or by.pk, excluding, channel)
    _stop(hits, by=by, has_reason=bool(explanation.strip()), confirmed=confirmed)
    return [hit.match for hit in hits if not hit.is_own]


def check_number(
    identity: Identity,
    *,
    by: Member,
    owner_id: int | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    excluding: Iterable[Pair] = (),
    channel: str = "",
) -> list[Match]:
    """The same for a person who is added to a client that is entered already.

    Only whom their own number, address or WeChat leads to: what the client's name is like was
    asked when it was entered. That a person works for two clients of one owner asks nothing.
    """
    hold_entry(identity)
    # asked without the name too: many records of the client's own name would leave no room
    asked, own = (identity, identity._replace(company="")), list(excluding)
    known = {
        hit.match.pair: hit
        for one in reversed(asked)
        for hit in _hits(one, owner_id or by.pk, own, channel)
        if not hit.is_own and any(reason.code in REACHED_BY for reason in hit.match.reasons)
    }
    hits = list(known.values())
    _stop(hits, by=by, has_reason=bool(explanation.strip()), confirmed=confirmed)
    return [hit.match for hit in hits]


def _hits(identity: Identity, owner_id: int, excluding: Iterable[Pair], channel: str) -> list[Hit]:
    matches = find_similar(identity, excluding=excluding)
    found = hits_of(matches, owner_id=owner_id, channel=channel)
    return [hit for hit in found if hit.effect != RuleEffect.IGNORE]


def _stop(hits: Sequence[Hit], *, by: Member, has_reason: bool, confirmed: Collection[str]) -> None:
    matches = [hit.match for hit in hits]
    effects = {hit.effect for hit in hits}
    if RuleEffect.REFUSE in effects:
        names = {str(hit.rule.name) for hit in hits if hit.effect == RuleEffect.REFUSE}
        raise ClientRefused(matches, sorted(names))
    if has_reason:
        return
    if RuleEffect.BLOCK in effects:
        raise LikelyDuplicate(matches)
    if any(mark_of(hit.match, by) not in confirmed for hit in hits):
        raise ConfirmationNeeded(matches, is_own=all(hit.is_own for hit in hits))


def hold_entry(identity: Identity) -> None:
    """Make others who enter the same client wait until this transaction ends, imports too.

    TooManyAtOnce when one's turn does not come; within a service, whose savepoint is undone then.
    """
    try:
        with patience(), connection.cursor() as cursor:
            cursor.execute(SHARE_ENTRY, _entry_lock())
            hold(identity)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise TooManyAtOnce from error


@contextmanager
def patience() -> Iterator[None]:
    """Wait for one's turn longer than for other locks: everybody may enter one client at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (usual,) = cursor.fetchone() or ("0",)
        cursor.execute(SET_WAIT, [ENTRY_WAIT])
        yield
        cursor.execute(SET_WAIT, [usual])


def hold_all_entries() -> None:
    """An import's chunk: nobody enters a client until it is through, and it waits for those who do.

    One lock for a thousand rows: their keys one by one would fill the server's table of locks.
    """
    with patience(), connection.cursor() as cursor:
        cursor.execute(TAKE_ENTRY, _entry_lock())


def _entry_lock() -> list[int]:
    return [ENTRY_LOCK, current_organization_id() & 0x7FFF_FFFF]
